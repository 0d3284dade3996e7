"""A job opens each dataset file once."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from jangdan.formats.region_table import region_table
from jangdan.jobs.attribute import attribute
from jangdan.jobs.evaluate import evaluate
from jangdan.jobs.score_variants import score_variants
from jangdan.jobs.train import train


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each HDF5 file is opened, by its path, from now on."""
    counts: Counter[str] = Counter()

    class Counted(h5py.File):
        def __init__(self, name: Any, *args: Any, **options: Any) -> None:
            counts[str(getattr(name, "name", name))] += 1
            super().__init__(name, *args, **options)

    monkeypatch.setattr(h5py, "File", Counted)
    return counts


def test_each_dataset_file_is_opened_once(
    small_training: Callable[..., Any], opens: Counter[str], tmp_path: Path
) -> None:
    training = small_training(inputs=["dna", "atac"])
    model, files, regions, outputs = training
    once = dict.fromkeys(files.values(), 1)

    def opened() -> dict[str, int]:
        found = {path: count for path, count in opens.items() if path in once}
        opens.clear()
        return found

    opens.clear()
    train(model, files, regions, outputs, device="cpu", threads=2, seed=1)
    assert opened() == once
    results = {"metrics": tmp_path / "metrics.tsv", "predictions": tmp_path / "predictions.h5"}
    evaluate(outputs, files, regions, results, windows=model["windows"], bootstrap=0)
    assert opened() == once
    # these do not read the target
    del once[files["bound"]]
    windows = region_table(["chr1", "chr1"], np.array([400, 800]), np.array([600, 1000]))
    shown = {key: tmp_path / f"a.{end}" for key, end in (("scores", "h5"), ("track", "bw"), ("figure", "png"))}
    attribute(outputs, files, windows, "Abf1", shown, {"method": "integrated_gradients", "parameters": {"steps": 64}})
    assert opened() == once
    sequence = "".join(Path(files["dna"]).with_name("g.fa").read_text().splitlines()[1:])
    rows = [f"chr1\t{at + 1}\t.\t{sequence[at]}\t{'A' if sequence[at] != 'A' else 'C'}" for at in range(5000, 5900, 3)]
    header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\n"
    (tmp_path / "v.vcf").write_text(header + "\n".join(rows) + "\n")
    written = {key: tmp_path / f"e.{end}" for key, end in (("table", "tsv"), ("arrays", "h5"), ("bed", "bed"))}
    score_variants(outputs, files, tmp_path / "v.vcf", written, aliases={})
    assert opened() == once
