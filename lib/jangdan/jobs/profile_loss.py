"""The loss of a profile, built for the mean total of the counts in the training regions."""

from typing import Any

import numpy as np

from jangdan.datasets.chunks import chunks
from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError
from jangdan.networks.registry import build_loss


def loss_for(loss: str, target: Dataset) -> Any:
    """Return what the model is fitted with: the loss's name, or of profiles the loss, built for the counts' mean total.

    target: of the training regions. Raises DataError where a profile's target has counts below 0, or none.
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
    return build_loss(loss, total / (len(target) * target.shape[-1]))
