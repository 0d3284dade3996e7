"""Which rules rerun after an edit, and which do not: bounds that hold however finely code is digested.

`test_demo.py` has the edits of a BAM file and of all epochs. A dry run tells; nothing is run.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.conftest import ROOT, run_snakemake

pytestmark = pytest.mark.workflow

DATA = {"simulate_demo", "trim_regions", "split_regions", "build_sequence", "build_coverage", "normalize"}
MODELS = {"train", "evaluate"}


def _epochs(config: dict[str, Any]) -> None:
    config["models"]["regression"]["training"]["epochs"] += 1


def _width(config: dict[str, Any]) -> None:
    config["locus_figures"]["width"] += 1000


def _steps(config: dict[str, Any]) -> None:
    config["attribution"]["parameters"]["steps"] += 1


def _test_part(config: dict[str, Any]) -> None:
    config["folds"]["main"] = {"validation": ["chr4"], "test": ["chr3"]}


def _seed(config: dict[str, Any]) -> None:
    config["seeds"] = [1, 2]


def _resolution(config: dict[str, Any]) -> None:
    config["datasets"]["accessibility"]["resolution"] = 25


@dataclass(frozen=True)
class Bounds:
    """Rule -> number of its jobs, None for any number but 0; and the rules that must not run."""

    jobs: dict[str, int | None]
    never: set[str]


EDITS: dict[Callable[[dict[str, Any]], None], Bounds] = {
    _epochs: Bounds({"train": 1, "evaluate": 1, "compare": 1, "summarize": 1}, DATA | {"attribute", "score_variants"}),
    _width: Bounds({"plot_tracks": 1}, DATA | MODELS | {"attribute", "score_variants", "export_bigwig", "compare"}),
    _steps: Bounds({"attribute": 1, "plot_tracks": 1}, DATA | MODELS | {"score_variants", "export_bigwig", "compare"}),
    _test_part: Bounds(
        {"split_regions": 1, "train": 4, "evaluate": 4, "summarize": 1},
        DATA - {"split_regions", "normalize"},
    ),
    _seed: Bounds({"train": 4, "evaluate": 4, "compare": 1, "summarize": 1}, DATA),
    # regions are trimmed to multiples of the resolution, so they may change, too
    _resolution: Bounds(
        {"build_coverage": None, "normalize": 1, "train": None, "summarize": 1}, {"simulate_demo", "build_sequence"}
    ),
}
"""Edit of the config -> what it makes run. The demo has four models, one of them with coverage as input."""


def _planned(folder: Path, *arguments: str, root: Path = ROOT) -> dict[str, int]:
    """Return rule -> number of jobs of a dry run of the workflow below `root`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "workflow/Snakefile"), "--cores", "2"]
    command += ["--directory", str(folder), *arguments, "--dry-run", "--quiet", "rules"]
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=root, env=environment, text=True, capture_output=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    rows = re.findall(r"^(\w+) +(\d+)$", said, flags=re.MULTILINE)
    if not rows:
        assert "Nothing to be done" in said, said[-3000:]
    return {rule: int(count) for rule, count in rows if rule != "total"}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__.strip("_"))
def test_an_edit_of_the_config(demo: Path, tmp_path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    edit(config)
    path = tmp_path / "edited.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    planned = _planned(demo, "--configfile", str(path))
    bounds = EDITS[edit]
    for rule, jobs in bounds.jobs.items():
        assert planned.get(rule, 0) == jobs if jobs is not None else planned.get(rule, 0) > 0, (rule, planned)
    assert set(planned) & bounds.never == set()


@pytest.mark.parametrize(("contig", "trained"), [("chr4", 0), ("chr3", 4)], ids=["test", "validation"])
def test_a_region_that_is_gone_retrains_what_read_it(demo: Path, tmp_path: Path, contig: str, trained: int) -> None:
    folder = Path(shutil.copytree(demo, tmp_path / "demo", symlinks=True))
    roi = folder / "results/demo/regions/roi.tsv"
    lines = roi.read_text().splitlines(keepends=True)
    lines.remove(next(line for line in lines if line.startswith(f"{contig}\t")))
    roi.write_text("".join(lines))
    # a dry run does not know whether what a job will write differs
    done = run_snakemake(folder, "results/demo/regions/main/test.tsv")
    assert done.returncode == 0, done.stdout[-3000:]
    planned = _planned(folder)
    assert planned.get("train", 0) == trained
    assert planned["evaluate"] == 4
    assert set(planned) & (DATA - {"normalize"}) == set()


def test_another_date_of_a_file_reruns_nothing(demo: Path) -> None:
    kept = {}
    for name in ("rep1.bam", "genome.fa", "peaks.narrowPeak", "variants.vcf"):
        path = demo / "results/demo/simulated" / name
        kept[path] = path.stat()
        os.utime(path)
    try:
        assert _planned(demo) == {}
    finally:
        for path, stat in kept.items():
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the workflow consists of, to be edited; the simulation's input stays where it was."""
    for name in ("workflow", "scripts", "lib", "envs", "config", "resources"):
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__"))
    rules = tmp_path / "checkout/workflow/rules/simulate.smk"
    motif = f'"{ROOT}/workflow/rules/../../resources/demo_motif.json"'
    # the path of an input counts for Snakemake: in another clone the demo would be simulated again
    rules.write_text(rules.read_text().replace('workflow.source_path("../../resources/demo_motif.json")', motif))
    return tmp_path / "checkout"


def _module(checkout: Path, text: str) -> Path:
    """Return the module of the library that holds a line of code."""
    return next(path for path in sorted(checkout.glob("lib/jangdan/**/*.py")) if text in path.read_text())


def test_comments_and_docstrings_rerun_nothing(demo: Path, checkout: Path) -> None:
    for text in ("class ZScoreLog(", "def integrated_gradients(", "class GenomicIndexer:"):
        path = _module(checkout, text)
        before, _, after = path.read_text().partition('"""')
        path.write_text(f'# a comment\n{before}"""Another beginning. {after}\n# and a comment\n')
    assert _planned(demo, root=checkout) == {}


def test_an_edited_architecture_reruns_training_and_no_data(demo: Path, checkout: Path) -> None:
    path = _module(checkout, "class CnnOptions")
    path.write_text(path.read_text() + "\n_EDITED = 1\n")
    planned = _planned(demo, root=checkout)
    assert planned["train"] == 4
    assert set(planned) & DATA == set()


def test_a_new_architecture_reruns_nothing(demo: Path, checkout: Path) -> None:
    beside = _module(checkout, "class DanqOptions")
    (beside.parent / "added.py").write_text(beside.read_text().replace("Danq", "Added").replace("danq", "added"))
    assert _planned(demo, root=checkout) == {}


def test_an_edited_reader_of_bam_rebuilds_coverage_and_no_genome(demo: Path, checkout: Path) -> None:
    path = _module(checkout, "class ReadCounting")
    path.write_text(path.read_text() + "\n_EDITED = 1\n")
    planned = _planned(demo, root=checkout)
    assert planned["build_coverage"] >= 1
    assert set(planned) & {"simulate_demo", "trim_regions", "split_regions"} == set()
