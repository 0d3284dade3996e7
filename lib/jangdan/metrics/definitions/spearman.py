"""Spearman rank correlation."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the correlation; NaN where one side is constant."""
    from scipy.stats import spearmanr

    from jangdan.metrics.defined import both_vary

    return float(spearmanr(true, pred).statistic) if both_vary(true, pred) else nan


RECORD = Metric(
    "spearman",
    "Spearman rank correlation",
    NoOptions,
    score,
    kind="regression",
    better="higher",
    label="Spearman ρ",
    place=2,
)
