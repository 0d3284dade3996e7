"""Trimming at a percentile."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from jangdan.errors import OptionError
from jangdan.normalize.base import Normalizer, Parameter, as_parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values


class PercentileTrimming(Normalizer):
    """Values above a percentile of the fitted bins and strands of their condition are set to it.

    The percentile (above 0, at most 100) is ``numpy.percentile``'s, by linear interpolation; bins count alike
    whatever their length. To be exact it holds all fitted values in memory, as float64.
    """

    name = "perctrim"
    parameters = ("limit",)

    def __init__(self, percentile: float = 99.0) -> None:
        self.percentile = as_parameter("percentile", percentile)
        if self.percentile.ndim or not 0 < self.percentile <= 100:
            raise OptionError(f"percentile={percentile!r}: expected more than 0 and at most 100")
        self.limit: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        values = np.concatenate([values for values, _ in chunks()])
        self.limit = np.percentile(values, float(self.percentile), axis=(0, 1), overwrite_input=True)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.limit is not None
        return np.minimum(values, self.limit)

    def state(self) -> dict[str, Any]:
        """Return name, percentile and limit as JSON types."""
        return {**super().state(), "percentile": self.percentile.tolist()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what `state` returned."""
        super().set_state(state)
        self.percentile = self._number(state, "percentile")
