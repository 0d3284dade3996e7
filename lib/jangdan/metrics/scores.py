"""Scores by name. A score that is not defined for the data is NaN: never an error, never a zero."""

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError
from jangdan.records.kinds import METRICS, Metric

Kind = Literal["classification", "regression"]
Values = NDArray[np.float64]

CONFIDENCE = (2.5, 97.5)
"""Percentiles of the bootstrap that bound the confidence interval."""


def score(metric: Metric, y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Score arrays of shape (region,); pairs without a finite y_true are left out.

    NaN where the score is not defined: one class only, constant values, nothing finite in y_true,
    or any prediction that is not finite. Raises DataError where the lengths differ, or where a
    classification score is asked for values other than 0 and 1.
    """
    true, pred = observed_pairs(y_true, y_pred)
    if metric.kind == "classification":
        require_binary(true)
    if len(true) == 0 or not np.isfinite(pred).all():
        return np.nan
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # nearly constant input: scipy warns and gives its best value
        value = float(metric.score(true, pred))
    return value if np.isfinite(value) else np.nan


def metric_named(name: str) -> Metric:
    """Return the metric of that name or alias, in any case; raises OptionError for another name."""
    key = name.lower()
    for metric in METRICS:
        if key in (metric.name, *metric.aliases):
            return metric
    known = [*metrics_of_kind("classification"), *metrics_of_kind("regression")]
    names = [metric.name for metric in known] + [alias for metric in known for alias in metric.aliases]
    raise OptionError(f"metric {name!r}: expected one of {', '.join(names)}")


def metrics_of_kind(kind: str) -> list[Metric]:
    """Return all metrics for 'classification' or 'regression', by their place in tables.

    Raises OptionError for another kind.
    """
    if kind not in ("classification", "regression"):
        raise OptionError(f"kind={kind!r}: expected 'classification' or 'regression'")
    return sorted((m for m in METRICS if m.kind == kind), key=lambda metric: (metric.place, metric.name))


def kind_of_target(y_true: ArrayLike) -> Kind:
    """Return 'classification' where every finite value is 0 or 1, else 'regression'."""
    values = np.asarray(y_true, dtype=np.float64)
    return "classification" if _is_binary(values[np.isfinite(values)]) else "regression"


def score_table(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    conditions: Sequence[str],
    *,
    metrics: Sequence[str] | None = None,
    kind: str | None = None,
    bootstrap: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Score each condition by each metric, in long format.

    `y_true` and `y_pred` have the shape (region, condition), or (region, bins, condition), where each bin is scored
    like a region. Regions whose y_true is not finite are left out of that condition. `kind` is taken from the values
    where it is None, `metrics` are then all of that kind. `bootstrap` is the number of resamplings of the regions,
    drawn from `seed`, with all their bins.

    Columns: condition, metric, value, n (regions scored), n_missing (left out), n_positive (only for
    classification), ci_low and ci_high (95 % percentile interval, only with `bootstrap`). Raises
    DataError where shapes do not agree or predictions are not finite, OptionError for an unknown metric or kind.
    """
    true, pred = _matrices(y_true, y_pred, conditions)
    if bootstrap < 0:
        raise OptionError(f"bootstrap={bootstrap}: expected 0 or a number of resamplings")
    kind = kind or kind_of_target(true)
    every = metrics_of_kind(kind)
    chosen = every if metrics is None else [metric_named(m) for m in metrics]
    bins, rows = true.shape[1], []
    for i, condition in enumerate(conditions):
        whole = true[..., i].ravel(), pred[..., i].ravel()
        pair = observed_pairs(*whole)
        counts = _counts(pair[0], len(whole[0]), kind)
        for metric in chosen:
            row = {"condition": condition, "metric": metric.name, "value": score(metric, *pair), **counts}
            rows.append(row | _interval(metric, pair if bins == 1 else whole, bootstrap, seed, bins))
    return pd.DataFrame(rows, columns=_columns(kind, bootstrap))


def observed_pairs(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Values, Values]:
    """Return both arrays, shape (region,), as float64 without the regions whose y_true is not finite."""
    true, pred = np.asarray(y_true, dtype=np.float64), np.asarray(y_pred, dtype=np.float64)
    if true.ndim != 1 or true.shape != pred.shape:
        raise DataError(f"y_true of shape {true.shape} and y_pred of shape {pred.shape}: expected one shape (region,)")
    kept = np.isfinite(true)
    return true[kept], pred[kept]


def require_binary(y_true: Values) -> None:
    """Raise DataError where a value is neither 0 nor 1."""
    if not _is_binary(y_true):
        other = y_true[(y_true != 0) & (y_true != 1)][0]
        raise DataError(f"y_true holds {other:g}: a classification score needs 0 and 1; use a regression metric")


def _is_binary(values: Values) -> bool:
    return bool(np.all((values == 0) | (values == 1)))


def _matrices(y_true: ArrayLike, y_pred: ArrayLike, conditions: Sequence[str]) -> tuple[Values, Values]:
    """Return both as (region, bins, condition), float64."""
    true, pred = np.asarray(y_true, dtype=np.float64), np.asarray(y_pred, dtype=np.float64)
    if true.ndim not in (2, 3) or true.shape != pred.shape or true.shape[-1] != len(conditions):
        raise DataError(
            f"y_true of shape {true.shape}, y_pred of shape {pred.shape} and {len(conditions)} condition names "
            "do not agree: expected (region, condition) or (region, bins, condition) twice"
        )
    bad = int(np.sum(~np.isfinite(pred)))
    if bad:
        raise DataError(f"y_pred holds {bad} of {pred.size} values that are NaN or infinite; did the training diverge?")
    return (true[:, None], pred[:, None]) if true.ndim == 2 else (true, pred)


def _counts(true: Values, regions: int, kind: str) -> dict[str, int]:
    counts = {"n": len(true), "n_missing": regions - len(true)}
    return counts | ({"n_positive": int(true.sum())} if kind == "classification" else {})


def _interval(metric: Metric, pair: tuple[Values, Values], bootstrap: int, seed: int, bins: int) -> dict[str, float]:
    if not bootstrap:
        return {}
    # a generator for each row: the interval does not depend on which other conditions and metrics are asked for
    rng, n = np.random.default_rng(seed), len(pair[0]) // bins
    true, pred = (values.reshape(n, bins) for values in pair)
    draws = (rng.integers(n, size=n) if n else np.zeros(0, dtype=np.int64) for _ in range(bootstrap))
    scores = np.array([score(metric, true[d].ravel(), pred[d].ravel()) for d in draws])
    scores = scores[np.isfinite(scores)]
    low, high = np.percentile(scores, CONFIDENCE) if len(scores) else (np.nan, np.nan)
    return {"ci_low": float(low), "ci_high": float(high)}


def _columns(kind: str, bootstrap: int) -> list[str]:
    columns = ["condition", "metric", "value", "n", "n_missing"]
    columns += ["n_positive"] if kind == "classification" else []
    return columns + (["ci_low", "ci_high"] if bootstrap else [])
