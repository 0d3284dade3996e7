"""The chain finds the truth that the demo was simulated from, and reruns what changed, and only that."""

import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.golden.readers import contig_names, rows_of
from tests.workflow.conftest import run_snakemake, write_config

pytestmark = pytest.mark.workflow

CLASSIFIERS = ("sequence.order-1", "sequence.order-2", "joint.order-2.normalizer-zscorelog")
JOINT = CLASSIFIERS[-1]


@pytest.fixture
def simulated(demo: Path) -> Path:
    """Return the folder of the files that this demo ran on."""
    return demo / "results/demo/simulated"


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """Return a copy of the finished demo, under the same dates, to be changed."""
    return Path(shutil.copytree(demo, tmp_path / "demo", symlinks=True))


def _result(demo: Path, kind: str, model: str, name: str) -> Path:
    return demo / "results/demo" / kind / model / "main/seed-1" / name


def _predictions(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    with h5py.File(path) as file:
        names = contig_names(file)
        table = pd.DataFrame({k: file[f"regions/{k}"][()] for k in ("start", "end")})
        table["chrom"] = names[file["regions/chrom"][()]]
        return table, file["data"][:, :, 0]


def _observed(demo: Path, windows: pd.DataFrame) -> np.ndarray:
    """Return the labels of windows, from the demo's target, which has one value per window."""
    values, places = rows_of(demo / "results/demo/coverage/bound.h5")
    stored = dict(zip(places, values[:, 0], strict=True))
    return np.array([stored[w.chrom, w.start, w.end] for w in windows.itertuples()])


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_the_model_finds_the_planted_sites(demo: Path, simulated: Path, model: str) -> None:
    windows, values = _predictions(_result(demo, "evaluation", model, "predictions.h5"))
    sites = pd.read_csv(simulated / "truth_sites.tsv", sep="\t").query("bound == 1")
    center = (sites["start"] + sites["end"]) // 2
    truth = [
        bool(((sites["chrom"] == w.chrom) & (center >= w.start) & (center < w.end)).any()) for w in windows.itertuples()
    ]
    assert set(windows["chrom"]) == {"chr4"}
    assert roc_auc_score(truth, values[:, 0]) >= 0.95


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_the_metrics_table_says_what_scikit_learn_says(demo: Path, model: str) -> None:
    windows, values = _predictions(_result(demo, "evaluation", model, "predictions.h5"))
    assert values.shape[1] == 1  # observed values stand in the target's file alone
    observed = _observed(demo, windows)
    table = pd.read_csv(_result(demo, "evaluation", model, "metrics.tsv"), sep="\t").set_index("metric")
    assert table.loc["auroc", "value"] == pytest.approx(roc_auc_score(observed, values[:, 0]), abs=1e-4)


@pytest.mark.parametrize(("effect", "sign"), [("break", -1), ("create", 1)])
def test_variants_that_change_a_site_rank_before_neutral_ones(
    demo: Path, simulated: Path, effect: str, sign: int
) -> None:
    scores = pd.read_csv(_result(demo, "variants", "sequence.order-2", "effects.tsv"), sep="\t")
    truth = pd.read_csv(simulated / "truth_variants.tsv", sep="\t")
    joined = scores.merge(truth[["id", "effect"]], on="id", validate="one_to_one")
    assert len(joined) == len(truth) >= 300
    assert (joined["status"] == "scored").all()
    chosen = joined[joined["effect"].isin([effect, "neutral"])]
    assert roc_auc_score(chosen["effect"] == effect, sign * chosen["JUND.effect"]) >= 0.9


def test_attribution_lies_on_the_motif(demo: Path, simulated: Path) -> None:
    sites = pd.read_csv(simulated / "truth_sites.tsv", sep="\t").query("bound == 1")
    inside = outside = 0.0
    bases = [0, 0]
    with h5py.File(_result(demo, "attribution", JOINT, "JUND.h5")) as file:
        names = contig_names(file)
        columns = [file[f"segments/{k}"][()] for k in ("chrom", "start", "end")]
        mass = np.abs(file["data"][:, 0]).sum(axis=1)
    at, hits = 0, []
    for chrom, start, end in zip(*columns, strict=True):
        on_site = np.zeros(end - start, dtype=bool)
        for site in sites[sites["chrom"] == names[chrom]].itertuples():
            on_site[max(site.start - start, 0) : max(site.end - start, 0)] = True
        piece = mass[at : at + end - start]
        at += end - start
        inside, outside = inside + piece[on_site].sum(), outside + piece[~on_site].sum()
        bases = [bases[0] + on_site.sum(), bases[1] + (~on_site).sum()]
        hits.append(on_site[np.argmax(piece)])
    assert (inside / bases[0]) / (outside / bases[1]) >= 8
    assert np.mean(hits) >= 0.75


def test_figures_and_tracks_are_there(demo: Path) -> None:
    for kind, name in (("plots", "JUND.png"), ("attribution", "JUND.png"), ("tracks", "JUND.bw")):
        assert _result(demo, kind, JOINT, name).stat().st_size > 5_000


def test_every_rule_left_a_log_and_a_benchmark(demo: Path) -> None:
    logs, benchmarks = (
        {p.name.split(".")[0] for p in (demo / "results/demo" / k).iterdir()} for k in ("logs", "benchmarks")
    )
    assert logs == benchmarks
    assert {"train", "evaluate", "score_variants", "check_inputs"} <= logs


def test_nothing_is_to_be_done_after_a_run(demo: Path) -> None:
    assert "Nothing to be done" in run_snakemake(demo, "--dry-run").stdout


def _planned(folder: Path, *arguments: str) -> set[str]:
    out = run_snakemake(folder, *arguments, "--dry-run").stdout
    return {line.split(":")[0].split()[-1] for line in out.splitlines() if line.startswith(("rule ", "localrule "))}


def test_a_changed_bam_reruns_only_what_depends_on_it(copied: Path) -> None:
    assert _planned(copied) == set()
    simulated = copied / "results/demo/simulated"
    shutil.copyfile(simulated / "rep2.bam", simulated / "rep1.bam")
    planned = _planned(copied)
    assert {"check_inputs", "build_coverage", "normalize", "train", "summarize"} <= planned
    assert not planned & {"simulate_demo", "build_sequence", "trim_regions", "split_regions"}


@pytest.mark.slow
def test_a_file_changed_under_its_old_date_is_noticed(inputs: Path, config: dict, tmp_path: Path) -> None:
    coverage = "results/broken/coverage/accessibility.h5"
    arguments = [coverage, "--configfile", write_config(tmp_path, config)]
    assert run_snakemake(tmp_path, *arguments).returncode == 0
    assert _planned(tmp_path, *arguments) == set()
    stat = (inputs / "rep1.bam").stat()
    shutil.copyfile(inputs / "rep2.bam", inputs / "rep1.bam")
    os.utime(inputs / "rep1.bam", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert _planned(tmp_path, *arguments) == {"build_coverage"}


def test_another_number_of_epochs_reruns_no_dataset(demo: Path, tmp_path: Path) -> None:
    from tests.workflow.conftest import ROOT

    text = (ROOT / "config/config.yaml").read_text().replace("epochs: 12", "epochs: 13")
    (tmp_path / "other.yaml").write_text(text)
    out = run_snakemake(demo, "--dry-run", "--configfile", str(tmp_path / "other.yaml")).stdout
    assert "rule train" in out
    assert "rule build_coverage" not in out
    assert "rule normalize" not in out
