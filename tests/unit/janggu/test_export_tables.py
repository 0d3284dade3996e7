import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jangdan.errors import DataError, OptionError
from jangdan.janggu.exporters import ExportJson, ExportTsv
from jangdan.janggu.results import Undefined
from jangdan.janggu.scorer import Scorer, scorer_named

RNG = np.random.default_rng(5)
TRUE = (RNG.random((30, 2)) < 0.5).astype(float)
PRED = RNG.random((30, 2)).astype(np.float32)


def result(value, **more):
    return {"date": "2024-05-01T00:00:00+00:00", "value": value, "tags": ["test"], **more}


def strict(path):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(path.read_text(), parse_constant=refuse)


def test_json_holds_all_of_the_results(tmp_path):
    results = {("net", "y", "a"): result(0.25), ("net", "y", 1): result(Undefined("one class"), reason="one class")}
    (path,) = ExportJson()(str(tmp_path), "auroc", results)
    assert path == tmp_path / "auroc.json"
    same = {"model": "net", "layer": "y", "date": "2024-05-01T00:00:00+00:00", "tags": ["test"]}
    assert strict(path) == {
        "name": "auroc",
        "results": [
            {**same, "condition": "a", "value": 0.25},
            {**same, "condition": 1, "value": None, "reason": "one class"},
        ],
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ("text", "text"),
        (None, None),
        (float("inf"), None),
        ([1, np.float64("nan"), [2.5, float("-inf")]], [1, None, [2.5, None]]),
        ((np.array([1.0, np.nan]), np.array([[1, 2]]), 0.5), [[1.0, None], [[1, 2]], 0.5]),
        ({"tp": np.int32(4), 2: np.array([np.inf])}, {"tp": 4, "2": [None]}),
        (pd.DataFrame({"x": [1.0, np.nan]}), {"x": [1.0, None]}),
        (pd.Series([1, 2]), [1, 2]),
        (np.array(np.nan), None),
    ],
)
def test_json_is_strict_whatever_the_value(value, expected, tmp_path):
    (path,) = ExportJson()(str(tmp_path), "x", {("m", "y", "a"): result(value)})
    found = strict(path)["results"][0]["value"]
    assert found == expected
    assert type(found) is type(expected)


def test_json_says_what_it_cannot_write(tmp_path):
    with pytest.raises(DataError, match=r"condition 'a' is no JSON: found a object"):
        ExportJson()(str(tmp_path), "x", {("m", "y", "a"): result(object())})
    assert list(tmp_path.iterdir()) == []


def test_json_of_predictions_with_row_names_and_annotation(tmp_path):
    scorer = Scorer("predict", exporter=ExportJson("js", {"true": TRUE[:, 0]}, range(30)))
    scorer.score(SimpleNamespace(name="net"), {"y": PRED})
    (path,) = scorer.export(tmp_path, "net")
    assert path.name == "predict.js"
    found = strict(path)
    np.testing.assert_array_equal([r["value"] for r in found["results"]], PRED.T)
    assert found["row_names"] == [str(i) for i in range(30)]
    assert found["annot"] == {"true": TRUE[:, 0].tolist()}


def test_several_models_are_one_file(tmp_path):
    scorer = scorer_named("auroc")
    scorer.immediate_export = False
    for name in ("one", "two"):
        scorer.score(SimpleNamespace(name=name), {"y": PRED}, {"y": TRUE})
    scorer.export(tmp_path, "all")
    assert [p.name for p in tmp_path.rglob("*.*")] == ["auroc.tsv"]
    table = pd.read_csv(tmp_path / "all" / "auroc.tsv", sep="\t")
    assert list(table["model"]) == ["one", "one", "two", "two"]


