"""Weights of regions by their class, which Keras gets wrong for labels that do not exclude each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.errors import OptionError


def region_weights(
    target: Dataset, class_weight: Mapping[int, float] | None, sample_weight: ArrayLike | None
) -> NDArray[np.float32] | None:
    """Return a weight a region, shape (region,), float32: that of its class times its own; None where neither is given.

    The class is the value of a target of one value a region, or the condition that is 1 where exactly one is. A class
    without a weight counts 1. Raises OptionError for targets without one class a region.
    """
    if class_weight is None:
        return None if sample_weight is None else np.asarray(sample_weight, dtype=np.float32)
    classes = _classes(target)
    weights = np.array([class_weight.get(int(value), 1.0) for value in classes], dtype=np.float32)
    return weights if sample_weight is None else weights * np.asarray(sample_weight, dtype=np.float32)


def _classes(target: Dataset) -> NDArray[Any]:
    values = target[:]
    values = values.reshape(len(values), -1, values.shape[-1])
    if values.shape[1] > 1:
        raise OptionError(
            f"class_weight: target {target.name!r} has {values.shape[1]} values a region and condition, not one class; "
            "give sample_weight, a weight a region"
        )
    values = values[:, 0]
    if values.shape[1] == 1:
        return np.round(values[:, 0]).astype(np.int64)
    if not (((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all()):
        raise OptionError(
            f"class_weight: the {values.shape[1]} conditions of target {target.name!r} do not exclude each other, so "
            "that a region has no one class; give sample_weight, a weight a region"
        )
    return values.argmax(axis=1)
