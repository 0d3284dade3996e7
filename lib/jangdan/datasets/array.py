"""Array: a numpy array with a name."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError


class Array(Dataset):
    """Wraps any numpy array whose first axis is regions; `conditions` name its last axis."""

    def __init__(self, name: str, array: NDArray[Any], conditions: Sequence[str] | None = None) -> None:
        super().__init__(name)
        self.data = np.asarray(array)
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

    def _read(self, indices: NDArray[np.int64]) -> NDArray[Any]:
        return self.data[indices]
