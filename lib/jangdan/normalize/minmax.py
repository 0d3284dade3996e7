"""Scaling to the range 0..1."""

import numpy as np

from jangdan.normalize.base import Normalizer, Parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values


class MinMax(Normalizer):
    """Scale the fitted range of each condition to 0..1; a condition of one value becomes 0."""

    name = "minmax"
    parameters = ("minimum", "maximum")

    def __init__(self) -> None:
        self.minimum: Parameter = None
        self.maximum: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        extremes = [(values.min(axis=(0, 1)), values.max(axis=(0, 1))) for values, _ in chunks()]
        self.minimum = np.min([low for low, _ in extremes], axis=0).astype(np.float64)
        self.maximum = np.max([high for _, high in extremes], axis=0).astype(np.float64)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.minimum is not None
        assert self.maximum is not None
        span = self.maximum - self.minimum
        result: Values = (values - self.minimum) / np.where(span > 0, span, 1.0)
        return result
