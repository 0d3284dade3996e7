"""Values: rows of numbers, kept dense or sparse; arrays by genomic interval say which row is which base."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.integer[Any]]
Transform = Callable[[NDArray[Any], int], NDArray[Any]]
"""(rows, number of the first one) -> as many rows."""

CHUNK = 1 << 20  # values handled at once


class Values(ABC):
    """Numbers of shape (rows, strands, conditions). Reading gives fresh arrays, never what is stored."""

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return self.shape[0]

    @abstractmethod
    def dense(self) -> NDArray[Any]:
        """Return all of it as one array, shape (rows, strands, conditions); the stored one where there is one."""

    @abstractmethod
    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Return the rows [first, last)."""

    @abstractmethod
    def take(self, place: Ints) -> NDArray[Any]:
        """Return the rows at `place` (any shape), shape (*place.shape, strands, conditions)."""

    @abstractmethod
    def windows(self, place: Ints, n_rows: int) -> NDArray[Any]:
        """Return stretches of `n_rows` rows that begin at `place`, shape (windows, n_rows, strands, conditions)."""

    @abstractmethod
    def put(self, first: int, piece: NDArray[Any], condition: int, *, add: bool = False) -> None:
        """Store `piece`, shape (rows, strands), from row `first` on, as a condition; or `add` it to what is there."""

    @abstractmethod
    def mapped(self, transform: Transform, fill: ArrayLike) -> "Values":
        """Return the values after `transform`, as float32, a chunk of rows at a time; `fill` is what it makes of an
        unstored row, one number a condition. These values may be used up by it."""

    def chunks(self) -> Iterator[slice]:
        """Yield slices of rows, in order, of at most CHUNK values."""
        step = max(CHUNK // int(np.prod(self.shape[1:])), 1)
        for first in range(0, len(self), step):
            yield slice(first, min(first + step, len(self)))


class DenseValues(Values):
    """An array, in memory or a memory map."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array if array.flags.c_contiguous else np.ascontiguousarray(array)
        self.shape, self.dtype = self.array.shape, self.array.dtype
        self._window_view: tuple[int, NDArray[np.void]] | None = None

    def dense(self) -> NDArray[Any]:
        """Return the stored array itself."""
        return self.array

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Return a copy of the rows [first, last)."""
        return np.array(self.array[first:last])

    def take(self, place: Ints) -> NDArray[Any]:
        """Return the rows at `place`."""
        return np.asarray(self.array)[place]

    def windows(self, place: Ints, n_rows: int) -> NDArray[Any]:
        """Return stretches of rows, each copied as one block of memory."""
        return self._blocks(n_rows)[place].view(self.dtype).reshape(len(place), n_rows, *self.shape[1:])

    def put(self, first: int, piece: NDArray[Any], condition: int, *, add: bool = False) -> None:
        """Store `piece` as a condition, or add it."""
        there = self.array[first : first + len(piece), :, condition]
        there[...] = there + piece if add else piece

    def mapped(self, transform: Transform, fill: ArrayLike) -> "Values":
        """Return transformed values: in place where these are float32 already."""
        if self.dtype == np.float32 and self.array.flags.writeable:
            result: DenseValues = self
        else:
            result = DenseValues(np.empty(self.shape, dtype=np.float32))
        for chunk in self.chunks():
            result.array[chunk] = transform(self.array[chunk], chunk.start)
        return result

    def _blocks(self, n_rows: int) -> NDArray[np.void]:
        """Return a view whose item i is the bytes of the rows [i, i + n_rows): a window is one memcpy."""
        if self._window_view is None or self._window_view[0] != n_rows:
            row = self.dtype.itemsize * self.shape[1] * self.shape[2]
            count = max(len(self) - n_rows + 1, 0)
            view = np.ndarray((count,), dtype=f"V{row * n_rows}", buffer=self.array if count else b"", strides=(row,))
            self._window_view = n_rows, view
        return self._window_view[1]


class SparseValues(Values):
    """Only the numbers that differ from `fill` (one a condition), by their place in the flattened array.

    position: sorted, int64; value: as many numbers. Negative numbers and NaN are kept like any other.
    """

    def __init__(self, shape: tuple[int, int, int], dtype: Any, fill: ArrayLike = 0) -> None:
        self.shape, self.dtype = shape, np.dtype(dtype)
        self.fill = np.broadcast_to(np.asarray(fill, dtype=self.dtype), (shape[2],)).copy()
        self._position = np.zeros(0, dtype=np.int64)
        self._value = np.zeros(0, dtype=self.dtype)
        self._new: list[tuple[NDArray[np.int64], NDArray[Any]]] = []

    @classmethod
    def of_entries(
        cls, shape: tuple[int, int, int], position: NDArray[np.int64], value: NDArray[Any], fill: ArrayLike
    ) -> "SparseValues":
        """Return values from sorted positions and their numbers."""
        values = cls(shape, value.dtype, fill)
        values._position, values._value = position, value
        return values

    @classmethod
    def of_dense(cls, array: NDArray[Any], fill: ArrayLike = 0) -> "SparseValues":
        """Return the sparse form of an array, shape (rows, strands, conditions)."""
        values = cls(array.shape, array.dtype, fill)
        for chunk in values.chunks():
            values._append(array[chunk], chunk.start)
        return values

    @property
    def entries(self) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Sorted positions, and the numbers that stand there."""
        if self._new:
            position = np.concatenate([self._position, *(p for p, _ in self._new)])
            value = np.concatenate([self._value, *(v for _, v in self._new)])
            order = np.argsort(position, kind="stable")
            position, value = position[order], value[order]
            first = np.flatnonzero(np.diff(position, prepend=-1))
            # what was added to one place is summed
            self._value = value if len(first) == len(value) else np.add.reduceat(value, first, dtype=self.dtype)
            self._position, self._new = position[first], []
        return self._position, self._value

    def dense(self) -> NDArray[Any]:
        """Return all of it as a new array."""
        return self.rows(0, len(self))

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Return the rows [first, last)."""
        return self.windows(np.array([first]), last - first)[0]

    def take(self, place: Ints) -> NDArray[Any]:
        """Return the rows at `place`."""
        flat = np.asarray(place, dtype=np.int64).ravel()
        return self.windows(flat, 1).reshape(*place.shape, *self.shape[1:])

    def windows(self, place: Ints, n_rows: int) -> NDArray[Any]:
        """Return stretches of rows: filled, then the stored numbers put where they belong."""
        position, value = self.entries
        width = self.shape[1] * self.shape[2]
        first = np.asarray(place, dtype=np.int64) * width
        low, high = np.searchsorted(position, first), np.searchsorted(position, first + n_rows * width)
        result = np.empty((len(first), n_rows, *self.shape[1:]), dtype=self.dtype)
        result[...] = self.fill
        count = high - low
        window = np.repeat(np.arange(len(first)), count)
        source = np.arange(len(window)) + np.repeat(low - (np.cumsum(count) - count), count)
        result.ravel()[position[source] - first[window] + window * (n_rows * width)] = value[source]
        return result

    def put(self, first: int, piece: NDArray[Any], condition: int, *, add: bool = False) -> None:
        """Store `piece` as a condition, where nothing was put before; or add it, where `fill` is 0."""
        row, strand = np.nonzero(_differ(piece, self.fill[condition]))
        position = ((first + row) * self.shape[1] + strand) * self.shape[2] + condition
        self._new.append((position.astype(np.int64), piece[row, strand].astype(self.dtype)))

    def mapped(self, transform: Transform, fill: ArrayLike) -> "Values":
        """Return transformed values, sparse against the new `fill`."""
        result = SparseValues(self.shape, np.float32, fill)
        for chunk in self.chunks():
            result._append(transform(self.rows(chunk.start, chunk.stop), chunk.start), chunk.start)
        return result

    def _append(self, rows: NDArray[Any], first: int) -> None:
        kept = np.flatnonzero(_differ(rows.astype(self.dtype, copy=False), self.fill).ravel())
        offset = first * self.shape[1] * self.shape[2]
        self._new.append((kept + offset, rows.ravel()[kept].astype(self.dtype)))


def _differ(values: NDArray[Any], fill: Any) -> NDArray[np.bool_]:
    """Tell which values are not `fill`; NaN is NaN here."""
    return ~((values == fill) | ((values != values) & (fill != fill)))
