import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics as sk

from jangdan.data import Array
from jangdan.errors import DataError, OptionError
from jangdan.janggu.exporters import ExportJson
from jangdan.janggu.results import Undefined
from jangdan.janggu.scorer import Scorer, scorer_named

MODEL = SimpleNamespace(name="net")
RNG = np.random.default_rng(3)
TRUE = (RNG.random((40, 3)) < 0.4).astype(np.float32)
PRED = np.clip(TRUE * 0.3 + RNG.random((40, 3)) * 0.7, 0, 1).astype(np.float32)
LABELS = Array("y", TRUE, conditions=["a", "b", "c"])


def mean_error(y_true, y_pred):
    return float(np.abs(y_true - y_pred).mean())


def values(scorer):
    return {key: result["value"] for key, result in scorer.results.items()}


def test_a_score_a_layer_and_condition_with_date_and_tags():
    scorer = Scorer("error", mean_error)
    scorer.score(MODEL, {"y": PRED, "z": PRED[:, :1]}, {"y": LABELS, "z": Array("z", TRUE[:, 1:2])}, ["test", "chr2"])
    expected = {("net", "y", c): np.abs(TRUE[:, i] - PRED[:, i]).mean() for i, c in enumerate("abc")}
    expected["net", "z", 0] = np.abs(TRUE[:, 1] - PRED[:, 0]).mean()
    assert values(scorer) == pytest.approx(expected)
    for result in scorer.results.values():
        assert set(result) == {"date", "value", "tags"}
        assert result["tags"] == ["test", "chr2"]
        assert np.datetime64(result["date"].removesuffix("+00:00")) > np.datetime64("2024-01-01")


def test_other_axes_than_the_last_are_flattened():
    true, pred = RNG.normal(size=(5, 4, 2, 3)), RNG.normal(size=(5, 4, 2, 3))
    seen = []
    Scorer("s", lambda t, p: seen.append((t, p))).score(MODEL, {"y": pred}, {"y": Array("y", true)})
    for i, (t, p) in enumerate(seen):
        np.testing.assert_array_equal(t, [true[n, j, k, i] for n in range(5) for j in range(4) for k in range(2)])
        np.testing.assert_array_equal(p, pred[..., i].flatten())


def test_without_percondition_everything_is_one_score():
    scorer = Scorer("error", mean_error, percondition=False)
    scorer.score(MODEL, {"y": PRED}, {"y": LABELS})
    assert len(scorer.results) == 1
    assert values(scorer)["net", "y", "across"] == pytest.approx(np.abs(TRUE - PRED).mean())


def test_without_outputs_the_function_has_the_predictions_only():
    scorer = Scorer("top", np.max, conditions=["a", "b", "c"])
    scorer.score(MODEL, {"y": PRED})
    assert values(scorer) == {("net", "y", c): PRED[:, i].max() for i, c in enumerate("abc")}


@pytest.mark.parametrize("outputs", [None, {"y": LABELS}])
def test_without_a_function_the_predictions_themselves(outputs):
    scorer = Scorer("predict")
    scorer.score(MODEL, {"y": PRED}, outputs)
    np.testing.assert_array_equal(np.stack(list(values(scorer).values()), axis=1), PRED)


def test_given_conditions_go_before_those_of_the_dataset_and_numbers_are_the_last_choice():
    for scorer, outputs, expected in [
        (Scorer("s", mean_error, conditions=["x", "y", "z"]), {"y": LABELS}, ["x", "y", "z"]),
        (Scorer("s", mean_error), {"y": LABELS}, ["a", "b", "c"]),
        (Scorer("s", mean_error), {"y": Array("y", TRUE)}, [0, 1, 2]),
        (Scorer("s"), None, [0, 1, 2]),
    ]:
        scorer.score(MODEL, {"y": PRED}, outputs)
        assert [key[2] for key in scorer.results] == expected


def test_an_array_of_one_axis_is_one_condition():
    scorer = Scorer("error", mean_error)
    scorer.score(MODEL, {"y": PRED[:, 0]}, {"y": Array("y", TRUE[:, :1], conditions=["only"])})
    assert list(scorer.results) == [("net", "y", "only")]


