"""Mean absolute error."""

from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the error."""
    from sklearn.metrics import mean_absolute_error

    return float(mean_absolute_error(true, pred))


RECORD = Metric("mae", "mean absolute error", NoOptions, score, kind="regression", better="lower", label="MAE", place=4)
