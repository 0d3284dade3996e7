"""Keras's Poisson loss of one value per window."""

from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return Keras's own."""
    return "poisson"


RECORD = Loss(
    "poisson",
    "Poisson likelihood of values, without the terms that depend on the target alone",
    NoOptions,
    build,
    activation="linear",
    targets="values",
)
