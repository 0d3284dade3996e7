"""Scorers and their exporters."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pandas as pd
import pyBigWig
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from jangdan import (
    ExportBed,
    ExportBigwig,
    ExportClustermap,
    ExportJson,
    ExportScorePlot,
    ExportTsne,
    ExportTsv,
    Janggu,
    Scorer,
    scorer_named,
)
from jangdan.data import Array, Cover, GenomicIndexer
from tests.blackbox.naive import SIZES, WINDOWS, Files

MODEL = SimpleNamespace(name="m")
RNG = np.random.default_rng(5)
TRUE = (RNG.random((20, 2)) > 0.5).astype(float)
PREDICTED = np.clip(TRUE * 0.3 + RNG.random((20, 2)) * 0.7, 0.01, 0.99)
OUTPUT = {"y": Array("y", TRUE, conditions=["a", "b"])}


def _mean_error(true: np.ndarray, pred: np.ndarray) -> float:
    return float(np.abs(true - pred).mean())


def test_a_scorer_scores_each_condition() -> None:
    scorer = Scorer("error", score_fct=_mean_error)
    scorer.score(MODEL, {"y": PREDICTED}, OUTPUT, datatags=["test"])
    assert set(scorer.results) == {("m", "y", "a"), ("m", "y", "b")}
    for i, condition in enumerate("ab"):
        result = scorer.results["m", "y", condition]
        assert result["value"] == pytest.approx(_mean_error(TRUE[:, i], PREDICTED[:, i]))
        assert result["tags"] == ["test"]


def test_a_scorer_across_conditions_and_with_other_names() -> None:
    across = Scorer("error", score_fct=_mean_error, percondition=False)
    across.score(MODEL, {"y": PREDICTED}, OUTPUT)
    (result,) = across.results.values()
    assert result["value"] == pytest.approx(_mean_error(TRUE.ravel(), PREDICTED.ravel()))
    named = Scorer("values", conditions=["x", "z"], score_fct=lambda pred: float(pred.sum()))
    named.score(MODEL, {"y": PREDICTED})
    assert named.results["m", "y", "z"]["value"] == pytest.approx(PREDICTED[:, 1].sum())


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("auroc", roc_auc_score),
        ("auprc", average_precision_score),
        ("mae", _mean_error),
        ("mse", lambda true, pred: float(((true - pred) ** 2).mean())),
        ("cor", lambda true, pred: float(np.corrcoef(true, pred)[0, 1])),
    ],
)
def test_scorers_by_name(name: str, function: Any) -> None:
    scorer = scorer_named(name)
    scorer.score(MODEL, {"y": PREDICTED}, OUTPUT)
    for i, condition in enumerate("ab"):
        expected = function(TRUE[:, i], PREDICTED[:, i])
        assert scorer.results["m", "y", condition]["value"] == pytest.approx(expected, rel=1e-5)


def test_results_of_several_models_are_collected(tmp_path: Path) -> None:
    scorer = Scorer(
        "error", score_fct=_mean_error, exporter=ExportTsv(filesuffix="txt"), immediate_export=False, subdir="sub"
    )
    for name in ("one", "two"):
        scorer.score(SimpleNamespace(name=name), {"y": PREDICTED}, OUTPUT)
    (path,) = scorer.export(tmp_path, "all", datatags=["t"])
    assert path == tmp_path / "all/error.t.txt"
    table = pd.read_csv(path, sep="\t")
    assert list(zip(table["model"], table["condition"], strict=True)) == [
        (m, c) for m in ("one", "two") for c in ("a", "b")
    ]
    expected = [_mean_error(TRUE[:, i], PREDICTED[:, i]) for i in (0, 1)] * 2
    np.testing.assert_allclose(table["value"], expected)


def _results(values: Any) -> Any:
    return {("m", "y", c): {"date": "2020-01-01T00:00:00+00:00", "value": v, "tags": None} for c, v in values.items()}


def test_json_and_tables(tmp_path: Path) -> None:
    values = _results({"a": np.array([1.0, 2.0]), "b": np.array([3.0, np.nan])})
    (path,) = ExportJson(filesuffix="json", annot={"label": [0, 1]}, row_names=["r", "s"])(str(tmp_path), "x", values)
    document = json.loads(path.read_text())
    assert [record["value"] for record in document["results"]] == [[1.0, 2.0], [3.0, None]]
    assert document["row_names"] == ["r", "s"]
    (path,) = ExportTsv(annot={"label": [0, 1]}, row_names=["r", "s"])(str(tmp_path), "x", values)
    table = pd.read_csv(path, sep="\t")
    assert list(table) == ["row", "label", "m.y.a", "m.y.b"]
    assert table["m.y.a"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("fform", ["png", "svg"])
def test_figures(tmp_path: Path, fform: str) -> None:
    curves = _results({"a": ([0, 0.5, 1], [0, 0.8, 1], 0.7), "b": ([0, 1], [0, 1])})
    plot = ExportScorePlot(figsize=(3, 3), xlabel="x", ylabel="y", fform=fform, legend="area", reference="diagonal")
    columns = _results({"a": PREDICTED[:, 0], "b": PREDICTED[:, 1]})
    annot = {"group": ["u", "v"] * 10}
    heat = ExportClustermap(
        method="average", z_score=1, annot=annot, row_names=list(range(20)), figsize=(4, 4), fform=fform
    )
    dots = ExportTsne(annot=annot, method="pca", perplexity=5.0, seed=1, figsize=(4, 4), fform=fform)
    for name, exporter, results in (("p", plot, curves), ("h", heat, columns), ("d", dots, columns)):
        (path,) = exporter(str(tmp_path), name, results)
        assert path == tmp_path / f"{name}.{fform}"
        start = path.read_bytes()[:5]
        assert start == (b"\x89PNG\r" if fform == "png" else b"<?xml")


def test_predictions_are_written_as_tracks(files: Files, tmp_path: Path) -> None:
    windows = GenomicIndexer.create_from_file(files.bed, 100, None, flank=20)
    values = np.arange(10.0)
    (bed,) = ExportBed(gindexer=windows, resolution=50)(str(tmp_path), "x", _results({"a": values}))
    (bigwig,) = ExportBigwig(gindexer=windows, genomesize=SIZES)(str(tmp_path), "x", _results({"a": values}))
    expected = []
    for i, (contig, start, _, strand) in enumerate(WINDOWS):
        own = values[2 * i : 2 * i + 2]
        own = own[::-1] if strand == "-" else own
        expected += [(contig, start + 50 * j, start + 50 * j + 50, own[j]) for j in range(2)]
    rows = pd.read_csv(bed, sep="\t", header=None)
    assert list(rows[[0, 1, 2, 4]].itertuples(index=False, name=None)) == expected
    with pyBigWig.open(str(bigwig)) as file:
        assert file.chroms() == SIZES
        for contig, start, end, value in expected:
            assert file.values(contig, start, end) == [value] * (end - start)


def test_a_model_calls_its_scorers(files: Files, output: Path) -> None:
    reads = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, resolution=50)
    target = Array("y", np.array([[0.0], [1], [0], [1], [1]]), conditions=["a"])
    tensor = keras.Input(reads.shape[1:], name="reads")
    out = keras.layers.Dense(1, "sigmoid", name="y")(keras.layers.Flatten()(tensor))
    model = Janggu(tensor, out, name="m")
    model.compile("sgd", "binary_crossentropy")
    model.evaluate(reads, target, callbacks=["auroc", Scorer("error", _mean_error)], datatags=["t"])
    document = json.loads((output / "evaluation/m/error.t.json").read_text())
    assert document["results"][0]["value"] == pytest.approx(_mean_error(target[:], model.predict(reads)), rel=1e-5)
    table = pd.read_csv(output / "evaluation/m/auroc.t.tsv", sep="\t")
    assert table["value"][0] == pytest.approx(roc_auc_score(target[:].ravel(), model.predict(reads).ravel()), rel=1e-5)
    model.predict(reads, callbacks=[Scorer("raw", exporter=ExportTsv())], datatags=["t"])
    raw = pd.read_csv(output / "evaluation/m/raw.t.tsv", sep="\t")
    np.testing.assert_allclose(raw.iloc[:, -1], model.predict(reads)[:, 0], rtol=1e-5)
