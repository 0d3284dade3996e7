"""Pearson correlation."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the correlation; NaN where one side is constant."""
    from scipy.stats import pearsonr

    from jangdan.metrics.defined import both_vary

    return float(pearsonr(true, pred).statistic) if both_vary(true, pred) else nan


RECORD = Metric(
    "pearson",
    "Pearson correlation",
    NoOptions,
    score,
    kind="regression",
    better="higher",
    label="Pearson r",
    place=1,
    aliases=("cor",),
)
