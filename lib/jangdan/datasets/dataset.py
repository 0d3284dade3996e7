"""What all datasets share: a name, a numpy-like shape, and reading by index."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import OptionError, RegionIndexError

Index = int | np.integer | slice | ArrayLike
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Jitter:
    """How regions are read otherwise than they lie: each array of shape (regions,), None where they are not.

    shift: bp in the genome's direction; flip: read in the other orientation, the other strand first.
    """

    shift: NDArray[np.int64] | None = None
    flip: NDArray[np.bool_] | None = None

    def shifted(self, shift: NDArray[np.int64]) -> "Jitter":
        """Return this with a further shift."""
        return Jitter(shift if self.shift is None else self.shift + shift, self.flip)

    def flipped(self, flip: NDArray[np.bool_]) -> "Jitter":
        """Return this with a further change of orientation."""
        return Jitter(self.shift, flip if self.flip is None else self.flip ^ flip)


STILL = Jitter()


class Dataset(ABC):
    """Behaves like a numpy array whose first axis is regions; `name` matches a layer of the model."""

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise OptionError(f"name={name!r}: a dataset needs a name")
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
    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        """Return the data of the regions at `indices`, all of them valid; a fresh array."""

    def read(self, index: Any, jitter: Jitter = STILL) -> NDArray[Any]:
        """Return the data of regions read otherwise than they lie: shifted, or in the other orientation."""
        return self._read(resolve_index(index, len(self)), jitter)

    @abstractmethod
    def subset(self, index: Index) -> Self:
        """Return the dataset of some regions only, in the order of `index`, over the same data."""

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> NDArray[Any]:
        """Return data by integer, slice, integers or boolean mask; the region axis stays, also for one integer.

        A tuple indexes further axes, as of numpy. Raises RegionIndexError (an IndexError) where an
        index is out of range.
        """
        if index is Ellipsis:
            index = slice(None)
        if isinstance(index, tuple):
            return self[index[0]][(slice(None), *index[1:])]
        return self._read(resolve_index(index, len(self)))

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[i] for i in range(len(self)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return all data, read into memory."""
        if copy is False:
            raise ValueError(f"dataset {self.name!r} is read from storage: it cannot become an array without a copy")
        return np.asarray(self[:], dtype=dtype)

    def copy(self) -> Self:
        """Return a new dataset over the same data."""
        return copy.copy(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, shape={self.shape})"


def resolve_index(index: Index, length: int) -> Indices:
    """Turn a numpy-style index into non-negative integers, shape (selected,)."""
    if isinstance(index, slice):
        return np.arange(*index.indices(length))
    chosen = np.atleast_1d(np.asarray(index))
    if chosen.dtype == bool:
        if chosen.shape != (length,):
            raise RegionIndexError(f"a mask of shape {chosen.shape} does not fit {length} regions")
        return np.flatnonzero(chosen)
    if chosen.size == 0:
        return np.zeros(0, dtype=np.int64)
    if chosen.dtype.kind not in "iu" or chosen.ndim > 1:
        raise RegionIndexError(
            f"index {index!r}: expected integers, a slice, a boolean mask, an Interval or (chrom, start, end)"
        )
    low, high = chosen.min(), chosen.max()
    if low < -length or high >= length:
        outside = chosen[(chosen < -length) | (chosen >= length)][0]
        raise RegionIndexError(f"index {outside} is out of range for {length} regions")
    chosen = chosen.astype(np.int64, copy=False)
    return chosen if low >= 0 else np.where(chosen < 0, chosen + length, chosen)
