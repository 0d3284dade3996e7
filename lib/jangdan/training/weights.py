"""What positives and negatives of a class target count for in the loss."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError

BALANCED = "balanced"


def class_weights(targets: NDArray[Any], positive_weight: float | str) -> tuple[list[float], list[float]]:
    """Return the weights of positives and of negatives, each one a condition.

    targets: values from 0 to 1, shape (region, ..., condition). "balanced": n / 2n+ and n / 2n-, so that a condition's
    positives weigh together as much as its negatives, and a value 1 in the mean (scikit-learn's
    compute_class_weight). A number w: w and 1, so that a positive counts as w negatives do (pos_weight of PyTorch's
    BCEWithLogitsLoss), and the mean weight is not 1. Raises DataError where a value is below 0 or above 1.
    """
    values = targets.reshape(-1, targets.shape[-1]).astype(np.float64)
    if values.min() < 0 or values.max() > 1:
        raise DataError(
            f"positive_weight: target values from {values.min():g} to {values.max():g}, expected classes, 0 and 1; "
            "leave positive_weight out"
        )
    if positive_weight != BALANCED:
        return [float(positive_weight)] * values.shape[1], [1.0] * values.shape[1]
    # a class that is not there is weighed by nothing
    shares = [np.where(share > 0, share, 0.5) for share in (values.mean(axis=0), (1 - values).mean(axis=0))]
    return (0.5 / shares[0]).tolist(), (0.5 / shares[1]).tolist()
