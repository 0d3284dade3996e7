"""The demo and the yeast run against their golden files."""

import re
from pathlib import Path

import pytest

from tests.golden.check import report
from tests.workflow.conftest import ROOT, run_snakemake

YEAST = ROOT.parent / "shared/data/yeast"


@pytest.mark.workflow
def test_the_demo_gives_what_it_gave(demo: Path) -> None:
    assert report("demo", demo / "results/demo") == []


@pytest.mark.real
@pytest.mark.slow
def test_the_yeast_run_gives_what_it_gave(tmp_path: Path) -> None:
    if not YEAST.is_dir():
        pytest.skip(f"needs the real data of {YEAST}")
    config = tmp_path / "yeast.yaml"
    text = (ROOT / "config/yeast_binding.yaml").read_text()
    config.write_text(re.sub(r"^data_dir: .*", f"data_dir: {YEAST}", text, flags=re.MULTILINE))
    done = run_snakemake(tmp_path, "--configfile", str(config))
    assert done.returncode == 0, done.stdout[-5000:]
    assert report("yeast", tmp_path / "results/yeast_binding") == []
