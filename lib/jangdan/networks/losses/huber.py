"""Huber's loss of values: outliers weigh less than in the squared error."""

from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return Keras's own."""
    return "huber"


RECORD = Loss(
    "huber",
    "squared error of small and absolute error of large differences",
    NoOptions,
    build,
    activation="linear",
    targets="values",
)
