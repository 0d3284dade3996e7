"""BPNet's loss: the multinomial likelihood of a profile, and the error of its total."""

import logging
from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions

log = logging.getLogger(__name__)


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return the loss; the total is weighed by half the mean total of the training windows, 1 where it is unknown.

    With it both parts weigh alike (Avsec et al. 2021, methods).
    """
    from jangdan.networks.likelihoods import ProfileAndCounts

    if mean_total is None:
        return ProfileAndCounts()
    log.info("profile_and_counts: count_weight %.4g, half the mean total of a window", mean_total / 2)
    return ProfileAndCounts(mean_total / 2)


RECORD = Loss(
    "profile_and_counts",
    "likelihood of a profile's shape, and the squared error of its log total",
    NoOptions,
    build,
    activation="linear",
    targets="counts",
)
