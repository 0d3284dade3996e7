"""Poisson likelihood of profiles: each bin by itself."""

from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return the loss."""
    from jangdan.networks.likelihoods import PoissonNll

    return PoissonNll()


RECORD = Loss(
    "poisson_nll",
    "Poisson likelihood of the counts in bins",
    NoOptions,
    build,
    activation="linear",
    targets="counts",
)
