"""Multinomial likelihood of profiles: their shape alone."""

from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return the loss."""
    from jangdan.networks.likelihoods import Multinomial

    return Multinomial()


RECORD = Loss(
    "multinomial",
    "likelihood of a profile's shape, whatever its total",
    NoOptions,
    build,
    activation="linear",
    targets="counts",
    trains_totals=False,
)
