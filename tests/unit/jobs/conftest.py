"""A small training as the workflow's scripts call it: dataset files, regions of the parts, and a model's settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from jangdan.data import Cover, GenomicIndexer, Interval
from jangdan.formats.fasta.reader import write_fasta
from jangdan.jobs.build import sequence_file
from jangdan.storage.dataset_file import save
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import DenseValues

BINSIZE, REGIONS = 200, 120
KINDS = {"dna": "sequence", "atac": "reads", "bound": "regions"}


class Training(NamedTuple):
    """model: its settings; files: name -> dataset file; regions: file with their splits; outputs: name -> path."""

    model: dict[str, Any]
    files: dict[str, str]
    regions: str
    outputs: dict[str, str]


def split_file(path: Path, unit: int = BINSIZE, **places: tuple[str, int, int]) -> str:
    """Write a file of regions with a region for each split, given in units of `unit` bp; return its path."""
    lines = [f"{contig}\t{unit * start}\t{unit * end}\t{split}\n" for split, (contig, start, end) in places.items()]
    path.write_text("contig\tstart\tend\tsplit\n" + "".join(lines))
    return str(path)


@pytest.fixture(scope="session")
def small_training(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Training]:
    """Return a function of labels, shape (120, condition), and changes to the model's settings.

    Of the 120 regions of 200 bp, 80 are for training, 20 each for validation and test.
    """
    rng = np.random.default_rng(0)
    data = tmp_path_factory.mktemp("data")
    write_fasta(data / "g.fa", [("chr1", "".join(rng.choice(list("ACGT"), BINSIZE * REGIONS)))])
    sequence_file(data / "g.fa", data / "dna.h5", roi=None, flank=0)
    _saved(rng.random((REGIONS, 4, 1, 2)), ["a", "b"], data / "atac.h5")
    splits = {"train": ("chr1", 0, 80), "validation": ("chr1", 80, 100), "test": ("chr1", 100, 120)}
    regions = split_file(data / "regions.tsv", **splits)

    def made(labels: np.ndarray | None = None, **changes: Any) -> Training:
        folder = tmp_path_factory.mktemp("run")
        labels = rng.integers(2, size=(REGIONS, 2)) if labels is None else labels
        conditions = ["Abf1", "Reb1", "Rap1"][: labels.shape[1]]
        _saved(labels.astype(float)[:, None, None], conditions, folder / "bound.h5")
        files = {"dna": str(data / "dna.h5"), "atac": str(data / "atac.h5"), "bound": str(folder / "bound.h5")}
        model = {
            "name": "net",
            "architecture": "cnn",
            "parameters": {},
            "inputs": ["dna"],
            "order": 1,
            "target": "bound",
            "loss": "binary_crossentropy",
            "windows": {"window": BINSIZE, "step": BINSIZE},
            "datasets": {name: {"kind": kind, "flank": 0} for name, kind in KINDS.items()},
            "training": {"epochs": 2, "batch_size": 32, "patience": 2},
            **changes,
        }
        files = {name: files[name] for name in [*model["inputs"], "bound"]}
        names = {"model": "model.keras", "description": "description.json", "history": "history.tsv"}
        return Training(model, files, regions, {name: str(folder / path) for name, path in names.items()})

    return made


def save_observed(values: np.ndarray, windows: GenomicIndexer, conditions: tuple[str, ...], path: Path) -> Path:
    """Write a target's dataset file of one value per window, shape (window, condition)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = values.astype(np.float32)[:, None]
    columns = windows.chrom.astype(np.int64), windows.start, windows.end
    save(RegionArray(windows.contigs, *columns, DenseValues(rows), conditions), path)
    return path


def _saved(values: np.ndarray, conditions: list[str], path: Path) -> None:
    windows = GenomicIndexer.create_from_file([Interval("chr1", 0, BINSIZE * REGIONS)], binsize=BINSIZE)
    options = {"conditions": conditions, "store_whole_genome": True}
    save(Cover.create_from_array("values", values.astype(np.float32), windows, **options).garray, path)
