"""A project of a user's own, outside the clone: jangdan init, files, and Snakemake in that folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.conftest import ROOT

pytestmark = pytest.mark.workflow


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "PYTHONPATH": str(ROOT / "lib")}
    return subprocess.run(words, cwd=folder, env=environment, text=True, capture_output=True, check=False)


def jangdan(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command(folder, sys.executable, "-c", "from jangdan.cli import main; main()", *words)


def test_a_project_outside_the_clone_runs_in_its_own_folder(simulated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    assert jangdan(tmp_path, "init", "--use-case", "binding", "project").returncode == 0
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("chr8", "chr3").replace("chr9", "chr4"))
    for name, own in (("genome.fa", "genome.fa"), ("peaks.narrowPeak", "peaks.narrowPeak"), ("rep1.bam", "atac.bam")):
        shutil.copy(simulated / name, folder / "data" / own)
    checked = jangdan(folder, "check", "config.yaml")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "3 trainings (3 models x 1 fold x 1 seed)" in checked.stdout
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow/Snakefile")]
    snakemake += ["--configfile", "config.yaml", "--cores", "2"]
    planned = command(folder, *snakemake, "--dry-run", "--quiet", "rules")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert "train                 3" in planned.stdout + planned.stderr
    done = command(folder, *snakemake, "results/binding/check/inputs.tsv")
    assert done.returncode == 0, done.stdout + done.stderr
    table = pd.read_csv(folder / "results/binding/check/inputs.tsv", sep="\t")
    assert set(table["status"]) == {"ok"}
    assert set(table["file"]) == {f"data/{name}" for name in ("genome.fa", "peaks.narrowPeak", "atac.bam")}
