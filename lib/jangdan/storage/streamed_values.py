"""Values that are being written into a file: what is done is given back to the system at once."""

import mmap
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.storage.checksums import block_checksums
from jangdan.storage.values import CHUNK, DenseValues, Ints, Transform, Values


class Filling(DenseValues):
    """A writable memory map whose pages leave this process's memory after each CHUNK; the file keeps them."""

    _held = 0  # values put since pages were last released

    def put(self, first: int, piece: NDArray[Any], condition: int, *, add: bool = False) -> None:
        """Store `piece` as a condition, or add it."""
        for low in range(0, len(piece), CHUNK):
            part = piece[low : low + CHUNK]
            super().put(first + low, part, condition, add=add)
            # many short contigs share one release, which costs more than they do
            self._held += part.size
            if self._held >= CHUNK:
                self.release()

    def store_pieces(self, pieces: Iterable[NDArray[Any]]) -> int:
        """Store pieces of whole rows, each (rows, strands, conditions), one after the other; return how many rows.

        Raises ValueError where there are more than these values have.
        """
        row = 0
        for piece in pieces:
            self.array[row : row + len(piece)] = piece
            row += len(piece)
            self.release()
        return row

    def take(self, place: Ints) -> NDArray[Any]:
        """Return the rows at `place`."""
        taken = super().take(place)
        self.release()
        return taken

    def fill(self, padding: ArrayLike) -> None:
        """Store `padding` everywhere; zeros are there already."""
        if not np.any(padding):
            return
        for chunk in self.chunks():
            self.array[chunk] = padding
            self.release()

    def mapped(self, transform: Transform, fill: ArrayLike) -> Values:
        """Transform in place. The array must be float32."""
        assert self.dtype == np.float32
        for chunk in self.chunks():
            self.array[chunk] = transform(self.array[chunk], chunk.start)
            self.release()
        return self

    def checksums(self) -> NDArray[np.uint32]:
        """Return the CRC-32 of each block."""
        return block_checksums(self.array, self.release)

    def flush(self) -> None:
        """Write what is still in memory to the file."""
        if isinstance(self.array, np.memmap):
            self.array.flush()

    def release(self) -> None:
        """Let go of the mapped pages; of a shared mapping they stay in the file."""
        self._held = 0
        if isinstance(self.array, np.memmap):
            self.array._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]