def test_axes_of_length_one_do_not_matter():
    scorer = Scorer("error", mean_error)
    scorer.score(MODEL, {"y": PRED[:, None, None, :]}, {"y": LABELS})
    assert values(scorer)["net", "y", "b"] == pytest.approx(np.abs(TRUE[:, 1] - PRED[:, 1]).mean())


def test_immediate_results_are_of_the_last_model_others_are_collected():
    for immediate, names in [(True, ["two"]), (False, ["one", "two"])]:
        scorer = Scorer("error", mean_error, immediate_export=immediate)
        for name in ("one", "two"):
            scorer.score(SimpleNamespace(name=name), {"y": PRED}, {"y": LABELS})
        assert list(dict.fromkeys(key[0] for key in scorer.results)) == names


def test_results_of_another_dataset_are_not_overwritten_those_of_the_same_are():
    scorer = Scorer("error", mean_error, immediate_export=False)
    scorer.score(MODEL, {"y": PRED}, {"y": LABELS}, ["train"])
    scorer.score(MODEL, {"y": TRUE}, {"y": LABELS}, ["train"])
    assert set(values(scorer).values()) == {0.0}
    with pytest.raises(DataError, match=r"condition '.'.*tags \['train'\].*\['test'\]"):
        scorer.score(MODEL, {"y": PRED}, {"y": LABELS}, ["test"])
    assert set(values(scorer).values()) == {0.0}


def test_the_exporter_is_called_with_folder_name_and_results(tmp_path):
    calls = []

    class CustomExport:
        def __init__(self, extra):
            self.extra = extra

        def __call__(self, output_dir, name, results):
            calls.append((self.extra, output_dir, name, dict(results)))

    scorer = Scorer("error", mean_error, exporter=CustomExport("extra"))
    scorer.score(MODEL, {"y": PRED}, {"y": LABELS})
    scorer.export(str(tmp_path), "net")
    scorer.export(tmp_path, "a/../b", ["test_set"])
    assert calls[0] == ("extra", str(tmp_path / "net"), "error", scorer.results)
    assert calls[1][1:3] == (str(tmp_path / "a_.._b"), "error.test_set")


def test_scorers_with_parameters_and_lists_as_scores():
    class CustomScore:
        def __init__(self, extra_parameter):
            self.extra_parameter = extra_parameter

        def __call__(self, ytrue, ypred):
            return [self.extra_parameter, float(ytrue.sum())]

    scorer = Scorer("custom", CustomScore(7))
    scorer.score(MODEL, {"y": PRED}, {"y": LABELS})
    assert values(scorer)["net", "y", "c"] == [7, TRUE[:, 2].sum()]


def test_the_default_exporter_writes_json():
    assert isinstance(Scorer("s").exporter, ExportJson)
    assert isinstance(Scorer("s", exporter=None).exporter, ExportJson)


def test_a_function_that_raises_is_named_and_its_error_kept():
    def broken_score(y_true, y_pred):
        raise ZeroDivisionError("nothing to divide")

    with pytest.raises(DataError, match=r"'mine': broken_score.*'net'.*'y'.*'a'.*ZeroDivisionError: nothing") as caught:
        Scorer("mine", broken_score).score(MODEL, {"y": PRED}, {"y": LABELS})
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(DataError, match="called with y_pred of shape"):
        Scorer("mine", mean_error).score(MODEL, {"y": PRED})


def test_an_error_leaves_earlier_results():
    scorer = Scorer("error", mean_error)
    scorer.score(MODEL, {"y": PRED}, {"y": LABELS})
    before = dict(scorer.results)
    with pytest.raises(DataError):
        scorer.score(MODEL, {"y": PRED[:5]}, {"y": LABELS})
    assert scorer.results == before


