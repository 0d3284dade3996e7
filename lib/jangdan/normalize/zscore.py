"""z-scores of values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError
from jangdan.normalize.base import Normalizer, Parameter, as_parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values


class ZScore(Normalizer):
    """(x - mean) / standard deviation, each condition by its own; a condition without spread is only centred.

    Mean and population standard deviation are over bins and strands. Where bins differ in length, each
    counts by its length in bp, as ``numpy.average(values, weights=length)``: both are then those of the
    genome's bases, however it is cut. mean, std: given for all conditions, or one number each; None is fitted.
    """

    name = "zscore"
    parameters = ("mean", "std")

    def __init__(self, mean: ArrayLike | None = None, std: ArrayLike | None = None) -> None:
        self.mean: Parameter = None if mean is None else as_parameter("mean", mean)
        self.std: Parameter = None if std is None else as_parameter("std", std)
        if self.std is not None and (self.std < 0).any():
            raise OptionError(f"std={std!r}: expected 0 or more")

    def _fit(self, chunks: Chunks) -> None:
        mean, std = _moments(chunks)
        self.mean = mean if self.mean is None else self.mean
        self.std = std if self.std is None else self.std

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what `state` returned."""
        super().set_state(state)
        if self.std is None or (self.std < 0).any():
            raise DataError(f"{self.name} normalizer: its std is {state['std']!r}, expected 0 or more")

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.mean is not None
        assert self.std is not None
        result: Values = (values - self.mean) / np.where(self.std > 0, self.std, 1.0)
        return result


def _moments(chunks: Chunks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and population standard deviation of each condition, bins weighted by their length; two passes."""
    weight = sum(np.broadcast_to(places.column, (*v.shape[:2], 1)).sum(dtype=np.float64) for v, places in chunks())
    mean = sum((values * places.column).sum(axis=(0, 1), dtype=np.float64) for values, places in chunks()) / weight
    squares = (np.square(values - mean) * places.column for values, places in chunks())
    variance = sum(square.sum(axis=(0, 1), dtype=np.float64) for square in squares) / weight
    return mean, np.sqrt(variance)
