"""Scaling by the largest value."""

import numpy as np

from jangdan.normalize.base import Normalizer, Parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values


class MaxScale(Normalizer):
    """x / the largest absolute value of its condition; a condition that is 0 everywhere stays so.

    For coverage that is the maximum; for signed values it keeps signs, which a negative maximum would turn.
    """

    name = "max"
    parameters = ("maximum",)

    def __init__(self) -> None:
        self.maximum: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        largest = [np.abs(values).max(axis=(0, 1)) for values, _ in chunks()]
        self.maximum = np.max(largest, axis=0).astype(np.float64)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.maximum is not None
        result: Values = values / np.where(self.maximum > 0, self.maximum, 1.0)
        return result
