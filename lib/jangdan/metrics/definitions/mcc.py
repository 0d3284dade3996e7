"""Matthews correlation coefficient at a cutoff of 0.5."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the coefficient; NaN where labels or decisions are of one class."""
    from sklearn.metrics import matthews_corrcoef

    from jangdan.metrics.defined import CUTOFF, both_vary

    called = pred >= CUTOFF
    return float(matthews_corrcoef(true == 1, called)) if both_vary(true, called.astype(int)) else nan


RECORD = Metric(
    "mcc",
    "Matthews correlation coefficient at 0.5",
    NoOptions,
    score,
    kind="classification",
    better="higher",
    label="MCC",
    place=5,
)
