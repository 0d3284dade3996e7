import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn import metrics as sk

from jangdan.errors import DataError, OptionError
from jangdan.metrics.scores import (
    kind_of_target,
    metric_named,
    metrics_of_kind,
    score,
    score_table,
)
from jangdan.records.kinds import METRICS

CLASSIFICATION = [m.name for m in metrics_of_kind("classification")]
REGRESSION = [m.name for m in metrics_of_kind("regression")]


def score_of(name, true, pred):
    return score(METRICS[name], true, pred)


def labelled(seed, n=60):
    rng = np.random.default_rng(seed)
    true = np.concatenate([[0.0, 1.0], rng.integers(0, 2, n - 2)])
    return true, np.clip(true * 0.3 + rng.random(n) * 0.7, 0, 1).round(2)


def naive_auroc(true, pred):
    pairs = [(p > q) + 0.5 * (p == q) for p in pred[true == 1] for q in pred[true == 0]]
    return sum(pairs) / len(pairs)


def naive_average_precision(true, pred):
    total, before = 0.0, 0.0
    for cutoff in sorted(set(pred), reverse=True):
        called = pred >= cutoff
        recall = true[called].sum() / true.sum()
        total += (recall - before) * true[called].mean()
        before = recall
    return total


def naive_confusion(true, pred):
    called = pred >= 0.5
    return [int(((true == t) & (called == c)).sum()) for t, c in [(1, True), (0, True), (1, False), (0, False)]]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_classification_scores_equal_the_formulas(seed):
    true, pred = labelled(seed)
    tp, fp, fn, tn = naive_confusion(true, pred)
    assert score_of("auroc", true, pred) == pytest.approx(naive_auroc(true, pred))
    assert score_of("auprc", true, pred) == pytest.approx(naive_average_precision(true, pred))
    assert score_of("accuracy", true, pred) == pytest.approx((tp + tn) / 60)
    assert score_of("f1", true, pred) == pytest.approx(2 * tp / (2 * tp + fp + fn))
    assert score_of("brier", true, pred) == pytest.approx(((true - pred) ** 2).mean())
    root = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    expected = (tp * tn - fp * fn) / root if root else math.nan
    assert score_of("mcc", true, pred) == pytest.approx(expected, nan_ok=True)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_regression_scores_equal_the_formulas(seed):
    rng = np.random.default_rng(seed)
    true = rng.normal(size=40)
    pred = true + rng.normal(size=40)
    a, b = true - true.mean(), pred - pred.mean()
    assert score_of("pearson", true, pred) == pytest.approx((a * b).sum() / math.sqrt((a**2).sum() * (b**2).sum()))
    ranks = [stats.rankdata(v) for v in (true, pred)]
    assert score_of("spearman", true, pred) == pytest.approx(np.corrcoef(*ranks)[0, 1])
    assert score_of("mse", true, pred) == pytest.approx(((true - pred) ** 2).mean())
    assert score_of("mae", true, pred) == pytest.approx(np.abs(true - pred).mean())
    assert score_of("var_explained", true, pred) == pytest.approx(1 - (true - pred).var() / true.var())


def test_known_answers():
    assert score_of("auroc", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 0.75
    assert score_of("auroc", [0, 1], [0.5, 0.5]) == 0.5
    assert score_of("pearson", [1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert score_of("var_explained", [1, 2, 3], [2, 3, 4]) == 1  # a shift leaves the variance explained


@pytest.mark.parametrize("name", ["auroc", "auprc", "mcc"])
@pytest.mark.parametrize("label", [0, 1])
def test_one_class_has_no_score(name, label):
    assert math.isnan(score_of(name, [label] * 4, [0.1, 0.7, 0.3, 0.9]))


def test_f1_without_a_positive_is_not_zero():
    assert math.isnan(score_of("f1", [0, 0, 0], [0.9, 0.1, 0.2]))


def test_brier_of_what_is_no_probability_is_not_defined():
    assert math.isnan(score_of("brier", [0, 1], [-3.0, 2.0]))


@pytest.mark.parametrize("name", ["pearson", "spearman", "var_explained"])
def test_constant_target_has_no_correlation(name):
    assert math.isnan(score_of(name, [2, 2, 2], [1, 2, 3]))


@pytest.mark.parametrize("name", METRICS.names())
@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_nothing_observed_has_no_score(name, values):
    assert math.isnan(score_of(name, values, [0.5] * len(values)))


@pytest.mark.parametrize("name", METRICS.names())
def test_a_prediction_that_is_not_finite_has_no_score(name):
    assert math.isnan(score_of(name, [0, 1, 1], [0.1, np.nan, 0.3]))
    assert math.isnan(score_of(name, [0, 1, 1], [0.1, np.inf, 0.3]))


@given(
    true=arrays(np.float32, 6, elements=st.floats(width=32, allow_nan=True, allow_infinity=True)),
    pred=arrays(np.float32, 6, elements=st.floats(width=32, allow_nan=True, allow_infinity=True)),
)
def test_regression_scores_never_raise(true, pred):
    for name in REGRESSION:
        assert not math.isinf(score_of(name, true, pred))


@given(data=st.data(), n=st.integers(0, 8))
def test_classification_scores_never_raise(data, n):
    true = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0, np.nan])))
    pred = data.draw(arrays(np.float64, n, elements=st.floats()))
    for name in CLASSIFICATION:
        assert not math.isinf(score_of(name, true, pred))


def test_a_classification_score_of_counts_says_so():
    with pytest.raises(DataError, match="y_true holds 3"):
        score_of("auroc", [0, 3, 1], [0.1, 0.2, 0.3])


