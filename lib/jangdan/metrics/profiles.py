"""Scores of profiles: of their bins, of the totals of windows, and of the shape within each window."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError
from jangdan.metrics.scores import CONFIDENCE, score_table

TOTAL, SHAPE = ":total", ":profile"
"""What stands behind a condition's name in the rows of its windows' totals, and of the shape within them."""


def profile_table(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    conditions: Sequence[str],
    *,
    totals: bool = True,
    bootstrap: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Score counts in bins, shape (window, bins, condition), in the format of `score_table`.

    Under each condition's name stand the regression scores of all bins, n bins; under "<condition>:total", with
    `totals`, those of log(1 + total of a window), n windows; under "<condition>:profile" the mean over windows of the
    Pearson correlation within a window, n windows where it is defined. Windows are what is resampled for intervals.
    Raises DataError where shapes do not agree, or are not of three axes.
    """
    options: dict[str, Any] = {"totals": totals, "bootstrap": bootstrap, "seed": seed}
    return pd.concat(profile_tables(y_true, y_pred, conditions, **options), ignore_index=True)


def profile_tables(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    conditions: Sequence[str],
    *,
    totals: bool = True,
    bootstrap: int = 0,
    seed: int = 0,
) -> list[pd.DataFrame]:
    """Return the parts of `profile_table`: of bins, of totals (with `totals`), and of shapes."""
    true, pred = np.asarray(y_true, dtype=np.float64), np.asarray(y_pred, dtype=np.float64)
    if true.ndim != 3 or true.shape != pred.shape:
        raise DataError(
            f"y_true of shape {true.shape} and y_pred of shape {pred.shape}: expected (window, bins, condition) twice"
        )
    options: dict[str, Any] = {"kind": "regression", "bootstrap": bootstrap, "seed": seed}
    tables = [score_table(true, pred, conditions, **options)]
    if totals:
        seen, expected = (np.log1p(values.sum(axis=1)) for values in (true, pred))
        tables.append(score_table(seen, expected, [f"{name}{TOTAL}" for name in conditions], **options))
    return [*tables, _shapes(within_windows(true, pred), conditions, bootstrap, seed)]


def within_windows(y_true: NDArray[np.float64], y_pred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Pearson correlation over the bins of each window, shape (window, condition).

    NaN where it is not defined: one value in all bins, or one that is not finite.
    """
    true, pred = (values - values.mean(axis=1, keepdims=True) for values in (y_true, y_pred))
    scale = np.sqrt((true**2).sum(axis=1) * (pred**2).sum(axis=1))
    varies = (np.ptp(y_true, axis=1) > 0) & (np.ptp(y_pred, axis=1) > 0) & (scale > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(varies, (true * pred).sum(axis=1) / scale, np.nan)


def _shapes(correlation: NDArray[np.float64], conditions: Sequence[str], bootstrap: int, seed: int) -> pd.DataFrame:
    rows = []
    for name, column in zip(conditions, correlation.T, strict=True):
        known = column[np.isfinite(column)]
        row = {"condition": f"{name}{SHAPE}", "metric": "pearson", "value": known.mean() if len(known) else np.nan}
        rows.append(row | {"n": len(known), "n_missing": len(column) - len(known), **_interval(known, bootstrap, seed)})
    return pd.DataFrame(rows)


def _interval(values: NDArray[np.float64], bootstrap: int, seed: int) -> dict[str, float]:
    if not bootstrap or not len(values):
        return {}
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(len(values), size=len(values))].mean() for _ in range(bootstrap)]
    low, high = np.percentile(means, CONFIDENCE)
    return {"ci_low": float(low), "ci_high": float(high)}
