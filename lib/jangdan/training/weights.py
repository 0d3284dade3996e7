"""What positives and negatives of a class target count for in the loss."""

import numpy as np

from jangdan.datasets.labels import LabelSummary
from jangdan.errors import DataError

BALANCED = "balanced"


def class_weights(labels: LabelSummary, positive_weight: float | str) -> tuple[list[float], list[float]]:
    """Return the weights of positives and of negatives, each one a condition.

    labels: of targets whose values are from 0 to 1. "balanced": n / 2n+ and n / 2n-, so that a condition's
    positives weigh together as much as its negatives, and a value 1 in the mean (scikit-learn's
    compute_class_weight). A number w: w and 1, so that a positive counts as w negatives do (pos_weight of PyTorch's
    BCEWithLogitsLoss), and the mean weight is not 1. Raises DataError where a value is below 0 or above 1.
    """
    if labels.lowest < 0 or labels.highest > 1:
        raise DataError(
            f"positive_weight: target values from {labels.lowest:g} to {labels.highest:g}, expected classes, 0 and 1; "
            "leave positive_weight out"
        )
    if positive_weight != BALANCED:
        return [float(positive_weight)] * len(labels.total), [1.0] * len(labels.total)
    mean = labels.total / labels.n
    # a class that is not there is weighed by nothing
    shares = [np.where(share > 0, share, 0.5) for share in (mean, 1 - mean)]
    return (0.5 / shares[0]).tolist(), (0.5 / shares[1]).tolist()