@pytest.mark.parametrize(
    ("predicted", "outputs", "message"),
    [
        ({"y": PRED[:7]}, {"y": LABELS}, r"'y' have the shape \(7, 3\), outputs \(40, 3\)"),
        ({"y": PRED[:, :2]}, {"y": LABELS}, r"\(40, 2\), outputs \(40, 3\)"),
        ({"y": PRED.reshape(20, 2, 3)}, {"y": LABELS}, r"\(20, 2, 3\), outputs \(40, 3\)"),
        ({"y": PRED}, {"z": LABELS}, r"layers \['y'\], outputs of \['z'\]"),
        ({"y": np.array(["a"])}, None, "expected numbers"),
        ({"y": np.float64(3)}, None, "expected numbers"),
    ],
)
def test_shapes_and_layers_that_do_not_fit(predicted, outputs, message):
    with pytest.raises(DataError, match=message):
        Scorer("s", lambda *_: 0.0).score(MODEL, predicted, outputs)


def test_conditions_that_do_not_fit():
    with pytest.raises(DataError, match="2 conditions for layer 'y', whose last axis has 3"):
        Scorer("s", mean_error, conditions=["a", "b"]).score(MODEL, {"y": PRED}, {"y": LABELS})
    with pytest.raises(DataError, match="several conditions named 'a'"):
        Scorer("s", mean_error, conditions=["a", "b", "a"]).score(MODEL, {"y": PRED}, {"y": LABELS})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": ""}, "needs a name"),
        ({"name": "s", "score_fct": 3}, "score_fct=3 cannot be called"),
        ({"name": "s", "exporter": "json"}, "exporter='json' cannot be called"),
        ({"name": "s", "conditions": "abc"}, "expected a list"),
    ],
)
def test_options_that_cannot_be(options, message):
    with pytest.raises(OptionError, match=message):
        Scorer(**options)


def test_arguments_that_are_no_dicts_and_tags_that_are_no_texts():
    with pytest.raises(OptionError, match="predicted: found ndarray"):
        Scorer("s").score(MODEL, PRED)
    with pytest.raises(OptionError, match="outputs: found Array"):
        Scorer("s").score(MODEL, {"y": PRED}, LABELS)
    with pytest.raises(OptionError, match="datatags"):
        Scorer("s").score(MODEL, {"y": PRED}, None, [1])


def test_nothing_to_export():
    with pytest.raises(DataError, match="'s' has no results"):
        Scorer("s").export("nowhere", "net")


def test_nan_of_a_custom_function_has_its_warning_as_reason():
    def warned(y_true, y_pred):
        warnings.warn("only one class", UserWarning, stacklevel=2)
        return np.float32("nan")

    for function, reason in [
        (warned, "warned returned NaN: only one class"),
        (lambda t, p: float("nan"), "<lambda> returned NaN: y_true is constant (1)"),
        (lambda t, p: Undefined("too few"), "too few"),
    ]:
        scorer = Scorer("s", function)
        scorer.score(MODEL, {"y": PRED[:, :1]}, {"y": Array("y", np.ones((40, 1)))})
        (result,) = scorer.results.values()
        assert np.isnan(result["value"])
        assert result["reason"] == reason


def test_warnings_of_a_score_that_is_defined_are_passed_on():
    def warned(y_pred):
        warnings.warn("careful", RuntimeWarning, stacklevel=2)
        return 1.0

    scorer = Scorer("s", warned)
    with pytest.warns(RuntimeWarning, match="careful"):
        scorer.score(MODEL, {"y": PRED[:, :1]})
    assert values(scorer) == {("net", "y", 0): 1.0}


def test_functions_of_scikit_learn_as_they_are():
    scorer = Scorer("auROC", sk.roc_auc_score)
    scorer.score(MODEL, {"y": PRED}, {"y": LABELS})
    assert values(scorer)["net", "y", "a"] == sk.roc_auc_score(TRUE[:, 0], PRED[:, 0])


def test_importing_scorers_does_not_load_keras():
    import subprocess
    import sys

    code = "import sys, jangdan.janggu.scorer; sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(OptionError, match=r"scorer 'auc': expected .* roc, prc, auroc, .*calibration"):
        scorer_named("auc")
