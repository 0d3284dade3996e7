"""What normalizers per million have in common."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError
from jangdan.normalize.base import Parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values
from jangdan.normalize.region_length import RegionLengthNormalization


class PerMillion(RegionLengthNormalization):
    """Values per kilobase, per million of a sum over the fitted regions; a condition without any read stays 0."""

    parameters = ("millions",)

    def __init__(self, regionmask: Any = None) -> None:
        super().__init__(regionmask)
        self.millions: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        self.millions = np.sum([self._total(values, places) for values, places in chunks()], axis=0) / 1e6
        if (self.millions < 0).any():
            raise DataError(f"{self.name} normalizer: the values sum up to less than 0; it is for counts of reads")

    @abstractmethod
    def _total(self, values: Values, places: Places) -> NDArray[np.float64]:
        """Return the sum of each condition."""

    def _per_kilobase(self, values: Values, places: Places) -> Values:
        return super()._apply(values, places)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.millions is not None
        return self._per_kilobase(values, places) / np.where(self.millions > 0, self.millions, 1.0)
