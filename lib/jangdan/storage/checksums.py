"""Checksums of a file's array, block by block, compared when a block is first read: opening costs nothing."""

from collections.abc import Callable
from os import PathLike
from typing import Any

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.storage.values import DenseValues, Ints

BLOCK = 1 << 16
"""Bytes that share a CRC-32."""
_BLOCKS_HELD = 256


def block_checksums(array: NDArray[Any], release: Callable[[], None] | None = None) -> NDArray[np.uint32]:
    """Return the CRC-32 of each block of an array's bytes, the last one shorter.

    release: called now and then, so that what was read of a mapped file need not stay in memory.
    """
    raw = _bytes(array)
    sums = np.empty(-(-len(raw) // BLOCK), dtype=np.uint32)
    for number in range(len(sums)):
        sums[number] = isal_zlib.crc32(raw[number * BLOCK : (number + 1) * BLOCK])
        if release is not None and number % _BLOCKS_HELD == _BLOCKS_HELD - 1:
            release()
    return sums


def checksum(array: NDArray[Any]) -> int:
    """Return one CRC-32 of an array's bytes."""
    return int(isal_zlib.crc32(_bytes(array)))


class FileValues(DenseValues):
    """A memory-mapped, read-only array; each block is compared with its checksum before its first use.

    Raises InputFileError where a block differs from what was written.
    """

    def __init__(self, array: NDArray[Any], sums: NDArray[np.uint32], path: str | PathLike[str]) -> None:
        super().__init__(array)
        self.path, self.sums, self._raw, self._left = str(path), sums, _bytes(array), len(sums)
        self._unread: NDArray[np.bool_] | None = np.ones(len(sums), dtype=bool) if len(sums) else None

    def dense(self) -> NDArray[Any]:
        """Return the stored array itself."""
        self._verify(0, len(self))
        return self.array

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Return a copy of the rows [first, last)."""
        self._verify(first, last)
        return super().rows(first, last)

    def take(self, place: Ints) -> NDArray[Any]:
        """Return the rows at `place`."""
        if self._unread is not None and place.size:
            self._verify_rows(np.asarray(place).ravel(), 1)
        return super().take(place)

    def windows(self, place: Ints, n_rows: int) -> NDArray[Any]:
        """Return stretches of rows."""
        if self._unread is not None and len(place):
            self._verify_rows(place, n_rows)
        return super().windows(place, n_rows)

    def _verify(self, first: int, last: int) -> None:
        if self._unread is not None and last > first:
            self._verify_rows(np.array([first]), last - first)

    def _verify_rows(self, place: Ints, n_rows: int) -> None:
        assert self._unread is not None
        row = self.array.strides[0]
        low, high = place * row // BLOCK, ((place + n_rows) * row - 1) // BLOCK
        count = high - low + 1
        blocks = np.arange(count.sum()) + np.repeat(low - (np.cumsum(count) - count), count)
        for block in np.unique(blocks[self._unread[blocks]]):
            if isal_zlib.crc32(self._raw[block * BLOCK : (block + 1) * BLOCK]) != self.sums[block]:
                raise InputFileError(self.path, f"is damaged (block {block} differs); delete it and build it again")
            self._unread[block] = False
            self._left -= 1
        if self._left == 0:
            self._unread = None

    def __reduce__(self) -> tuple[Any, ...]:
        # another process maps the file again; pickling the array would copy all of it
        array = self.array
        return _mapped, (self.path, array.dtype, array.offset, array.shape, self.sums)  # type: ignore[attr-defined]


def _mapped(path: str, dtype: Any, offset: int, shape: Any, sums: NDArray[np.uint32]) -> FileValues:
    return FileValues(np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape), sums, path)


def _bytes(array: NDArray[Any]) -> memoryview:
    return memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
