"""Mean squared error."""

from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the error."""
    from sklearn.metrics import mean_squared_error

    return float(mean_squared_error(true, pred))


RECORD = Metric("mse", "mean squared error", NoOptions, score, kind="regression", better="lower", label="MSE", place=3)