def test_lengths_that_differ_are_an_error():
    with pytest.raises(DataError, match="expected one shape"):
        score_of("mse", [1, 2], [1, 2, 3])


def test_names_and_aliases():
    assert metric_named("cor") is METRICS["pearson"]
    assert metric_named("auROC") is METRICS["auroc"]
    assert [metric_named(alias).name for alias in ("AP", "acc")] == ["auprc", "accuracy"]
    with pytest.raises(OptionError, match="'auc': expected one of auroc"):
        metric_named("auc")
    with pytest.raises(OptionError, match="kind='ranking'"):
        metrics_of_kind("ranking")


def test_better_is_lower_for_errors_only():
    assert {m.name for m in METRICS if m.better == "lower"} == {"brier", "mse", "mae"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 1, 1], "classification"),
        ([True, False], "classification"),
        ([0, np.nan, 1], "classification"),
        ([0, 2], "regression"),
        ([0.5, 1], "regression"),
    ],
)
def test_kind_of_target(values, kind):
    assert kind_of_target(values) == kind


def test_table_of_a_classification():
    true, pred = (np.stack([a, b], axis=1) for a, b in zip(labelled(1), labelled(2), strict=True))
    true[:7, 1] = np.nan
    table = score_table(true, pred, ["a", "b"])
    assert list(table.columns) == ["condition", "metric", "value", "n", "n_missing", "n_positive"]
    assert list(table["metric"]) == CLASSIFICATION * 2
    row = table[(table["condition"] == "b") & (table["metric"] == "auroc")].iloc[0]
    assert (row.n, row.n_missing, row.n_positive) == (53, 7, true[7:, 1].sum())
    assert row.value == pytest.approx(sk.roc_auc_score(true[7:, 1], pred[7:, 1]))


def test_table_of_a_regression_with_chosen_metrics():
    true = np.random.default_rng(0).normal(size=(30, 1))
    table = score_table(true, true * 2, ["a"], metrics=["mse", "cor"])
    assert list(table.columns) == ["condition", "metric", "value", "n", "n_missing"]
    assert list(table["metric"]) == ["mse", "pearson"]
    assert table["value"].tolist() == pytest.approx([(true**2).mean(), 1.0])


def test_intervals_hold_the_score_and_are_repeatable():
    true, pred = (v[:, None] for v in labelled(3, 200))
    table = score_table(true, pred, ["a"], bootstrap=100, seed=5)
    assert (table["ci_low"] <= table["value"]).all()
    assert (table["value"] <= table["ci_high"]).all()
    assert (table["ci_low"] < table["ci_high"]).all()
    assert table.equals(score_table(true, pred, ["a"], bootstrap=100, seed=5))
    assert not table.equals(score_table(true, pred, ["a"], bootstrap=100, seed=6))


def test_an_interval_does_not_depend_on_what_else_is_asked_for():
    true, pred = (np.stack([a, b], axis=1) for a, b in zip(labelled(1), labelled(2), strict=True))
    both = score_table(true, pred, ["a", "b"], bootstrap=20)
    alone = score_table(true[:, 1:], pred[:, 1:], ["b"], metrics=["auprc"], bootstrap=20)
    expected = both[(both["condition"] == "b") & (both["metric"] == "auprc")].reset_index(drop=True)
    assert alone.equals(expected)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(60):
        true = rng.normal(size=(80, 1))
        pred = true + rng.normal(size=(80, 1))  # squared error has the mean 1
        row = score_table(true, pred, ["a"], metrics=["mse"], bootstrap=200, seed=seed).iloc[0]
        covered += row.ci_low <= 1 <= row.ci_high
    assert covered >= 50


def test_an_undefined_score_has_no_interval():
    table = score_table(np.zeros((5, 1)), np.full((5, 1), 0.2), ["a"], metrics=["auroc"], bootstrap=10)
    assert table[["value", "ci_low", "ci_high"]].isna().all(axis=None)
    empty = score_table(np.full((5, 1), np.nan), np.zeros((5, 1)), ["a"], kind="regression", bootstrap=3)
    assert empty["value"].isna().all()
    assert (empty["n"] == 0).all()
    assert (empty["n_missing"] == 5).all()


def test_the_arrays_are_left_as_they_were():
    true, pred = (v[:, None] for v in labelled(3))
    copies = true.copy(), pred.copy()
    score_table(true, pred, ["a"], bootstrap=3)
    np.testing.assert_array_equal(true, copies[0])
    np.testing.assert_array_equal(pred, copies[1])


def test_shapes_that_do_not_agree_are_one_sentence():
    with pytest.raises(DataError, match=r"y_true of shape \(4, 2\), y_pred of shape \(4, 3\) and 2 condition names"):
        score_table(np.zeros((4, 2)), np.zeros((4, 3)), ["a", "b"])
    with pytest.raises(DataError, match="1 condition names"):
        score_table(np.zeros((4, 2)), np.zeros((4, 2)), ["a"])


def test_predictions_that_are_nan_are_counted():
    pred = np.zeros((4, 2))
    pred[1, :] = np.nan
    with pytest.raises(DataError, match="2 of 8 values"):
        score_table(np.zeros((4, 2)), pred, ["a", "b"])


def test_a_negative_number_of_resamplings_is_refused():
    with pytest.raises(OptionError, match="bootstrap=-1"):
        score_table(np.zeros((4, 1)), np.zeros((4, 1)), ["a"], bootstrap=-1)
