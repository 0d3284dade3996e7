from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics as sk

from jangdan.errors import DataError
from jangdan.janggu.scorer import scorer_named

MODEL = SimpleNamespace(name="net")
RNG = np.random.default_rng(8)
BINARY = (RNG.random((60, 2)) < 0.4).astype(float)
PROBABLE = np.clip(BINARY * 0.3 + RNG.random((60, 2)) * 0.7, 0, 1)
REAL = RNG.normal(size=(60, 2))
GUESS = REAL + RNG.normal(size=(60, 2))

CLASSIFIED = {
    "auroc": sk.roc_auc_score,
    "auprc": sk.average_precision_score,
    "accuracy": lambda t, p: sk.accuracy_score(t, p >= 0.5),
    "f1": lambda t, p: sk.f1_score(t, p >= 0.5),
    "mcc": lambda t, p: sk.matthews_corrcoef(t, p >= 0.5),
    "brier": sk.brier_score_loss,
}
REGRESSED = {
    "cor": lambda t, p: np.corrcoef(t, p)[0, 1],
    "spearman": lambda t, p: stats.spearmanr(t, p).statistic,
    "mae": sk.mean_absolute_error,
    "mse": sk.mean_squared_error,
    "var_explained": sk.explained_variance_score,
}


def scored(name, true, pred, **options):
    scorer = scorer_named(name)
    for option, value in options.items():
        setattr(scorer, option, value)
    scorer.score(MODEL, {"y": pred}, {"y": true})
    return scorer


def only(name, true, pred):
    (result,) = scored(name, np.asarray(true, float), np.asarray(pred, float)).results.values()
    return result


@pytest.mark.parametrize("name", [*CLASSIFIED, *REGRESSED])
def test_numbers_are_those_of_scikit_learn_and_scipy(name, tmp_path):
    true, pred = (BINARY, PROBABLE) if name in CLASSIFIED else (REAL, GUESS)
    oracle = (CLASSIFIED | REGRESSED)[name]
    scorer = scored(name, true, pred)
    (path,) = scorer.export(tmp_path, "net")
    assert path == tmp_path / "net" / f"{name}.tsv"
    table = pd.read_csv(path, sep="\t")
    np.testing.assert_allclose(table["value"], [oracle(true[:, i], pred[:, i]) for i in range(2)], rtol=1e-12)
    (across,) = scored(name, true, pred, percondition=False).results.values()
    assert across["value"] == pytest.approx(oracle(true.ravel(), pred.ravel()), rel=1e-12)


def test_roc_is_the_curve_of_scikit_learn_with_its_area():
    curve = scored("roc", BINARY, PROBABLE).results["net", "y", 1]["value"]
    fpr, tpr, _ = sk.roc_curve(BINARY[:, 1], PROBABLE[:, 1])
    np.testing.assert_array_equal(curve.x, fpr)
    np.testing.assert_array_equal(curve.y, tpr)
    assert curve.label == sk.roc_auc_score(BINARY[:, 1], PROBABLE[:, 1])


def test_prc_is_the_curve_of_scikit_learn_with_its_average_precision():
    curve = scored("prc", BINARY, PROBABLE).results["net", "y", 0]["value"]
    precision, recall, _ = sk.precision_recall_curve(BINARY[:, 0], PROBABLE[:, 0])
    np.testing.assert_array_equal(curve.x, recall)
    np.testing.assert_array_equal(curve.y, precision)
    assert curve.label == sk.average_precision_score(BINARY[:, 0], PROBABLE[:, 0])


def test_calibration_is_the_share_of_positives_by_bin():
    curve = scored("calibration", BINARY, PROBABLE).results["net", "y", 0]["value"]
    true, pred = BINARY[:, 0], PROBABLE[:, 0]
    x, y = [], []
    for low in np.arange(10):
        inside = [i for i in range(60) if low <= pred[i] * 10 < low + 1 or (low == 9 and pred[i] == 1)]
        if inside:
            x.append(pred[inside].mean())
            y.append(true[inside].mean())
    np.testing.assert_allclose(curve.x, x)
    np.testing.assert_allclose(curve.y, y)
    assert curve.label == pytest.approx(np.mean((true - pred) ** 2))


def test_regions_without_an_observation_are_left_out():
    true = BINARY[:, :1].copy()
    true[:10] = np.nan
    assert scored("auroc", true, PROBABLE[:, :1]).results["net", "y", 0]["value"] == sk.roc_auc_score(
        true[10:, 0], PROBABLE[10:, 0]
    )
    curve = scored("calibration", true, PROBABLE[:, :1]).results["net", "y", 0]["value"]
    assert curve.label == pytest.approx(sk.brier_score_loss(true[10:, 0], PROBABLE[10:, 0]))


@pytest.mark.parametrize(
    ("name", "true", "pred", "reason"),
    [
        ("auroc", [0, 0, 0], [0.1, 0.2, 0.3], "y_true holds only one class (0)"),
        ("roc", [1, 1, 1], [0.1, 0.2, 0.3], "y_true holds only one class (1)"),
        ("prc", [0, 0, 0], [0.1, 0.2, 0.3], "y_true holds only one class (0)"),
        ("f1", [0, 0, 0], [0.1, 0.2, 0.3], "y_true holds only one class (0)"),
        ("mcc", [0, 1, 0], [0.1, 0.2, 0.3], "all predictions are below 0.5: one class only"),
        ("brier", [0, 0, 0], [0.1, 2, 0.3], "predictions lie between 0.1 and 2: no probabilities"),
        ("calibration", [0, 1, 0], [-1, 2, 0.3], "predictions lie between -1 and 2: no probabilities"),
        ("cor", [2, 2, 2], [0.1, 0.2, 0.3], "y_true holds only one value (2)"),
        ("spearman", [1, 2, 3], [0.5, 0.5, 0.5], "all predictions are equal (0.5)"),
        ("var_explained", [2, 2, 2], [0.1, 0.2, 0.3], "y_true holds only one value (2)"),
        ("mse", [np.nan] * 3, [0.1, 0.2, 0.3], "y_true holds no finite value"),
        ("auroc", [0, 1, 0], [0.1, np.nan, np.inf], "2 of 3 predictions are NaN or infinite"),
        ("roc", [0, 1, 0], [0.1, np.nan, 0.3], "1 of 3 predictions are NaN or infinite"),
    ],
)
def test_a_score_that_is_not_defined_is_nan_with_its_reason(name, true, pred, reason):
    result = only(name, true, pred)
    assert isinstance(result["value"], float)
    assert np.isnan(result["value"])
    assert result["reason"] == reason


def test_a_score_of_zero_is_no_missing_one():
    result = only("auroc", [0, 1], [0.9, 0.1])
    assert result["value"] == 0
    assert "reason" not in result


def test_a_classification_score_of_other_values_is_an_error():
    with pytest.raises(DataError, match=r"scorer 'auroc'.*condition 0.*y_true holds 2"):
        only("auroc", [0, 2, 1], [0.1, 0.2, 0.3])


@pytest.mark.parametrize("name", ["roc", "prc", "calibration"])
def test_curves_are_exported_as_png(name, tmp_path):
    true = BINARY.copy()
    true[:, 1] = np.nan
    (path,) = scored(name, true, PROBABLE).export(tmp_path, "net")
    assert path == tmp_path / "net" / f"{name}.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_names_in_any_case_and_a_new_scorer_each_time():
    assert scorer_named("auROC").name == "auroc"
    one, other = scorer_named("roc"), scorer_named("roc")
    assert one is not other
    assert one.exporter is not other.exporter
