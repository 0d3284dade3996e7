"""Area under the ROC curve."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the area; NaN where one class is missing."""
    from sklearn.metrics import roc_auc_score

    from jangdan.metrics.defined import both_classes

    return float(roc_auc_score(true, pred)) if both_classes(true) else nan


RECORD = Metric(
    "auroc",
    "area under the ROC curve",
    NoOptions,
    score,
    kind="classification",
    better="higher",
    label="auROC",
    place=1,
)
