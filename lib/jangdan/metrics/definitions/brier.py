"""Brier score of probabilities."""

from math import nan
from typing import Any

from jangdan.records.kinds import Metric
from jangdan.records.options import NoOptions


def score(true: Any, pred: Any) -> float:
    """Return the mean squared error; NaN where predictions are no probabilities."""
    from sklearn.metrics import brier_score_loss

    return float(brier_score_loss(true, pred)) if pred.min() >= 0 and pred.max() <= 1 else nan


RECORD = Metric(
    "brier",
    "Brier score: mean squared error of probabilities",
    NoOptions,
    score,
    kind="classification",
    better="lower",
    label="Brier score",
    place=6,
)
