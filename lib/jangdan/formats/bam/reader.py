"""A BAM from its beginning: the header, then the counts of contig after contig, in bounded memory."""

from collections.abc import Iterator
from os import PathLike
from typing import IO

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.formats.bam.records import DAMAGED, MORE, UNSORTED, walk
from jangdan.formats.bgzf import MAX_BLOCK, BgzfReader

_MAGIC = b"BAM\x01"
_BUFFER = 1 << 22  # inflated bytes handled at once
_LARGEST = 1 << 29  # bytes of a record that are believed


class BamReader:
    """A BAM as a stream of bytes, which need not be seekable.

    sizes: contig -> length in bp. paired, any_read: whether such records were met so far. Raises
    InputFileError where it is no BAM, TruncatedFileError where it ends too early.
    """

    def __init__(self, path: str | PathLike[str], stream: IO[bytes]) -> None:
        self.path, self.blocks = path, BgzfReader(path, stream)
        self.buffer = bytearray(_BUFFER)
        self.at = self.end = 0
        self.state = np.array([0, -1, 0, 0], dtype=np.int64)
        self.sizes = self._header()
        self._lengths = list(self.sizes.values())

    @property
    def paired(self) -> bool:
        """Whether a paired record was met."""
        return bool(self.state[2])

    @property
    def any_read(self) -> bool:
        """Whether a record was met."""
        return bool(self.state[3])

    def count(self, options: NDArray[np.int64], strands: int) -> Iterator[tuple[str, NDArray[np.int32]]]:
        """Yield (contig, counts or steps of shape (bp + 1, strands)) for each contig, in the header's order.

        options: as `bamrecords.walk` takes them. Raises InputFileError where the records are out of
        order or damaged.
        """
        names = list(self.sizes)
        current = 0
        while current < len(names):
            counts = self._counters(current, strands)
            following = self._count_contig(options, counts)
            yield names[current], counts
            del counts  # a contig's memory is free before the next one's is taken
            for number in range(current + 1, len(names) if following is None else following):
                yield names[number], self._counters(number, strands)
            current = len(names) if following is None else following

    def _count_contig(self, options: NDArray[np.int64], counts: NDArray[np.int32]) -> int | None:
        """Count record after record of a contig; return the number of the next one that begins, None at the end."""
        while True:
            data = np.frombuffer(self.buffer, dtype=np.uint8)
            self.at, why = walk(data, self.at, self.end, self.state, options, counts)
            if why == MORE:
                del data
                if not self._more():
                    return None
            elif why == DAMAGED:
                raise InputFileError(self.path, "holds a record of impossible size; it is damaged")
            elif why == UNSORTED:
                raise InputFileError(self.path, "is not sorted by coordinate; sort it with samtools sort")
            else:
                contig = int.from_bytes(self.buffer[self.at + 4 : self.at + 8], "little", signed=True)
                if contig >= len(self.sizes):
                    raise InputFileError(self.path, f"holds a read on contig number {contig}, which its header lacks")
                self.state[:2] = contig, -1
                return contig

    def _counters(self, number: int, strands: int) -> NDArray[np.int32]:
        """Return zeros, with one more row, so that a fragment's end at the contig's end has a place."""
        return np.zeros((self._lengths[number] + 1, strands), dtype=np.int32)

    def _more(self) -> bool:
        """Move what is left to the front and inflate more behind it; False at the end of the file."""
        left = self.end - self.at
        if left + MAX_BLOCK > len(self.buffer):
            if len(self.buffer) >= _LARGEST:
                raise InputFileError(self.path, f"holds a record of more than {left:,} bytes; it is damaged")
            larger = bytearray(2 * len(self.buffer))
            larger[:left] = self.buffer[self.at : self.end]
            self.buffer = larger
        else:
            self.buffer[:left] = self.buffer[self.at : self.end]
        self.at, self.end = 0, self.blocks.read_into(self.buffer, left)
        if self.end == left and left:
            raise TruncatedFileError(self.path, "ends inside a record; copy or download it again")
        return self.end > left

    def _take(self, n: int) -> bytes:
        """Return the next `n` bytes of the header."""
        pieces = []
        while n > 0:
            if self.at == self.end:
                self.at, self.end = 0, self.blocks.read_into(self.buffer, 0)
                if self.end == 0:
                    raise TruncatedFileError(self.path, "ends inside its header; copy or download it again")
            piece = bytes(self.buffer[self.at : min(self.at + n, self.end)])
            self.at += len(piece)
            n -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def _number(self) -> int:
        value = int.from_bytes(self._take(4), "little", signed=True)
        if value < 0:
            raise InputFileError(self.path, f"its header holds a length of {value}; it is damaged")
        return value

    def _header(self) -> dict[str, int]:
        if self._take(4) != _MAGIC:
            raise InputFileError(self.path, "is not a BAM (its first bytes are of another kind of file)")
        self._take(self._number())
        sizes: dict[str, int] = {}
        for _ in range(self._number()):
            name = self._take(self._number())[:-1].decode("utf-8", "replace")
            if name in sizes:
                raise InputFileError(self.path, f"its header names contig {name!r} twice; names must differ")
            sizes[name] = self._number()
        return sizes
