import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from jangdan.errors import DataError
from jangdan.metrics.curves import pr_points, roc_points


def labelled(seed, n):
    rng = np.random.default_rng(seed)
    true = np.concatenate([[0.0, 1.0], (rng.random(n - 2) < 0.2).astype(float)])
    return true, true * 0.8 + rng.normal(size=n)


@given(seed=st.integers(0, 10_000), n=st.integers(2, 200))
@settings(max_examples=30, deadline=None)
def test_short_curves_are_whole(seed, n):
    true, pred = labelled(seed, n)
    curve = roc_points(true, pred)
    fpr, tpr, threshold = roc_curve(true, pred)
    np.testing.assert_array_equal(curve, np.stack([fpr, tpr, threshold], axis=1))
    precision, recall, threshold = precision_recall_curve(true, pred)
    curve = pr_points(true, pred)
    np.testing.assert_array_equal(curve, np.stack([recall, precision, [*threshold, np.inf]], axis=1))


def farthest(curve, full):
    """Largest distance of a point of the full curve from the nearest kept point, along either axis."""
    steps = np.concatenate([[0], np.cumsum(np.abs(np.diff(full, axis=0)).sum(axis=1))])
    place = {tuple(p): s for p, s in zip(full, steps, strict=True)}
    kept = np.array([place[tuple(p)] for p in curve])
    after = np.clip(np.searchsorted(kept, steps), 1, len(kept) - 1)
    return np.minimum(np.abs(kept[after] - steps), np.abs(steps - kept[after - 1])).max()


@pytest.mark.parametrize("seed", range(3))
def test_long_curves_are_thinned_without_a_visible_change(seed):
    true, pred = labelled(seed, 200_000)
    roc, pr = roc_points(true, pred), pr_points(true, pred)
    assert 1000 < len(roc) <= 2000
    assert 1000 < len(pr) <= 2000
    assert roc.iloc[0, :2].tolist() == [0, 0]
    assert roc.iloc[-1, :2].tolist() == [1, 1]
    assert pr.iloc[0, :2].tolist() == [1, true.mean()]
    assert pr.iloc[-1, :2].tolist() == [0, 1]
    assert np.trapezoid(roc["tpr"], roc["fpr"]) == pytest.approx(roc_auc_score(true, pred), abs=1e-3)
    step_area = -np.sum(np.diff(pr["recall"]) * pr["precision"].to_numpy()[:-1])
    assert step_area == pytest.approx(average_precision_score(true, pred), abs=2e-3)
    fpr, tpr, _ = roc_curve(true, pred)
    assert farthest(roc[["fpr", "tpr"]].to_numpy(), np.stack([fpr, tpr], axis=1)) < 0.002


def test_most_is_kept_to():
    true, pred = labelled(0, 5000)
    assert len(roc_points(true, pred, most=50)) <= 50
    assert len(pr_points(true, pred, most=50)) <= 50


@pytest.mark.parametrize("label", [0, 1, np.nan])
def test_one_class_has_no_curve(label):
    for curve in (roc_points([label] * 3, [0.1, 0.2, 0.3]), pr_points([label] * 3, [0.1, 0.2, 0.3])):
        assert len(curve) == 0
        assert curve.shape[1] == 3
        assert (curve.dtypes == np.float64).all()


def test_unobserved_regions_are_left_out():
    true, pred = labelled(1, 100)
    more = np.append(true, np.nan), np.append(pred, 0.5)
    assert roc_points(*more).equals(roc_points(true, pred))


def test_what_cannot_be_drawn_is_an_error():
    with pytest.raises(DataError, match="1 of 2 values"):
        roc_points([0, 1], [0.1, np.nan])
    with pytest.raises(DataError, match="y_true holds 2"):
        pr_points([0, 2], [0.1, 0.2])
