"""Array: a numpy array with a name."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import STILL, Dataset, Index, Indices, Jitter, resolve_index
from jangdan.errors import DataError, OptionError


class Array(Dataset):
    """Wraps any numpy array whose first axis is regions; `conditions` name its last axis."""

    def __init__(self, name: str, array: NDArray[Any], conditions: Sequence[str] | None = None) -> None:
        super().__init__(name)
        try:
            self.data = np.asarray(array)
        except ValueError as error:
            raise DataError(f"array: rows of different shapes ({error}); expected one array") from error
        if self.data.ndim == 0:
            raise DataError(f"array={array!r}: expected at least one axis, the regions")
        if conditions is not None and len(conditions) != self.data.shape[-1]:
            raise DataError(f"conditions: {len(conditions)} names for a last axis of {self.data.shape[-1]}")
        self._conditions = None if conditions is None else tuple(conditions)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the wrapped array."""
        return self.data.shape

    @property
    def conditions(self) -> tuple[str, ...] | None:
        """Names of the last axis, if given."""
        return self._conditions

    def subset(self, index: Index) -> Self:
        """Return some regions as an Array of their own."""
        other = self.copy()
        other.data = self.data[resolve_index(index, len(self))]
        return other

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        if jitter is not STILL and self.ndim > 2:
            raise OptionError(
                f"dataset {self.name!r} is an Array without a place on the genome: it cannot be shifted or flipped; "
                "make it a Cover with Cover.create_from_array"
            )
        # a label or a value a region is the same, wherever and in which direction the region is read
        return self.data[indices]
