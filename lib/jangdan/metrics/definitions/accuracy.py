"""Accuracy at a cutoff of 0.5."""

from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the share of right decisions."""
    from jangdan.metrics.defined import CUTOFF

    return float(((true == 1) == (pred >= CUTOFF)).mean())


RECORD = Metric(
    "accuracy",
    "share of right decisions at 0.5",
    NoOptions,
    score,
    kind="classification",
    better="higher",
    label="Accuracy",
    place=3,
    aliases=("acc",),
)
