"""What all datasets share: a name, a numpy-like shape, and reading by index."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import OptionError, RegionIndexError

Index = int | np.integer | slice | ArrayLike


class Dataset(ABC):
    """Behaves like a numpy array whose first axis is regions; `name` matches a layer of the model."""

    def __init__(self, name: str) -> None:
        if not name:
            raise OptionError("name: a dataset needs a name")
        self.name = name

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """Shape as of a numpy array; the first axis is regions."""

    @property
    @abstractmethod
    def conditions(self) -> tuple[str, ...] | None:
        """Names along the last axis (cell types, factors, letters), where there are any."""

    @abstractmethod
    def _read(self, indices: NDArray[np.int64]) -> NDArray[Any]:
        """Return the data of the regions at `indices`, all of them valid; a fresh array."""

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Index) -> NDArray[Any]:
        """Return data by integer, slice, integers or boolean mask; the region axis stays, also for one integer.

        Raises RegionIndexError (an IndexError) where an index is out of range.
        """
        return self._read(resolve_index(index, len(self)))

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[i] for i in range(len(self)))

    def copy(self) -> Self:
        """Return a new dataset over the same data."""
        return copy.copy(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, shape={self.shape})"


def resolve_index(index: Index, length: int) -> NDArray[np.int64]:
    """Turn a numpy-style index into non-negative integers, shape (selected,)."""
    if isinstance(index, slice):
        return np.arange(*index.indices(length))
    chosen = np.atleast_1d(np.asarray(index))
    if chosen.dtype == bool:
        if chosen.shape != (length,):
            raise RegionIndexError(f"a mask of {chosen.shape} does not fit {length} regions")
        return np.flatnonzero(chosen)
    if chosen.size and chosen.dtype.kind not in "iu":
        raise RegionIndexError(f"index of type {chosen.dtype}: expected integers, a slice or a boolean mask")
    chosen = chosen.astype(np.int64)
    outside = np.flatnonzero((chosen < -length) | (chosen >= length))
    if len(outside):
        raise RegionIndexError(f"index {chosen[outside[0]]} is out of range for {length} regions")
    return np.where(chosen < 0, chosen + length, chosen)