def test_tsv_of_numbers_is_a_row_a_result(tmp_path):
    results = {("net", "y", "a"): result(0.1), ("net", "y", "b"): result(Undefined("one\tclass"), reason="one\tclass")}
    (path,) = ExportTsv(annot={"size": [5, 6]})(str(tmp_path), "auROC", results)
    assert path.name == "auROC.tsv"
    table = pd.read_csv(path, sep="\t")
    assert list(table) == ["size", "model", "layer", "condition", "value", "reason", "tags", "date"]
    assert table["value"].tolist()[0] == 0.1
    assert np.isnan(table["value"][1])
    assert table["reason"].tolist()[1] == "one\tclass"
    assert table["size"].tolist() == [5, 6]
    assert "NA" in path.read_text().splitlines()[2].split("\t")


def test_tsv_of_predictions_is_a_column_a_condition(tmp_path):
    names = [f"chr1:{i}-{i + 1}" for i in range(30)]
    exporter = ExportTsv("txt", {"true a": TRUE[:, 0], "kind": ["p", "q"] * 15}, names)
    scorer = Scorer("predict", conditions=["a", "b"], exporter=exporter)
    scorer.score(SimpleNamespace(name="net"), {"y": PRED})
    (path,) = scorer.export(tmp_path, "net")
    table = pd.read_csv(path, sep="\t")
    assert list(table) == ["row", "true a", "kind", "net.y.a", "net.y.b"]
    np.testing.assert_allclose(table[["net.y.a", "net.y.b"]], PRED, rtol=1e-7)
    np.testing.assert_array_equal(table["true a"], TRUE[:, 0])
    assert list(table["row"]) == names


def test_tsv_keeps_columns_whose_names_are_alike(tmp_path):
    results = {("a.b", "c", "d"): result([1, 2]), ("a", "b.c", "d"): result([3, 4])}
    (path,) = ExportTsv()(str(tmp_path), "x", results)
    assert path.read_text() == "a.b.c.d\ta.b.c.d\n1\t3\n2\t4\n"


def test_tsv_of_lists_of_which_one_is_not_defined(tmp_path):
    results = {("m", "y", "a"): result([1.5, 2.5]), ("m", "y", "b"): result(Undefined("x"), reason="x")}
    (path,) = ExportTsv()(str(tmp_path), "x", results)
    assert path.read_text() == "m.y.a\tm.y.b\n1.5\tNA\n2.5\tNA\n"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [1, 2, 3]], "2 values for .*'0'.*, but 3 for .*'1'"),
        ([{"a": 1}], "is a dict; expected a list of numbers"),
        ([[[1, 2]]], r"list of shape \(1, 2\)"),
        ([([1, 2], [3], 1.0)], "is a tuple"),
        ([0.5, [1, 2]], "is a float"),
    ],
)
def test_tsv_says_which_value_is_no_table(values, message, tmp_path):
    with pytest.raises(DataError, match=message):
        ExportTsv()(str(tmp_path), "x", {("m", "y", str(i)): result(v) for i, v in enumerate(values)})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"row_names": ["a"]}, "row_names: 1 entries for 2 rows"),
        ({"annot": {"true": [1, 2, 3]}}, r"annot\['true'\]: 3 entries for 2 rows"),
        ({"annot": {"m.y.a": [1, 2]}}, "'m.y.a' is also a column"),
    ],
)
def test_rows_that_do_not_fit(options, message, tmp_path):
    with pytest.raises(OptionError, match=message):
        ExportTsv(**options)(str(tmp_path), "x", {("m", "y", "a"): result([1, 2])})


@pytest.mark.parametrize("exporter", [ExportJson, ExportTsv])
def test_options_and_results_that_cannot_be(exporter, tmp_path):
    with pytest.raises(OptionError, match="filesuffix='a/b'"):
        exporter("a/b")
    with pytest.raises(OptionError, match="annot: found list"):
        exporter(annot=[1])
    with pytest.raises(DataError, match="no results"):
        exporter()(str(tmp_path), "x", {})


def test_names_of_files_are_safe(tmp_path):
    (path,) = ExportJson(".json")(str(tmp_path), "../a b/c:d", {("m", "y", "a"): result(1)})
    assert path == tmp_path / "_a_b_c_d.json"
    assert path.is_file()
    (path,) = ExportJson()(str(tmp_path), "점수" * 200, {("m", "y", "a"): result(1)})
    assert path.is_file()
