"""The text of a file by place: a plain file, or BGZF, whose blocks are found without inflating them."""

import os
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import BinaryIO

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.files import existing, is_bgzf, is_gzipped, require_bgzf_end
from jangdan.formats.bgzf import MAX_BLOCK, blocks

_HEAD_BYTES, _LENGTH_BYTES = 18, 4


class Places(ABC):
    """Text by place. `size`: bytes of text; `seek_cost`: bytes that a linear pass reads while one place is read."""

    size: int
    seek_cost: int

    @abstractmethod
    def read(self, start: int, end: int) -> bytes:
        """Return the bytes [start, end) of the text, fewer where it ends before."""


@contextmanager
def open_places(path: str | PathLike[str]) -> Iterator[Places | None]:
    """Give the text of a file by place; None for plain gzip, which can only be read from its beginning.

    Raises MissingFileError, and InputFileError or TruncatedFileError for damaged BGZF.
    """
    if is_gzipped(path) and not is_bgzf(path):
        yield None
        return
    with open(existing(path), "rb", buffering=0) as stream:
        yield _BgzfPlaces(path, stream) if is_bgzf(path) else _PlainPlaces(stream)


class _PlainPlaces(Places):
    seek_cost = 10_000

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = os.fstat(stream.fileno()).st_size

    def read(self, start: int, end: int) -> bytes:
        return os.pread(self._stream.fileno(), max(end - start, 0), start)


class _BgzfPlaces(Places):
    seek_cost = MAX_BLOCK

    def __init__(self, path: str | PathLike[str], stream: BinaryIO) -> None:
        require_bgzf_end(path)
        self._path = path
        # byte of the text, and of the file, where each block begins
        self._starts, self._bytes = [0], [0]
        for at, length in _blocks_of(path, stream):
            self._bytes.append(at)
            self._starts.append(self._starts[-1] + length)
        self.size = self._starts[-1]
        self._last: tuple[int, bytes] = (-1, b"")

    def read(self, start: int, end: int) -> bytes:
        start, end = min(start, self.size), min(end, self.size)
        if start >= end:
            return b""
        block = bisect_right(self._starts, start) - 1
        skipped = self._starts[block]
        number, data = self._last
        parts = [data] if number == block else []
        have = skipped + len(data) if number == block else skipped
        if have < end:
            parts += self._inflated(block + len(parts), end)
        return b"".join(parts)[start - skipped : end - skipped]

    def _inflated(self, block: int, end: int) -> Iterator[bytes]:
        for _, data in blocks(self._path, self._bytes[block], read_ahead=MAX_BLOCK):
            self._last = (block, data)
            yield data
            block += 1
            if self._starts[block] >= end:
                return


def _blocks_of(path: str | PathLike[str], stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield (byte of the file where a block ends, bytes of its text), as the blocks' heads and ends say."""
    handle, at, size = stream.fileno(), 0, os.fstat(stream.fileno()).st_size
    head = os.pread(handle, _HEAD_BYTES, 0)
    while at < size:
        at += int.from_bytes(head[16:18], "little") + 1
        around = os.pread(handle, _LENGTH_BYTES + _HEAD_BYTES, at - _LENGTH_BYTES)
        length, head = int.from_bytes(around[:_LENGTH_BYTES], "little"), around[_LENGTH_BYTES:]
        if at > size:
            raise TruncatedFileError(path, "ends inside a compressed block; copy or download it again")
        if length > MAX_BLOCK or (at < size and head[:2] + head[12:14] != b"\x1f\x8bBC"):
            raise InputFileError(path, f"its block that ends at byte {at:,} is damaged; copy or download it again")
        yield at, length
