"""Logarithm of values."""

import numpy as np

from jangdan.errors import DataError
from jangdan.normalize.base import Normalizer
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Values


class LogTransform(Normalizer):
    """log(x + 1)."""

    name = "log"

    def _apply(self, values: Values, places: Places) -> Values:
        if values.size and values.min() <= -1:
            raise DataError(f"{self.name} normalizer: found the value {values.min()}; log(x + 1) needs x > -1")
        return np.log1p(values)
