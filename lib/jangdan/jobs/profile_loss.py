"""The loss of a profile: what its count part weighs, from the counts in the training regions."""

import logging
from typing import Any

import numpy as np

from jangdan.datasets.chunks import chunks
from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError
from jangdan.networks.losses import ProfileAndCounts

log = logging.getLogger(__name__)


def loss_for(loss: str, target: Dataset) -> Any:
    """Return what the model is fitted with: the loss's name, or with counts besides the profile, these weighed.

    The weight is half the mean total of the training windows, with which both parts weigh alike (Avsec et al. 2021,
    methods). target: of the training regions. Raises DataError where a profile's target has counts below 0, or none.
    """
    if len(target.shape) != 3:
        return loss
    lowest, found, total = np.inf, False, 0.0
    for values in chunks(target):
        lowest, found = min(lowest, values.min()), found or bool(values.any())
        total += float(values.sum(dtype=np.float64))
    if lowest < 0:
        raise DataError(
            f"target {target.name!r} holds {lowest:g}, expected counts of at least 0; turn the sign of its file"
        )
    if not found:
        raise DataError(f"target {target.name!r} holds no count in the training regions; check its files")
    if loss != "profile_and_counts":
        return loss
    weight = total / (len(target) * target.shape[-1]) / 2
    log.info("profile_and_counts: count_weight %.4g, half the mean total of a window", weight)
    return ProfileAndCounts(weight)
