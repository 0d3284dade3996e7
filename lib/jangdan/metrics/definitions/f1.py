"""F1 at a cutoff of 0.5."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the harmonic mean of precision and recall; NaN without a positive."""
    from sklearn.metrics import f1_score

    from jangdan.metrics.defined import CUTOFF

    return float(f1_score(true == 1, pred >= CUTOFF)) if true.any() else nan


RECORD = Metric(
    "f1",
    "harmonic mean of precision and recall at 0.5",
    NoOptions,
    score,
    kind="classification",
    better="higher",
    label="F1",
    place=4,
)
