"""Folds by name and by cross-validation; scores of all runs in one table, with ensembles over seeds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pybedtools
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from tests.configs import loaded, said_of
from tests.unit.jobs.conftest import save_observed

from jangdan.datasets.cover import Cover
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.jobs.compare import compare
from jangdan.jobs.predictions import save_predictions
from jangdan.jobs.regions import split_regions
from jangdan.metrics.profiles import profile_table
from jangdan.metrics.scores import score_table
from jangdan.storage.dataset_file import save
from jangdan.workflow.plan import folds_of

CHROMS = ["chr1", "chr2", "chr3"]


def test_each_chromosome_is_tested_once_and_the_final_ones_at_the_end() -> None:
    crossed = {"cross_validation": {"chromosomes": CHROMS, "final": ["chr9"]}}
    folds = folds_of(loaded({"folds": {}, **crossed}))
    assert list(folds) == ["test-chr1", "test-chr2", "test-chr3", "final"]
    assert folds["test-chr3"] == {"validation": ["chr1"], "test": ["chr3"], "exclude": ["chr9"]}
    assert folds["final"] == {"validation": ["chr1"], "test": ["chr9"]}
    named = {"main": {"validation": ["chr1"], "test": ["chr2"]}}
    assert list(folds_of(loaded({"folds": named, **crossed}))) == ["main", *folds]
    assert said_of({"folds": {}}) == ["folds: is missing; give folds, or cross_validation"]


def test_excluded_chromosomes_are_in_no_part(tmp_path: Path) -> None:
    roi = "contig\tstart\tend\n" + "".join(f"{c}\t0\t100\n" for c in [*CHROMS, "chr9"])
    (tmp_path / "roi.tsv").write_text(roi)
    outputs = {name: tmp_path / name for name in ("training", "test", "bed")}
    config = loaded({"cross_validation": {"chromosomes": CHROMS, "final": ["chr9"]}})
    split_regions(tmp_path / "roi.tsv", folds_of(config)["test-chr1"], outputs)
    header = "contig\tstart\tend\tstrand\tlabel\tsplit\n"
    training = "chr2\t0\t100\t.\t.\tvalidation\nchr3\t0\t100\t.\t.\ttrain\n"
    assert outputs["training"].read_text() == header + training
    assert outputs["test"].read_text() == header + "chr1\t0\t100\t.\t.\ttest\n"
    assert pybedtools.BedTool(outputs["bed"]).to_dataframe()["name"].tolist() == ["test", "validation", "train"]


def _outputs(folder: Path) -> dict[str, str]:
    return {"table": str(folder / "all.tsv"), "means": str(folder / "means.tsv"), "figure": str(folder / "all.png")}


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    rng, paths = np.random.default_rng(0), []
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 2000)], binsize=10)
    observed = (rng.random((200, 2)) < 0.3).astype(float)
    observed[:, 1] = 0  # one class only: not defined
    save_observed(observed, indexer, ("a", "b"), tmp_path / "target.h5")
    for seed in (1, 2, 3):
        folder = tmp_path / f"evaluation/net/main/seed-{seed}"
        predicted = np.clip(0.3 * observed + rng.random((200, 2)) * 0.7, 0, 1)
        save_predictions([predicted], indexer, ("a", "b"), folder / "predictions.h5")
        table = score_table(observed, predicted.astype(np.float32), ["a", "b"], kind="classification")
        table.to_csv(folder / "metrics.tsv", sep="\t", index=False, na_rep="NA")
        np.savez(folder / "arrays.npz", observed=observed, predicted=predicted.astype(np.float32))
        paths.append(folder / "metrics.tsv")
    return paths


def test_the_table_holds_every_run_and_the_mean_of_the_seeds(runs: list[Path], tmp_path: Path) -> None:
    compare(runs, [tmp_path / "target.h5"] * 3, {"net": ["a", "b"]}, _outputs(tmp_path))
    table = pd.read_csv(tmp_path / "all.tsv", sep="\t", dtype={"seed": str})
    assert set(table["seed"]) == {"1", "2", "3", "ensemble"}
    arrays = [np.load(path.with_name("arrays.npz")) for path in runs]
    observed, mean = arrays[0]["observed"], np.mean([a["predicted"] for a in arrays], axis=0)
    rows = table[(table["condition"] == "a") & (table["seed"] == "ensemble")].set_index("metric")["value"]
    assert rows["auroc"] == pytest.approx(roc_auc_score(observed[:, 0], mean[:, 0]), abs=1e-4)
    assert rows["auprc"] == pytest.approx(average_precision_score(observed[:, 0], mean[:, 0]), abs=1e-4)
    single = table[(table["condition"] == "a") & (table["seed"] == "2") & (table["metric"] == "auroc")]["value"].item()
    assert single == pytest.approx(roc_auc_score(observed[:, 0], arrays[1]["predicted"][:, 0]), abs=1e-4)
    undefined = table[(table["condition"] == "b") & (table["metric"] == "auroc")]["value"]
    assert len(undefined) == 4
    assert undefined.isna().all()
    assert (tmp_path / "all.png").stat().st_size > 5000


def test_one_seed_has_no_ensemble(runs: list[Path], tmp_path: Path) -> None:
    compare(
        runs[:1],
        [tmp_path / "target.h5"],
        {"net": ["a", "b"]},
        _outputs(tmp_path),
    )
    assert set(pd.read_csv(tmp_path / "all.tsv", sep="\t", dtype=str)["seed"]) == {"1"}


def test_an_ensemble_is_scored_as_its_members_also_where_values_look_like_classes(tmp_path: Path) -> None:
    rng, paths = np.random.default_rng(0), []
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 500)], binsize=10)
    observed = rng.integers(0, 2, (50, 1)).astype(float)
    save_observed(observed, indexer, ("a",), tmp_path / "target.h5")
    for seed in (1, 2):
        folder, predicted = tmp_path / f"net/main/seed-{seed}", rng.random((50, 1))
        save_predictions([predicted], indexer, ("a",), folder / "predictions.h5")
        score_table(observed, predicted, ["a"], kind="regression").to_csv(folder / "metrics.tsv", sep="\t", index=False)
        paths.append(folder / "metrics.tsv")
    compare(
        paths,
        [tmp_path / "target.h5"] * 2,
        {"net": ["a"]},
        _outputs(tmp_path),
    )
    table = pd.read_csv(tmp_path / "all.tsv", sep="\t", dtype={"seed": str})
    assert set(table[table["seed"] == "ensemble"]["metric"]) == set(table[table["seed"] == "1"]["metric"])
    assert "pearson" in set(table["metric"])


@pytest.mark.parametrize("totals", [True, False])
def test_an_ensemble_of_profiles_is_scored_by_bins_totals_and_shapes(totals: bool, tmp_path: Path) -> None:
    rng, paths, profiles = np.random.default_rng(2), [], []
    cells = GenomicIndexer.create_from_file([Interval("chr1", 0, 960)], binsize=16)  # 6 windows of 10 bins
    observed = rng.poisson(3, (6, 10, 2)).astype(float)
    bins = observed.reshape(60, 1, 1, 2).astype(np.float32)
    options = {"conditions": ["a", "b"], "store_whole_genome": True}
    save(Cover.create_from_array("target", bins, cells, **options).garray, tmp_path / "target.h5")
    for seed in (1, 2):
        folder, predicted = tmp_path / f"net/main/seed-{seed}", rng.random((6, 10, 2)).astype(np.float32)
        save_predictions([predicted.reshape(60, 2)], cells, ("a", "b"), folder / "predictions.h5", bins=10)
        profile_table(observed, predicted, ["a", "b"], totals=totals).to_csv(
            folder / "metrics.tsv", sep="\t", index=False
        )
        paths.append(folder / "metrics.tsv")
        profiles.append(predicted)
    compare(paths, [tmp_path / "target.h5"] * 2, {"net": ["a", "b"]}, _outputs(tmp_path))
    table = pd.read_csv(tmp_path / "all.tsv", sep="\t", dtype={"seed": str}).query("metric == 'pearson'")
    found = table[table["seed"] == "ensemble"].set_index("condition")["value"]
    assert set(found.index) == {"a", "b", "a:profile", "b:profile", *(["a:total", "b:total"] if totals else [])}
    mean, true = np.mean(profiles, axis=0)[..., 1], observed[..., 1]
    expected = {
        "b": np.corrcoef(true.ravel(), mean.ravel())[0, 1],
        "b:total": np.corrcoef(np.log1p(true.sum(axis=1)), np.log1p(mean.sum(axis=1)))[0, 1],
        "b:profile": np.mean([np.corrcoef(t, p)[0, 1] for t, p in zip(true, mean, strict=True)]),
    }
    for condition in ("b", "b:profile", *(["b:total"] if totals else [])):
        assert found[condition] == pytest.approx(expected[condition], abs=1e-4)


def test_samples_stand_apart_and_folds_vote_together_on_the_final_regions(tmp_path: Path) -> None:
    rng, paths, arrays = np.random.default_rng(1), [], []
    indexer = GenomicIndexer.create_from_file([Interval("chr9", 0, 600)], binsize=10)
    observed = rng.random((60, 1)).astype(np.float32)
    save_observed(observed, indexer, ("a",), tmp_path / "target.h5")
    for fold in ("test-chr1", "test-chr2"):
        for sample in ("", "on-final"):
            folder = tmp_path / f"net/{fold}/seed-1" / sample
            predicted = observed + rng.normal(size=(60, 1))
            save_predictions([predicted], indexer, ("a",), folder / "predictions.h5")
            score_table(observed, predicted, ["a"], kind="regression").to_csv(
                folder / "metrics.tsv", sep="\t", index=False
            )
            paths.append(folder / "metrics.tsv")
            arrays += [predicted] if sample else []
    compare(paths, [tmp_path / "target.h5"] * 4, {"net": ["a"]}, _outputs(tmp_path))
    table = pd.read_csv(tmp_path / "all.tsv", sep="\t", dtype={"seed": str}).query("metric == 'pearson'")
    together = table[table["fold"] == "ensemble"]
    assert together[["seed", "sample"]].to_numpy().tolist() == [["ensemble", "final"]]
    expected = np.corrcoef(observed[:, 0], np.mean(arrays, axis=0)[:, 0])[0, 1]
    assert together["value"].item() == pytest.approx(expected, abs=1e-4)
    single = [np.corrcoef(observed[:, 0], each[:, 0])[0, 1] for each in arrays]
    means = pd.read_csv(tmp_path / "means.tsv", sep="\t").query("metric == 'pearson'").set_index("sample")
    assert set(means.index) == {"test", "final"}
    assert means.loc["final", "mean"] == pytest.approx(np.mean(single), abs=1e-4)
    assert means.loc["final", "sd"] == pytest.approx(np.std(single, ddof=1), abs=1e-4)
    assert means.loc["final", "runs"] == 2
