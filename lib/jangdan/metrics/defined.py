"""Where scores are defined, and what a decision is: shared by several metrics."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CUTOFF = 0.5
"""A prediction of at least this is a positive, for the scores that need a decision."""


def both_classes(true: NDArray[Any]) -> bool:
    """Tell whether there are positives and negatives."""
    return bool(0 < true.sum() < len(true))


def both_vary(true: NDArray[Any], pred: NDArray[Any]) -> bool:
    """Tell whether neither is constant."""
    return bool(np.ptp(true) > 0 and np.ptp(pred) > 0)
