"""Area under the precision-recall curve."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the average precision; NaN where one class is missing."""
    from sklearn.metrics import average_precision_score

    from jangdan.metrics.defined import both_classes

    return float(average_precision_score(true, pred)) if both_classes(true) else nan


RECORD = Metric(
    "auprc",
    "average precision: area under the precision-recall curve",
    NoOptions,
    score,
    kind="classification",
    better="higher",
    label="auPRC",
    place=2,
    aliases=("ap",),
)
