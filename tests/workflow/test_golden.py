"""The demo, and the data of the yeast run, against their golden files."""

from pathlib import Path

import pytest

from tests.golden.check import report
from tests.workflow.conftest import ROOT, run_snakemake

YEAST = ROOT.parent / "shared/data/yeast"


@pytest.mark.workflow
def test_the_demo_gives_what_it_gave(demo: Path) -> None:
    assert report("demo", demo / "results/demo") == []


@pytest.mark.real
def test_the_data_of_the_yeast_run_are_what_they_were(tmp_path: Path) -> None:
    if not YEAST.is_dir():
        pytest.skip(f"needs the real data of {YEAST}")
    (tmp_path / "shared").symlink_to(ROOT.parent / "shared")
    folder = tmp_path / "run"
    folder.mkdir()
    names = ["check/inputs.tsv", "sequence/genome.h5", "coverage/binding.h5"]
    names += ["normalized/main/atac.zscorelog.json", "regions/main/training.tsv", "regions/main/test.tsv"]
    targets = [f"results/yeast_binding/{name}" for name in names]
    done = run_snakemake(folder, *targets, "--configfile", str(ROOT / "config/yeast_binding.yaml"))
    assert done.returncode == 0, done.stdout[-5000:]
    assert report("yeast", folder / "results/yeast_binding", data_only=True) == []
