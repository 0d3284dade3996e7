"""Explained variance."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the share; NaN where what was observed is constant."""
    from sklearn.metrics import explained_variance_score

    return float(explained_variance_score(true, pred)) if true.max() > true.min() else nan


RECORD = Metric(
    "var_explained",
    "share of the variance that predictions explain",
    NoOptions,
    score,
    kind="regression",
    better="higher",
    label="Variance explained",
    place=5,
)
