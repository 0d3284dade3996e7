"""ROC and precision-recall curves as tables small enough to draw and to keep."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from jangdan.errors import DataError
from jangdan.metrics.scores import observed_pairs, require_binary

MOST_POINTS = 2000
"""Points kept of a curve: a step of less than a pixel in any figure."""


def roc_points(y_true: ArrayLike, y_pred: ArrayLike, *, most: int = MOST_POINTS) -> pd.DataFrame:
    """Return the ROC curve as a table with columns fpr, tpr and threshold, from (0, 0) to (1, 1).

    `y_true` (0 or 1) and `y_pred` have the shape (region,); regions without a finite y_true are left out.
    The table has no row where one class is missing. Raises DataError where lengths differ, y_true is
    not binary, or predictions are not finite.
    """
    true, pred = _binary_pairs(y_true, y_pred)
    if not 0 < true.sum() < len(true):
        return _curve_table("fpr", "tpr")
    fpr, tpr, threshold = roc_curve(true, pred)
    return _thinned(_curve_table("fpr", "tpr", fpr, tpr, threshold), most)


def pr_points(y_true: ArrayLike, y_pred: ArrayLike, *, most: int = MOST_POINTS) -> pd.DataFrame:
    """Return the precision-recall curve as a table with columns recall, precision and threshold.

    It runs from recall 1, where all regions are called, so that the first precision is the prevalence
    of positives, to recall 0 with a precision of 1 by convention. Input and errors as for `roc_points`.
    """
    true, pred = _binary_pairs(y_true, y_pred)
    if not 0 < true.sum() < len(true):
        return _curve_table("recall", "precision")
    precision, recall, threshold = precision_recall_curve(true, pred)
    return _thinned(_curve_table("recall", "precision", recall, precision, [*threshold, np.inf]), most)


def _binary_pairs(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    true, pred = observed_pairs(y_true, y_pred)
    require_binary(true)
    bad = int(np.sum(~np.isfinite(pred)))
    if bad:
        raise DataError(f"y_pred holds {bad} of {len(pred)} values that are NaN or infinite")
    return true, pred


def _curve_table(x: str, y: str, xs: ArrayLike = (), ys: ArrayLike = (), threshold: ArrayLike = ()) -> pd.DataFrame:
    return pd.DataFrame({x: xs, y: ys, "threshold": threshold}, dtype=np.float64)


def _thinned(curve: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep at most `most` points, evenly spaced along the line, and both ends."""
    if len(curve) <= most:
        return curve
    steps = np.abs(np.diff(curve.iloc[:, :2].to_numpy(), axis=0)).sum(axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    kept = np.searchsorted(along, np.linspace(0, along[-1], most - 1, endpoint=False))
    return curve.iloc[np.union1d(kept, [len(curve) - 1])].reset_index(drop=True)
