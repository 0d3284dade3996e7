"""Mean squared error of values."""

from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return Keras's own."""
    return "mse"


RECORD = Loss("mse", "mean squared error", NoOptions, build, activation="linear", targets="values")
