"""BAM records as columns: a compiled walk over inflated bytes (SAM specification, section 4.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.formats.bgzf import inflate

_MAGIC = b"BAM\x01"
_FIXED = 36  # bytes of a record up to its name, block size included


@dataclass(frozen=True)
class Records:
    """Columns of some consecutive records, each of shape (records,), int64.

    contig: number in the header, -1 if unmapped; start, end: reference bounds in bp, 0-based,
    half-open; flag; mapq; template: TLEN in bp.
    """

    contig: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    flag: NDArray[np.int64]
    mapq: NDArray[np.int64]
    template: NDArray[np.int64]


def read_header(path: str | PathLike[str]) -> dict[str, int]:
    """Return contig -> length in bp. Raises InputFileError where the file is no BAM."""
    return _header(path, _Buffer(path))


def read_records(path: str | PathLike[str]) -> Iterator[Records]:
    """Yield the records in order, many at a time, in bounded memory."""
    buffer = _Buffer(path)
    _header(path, buffer)
    data = buffer.rest()
    for chunk in buffer.chunks:
        data += chunk
        columns, used = _walk(np.frombuffer(data, dtype=np.uint8))
        if used < 0:
            raise InputFileError(path, "holds a record of impossible size; it is damaged")
        if columns.shape[1]:
            yield Records(*columns)
        data = data[used:]
    columns, used = _walk(np.frombuffer(data, dtype=np.uint8))
    if used != len(data):
        raise TruncatedFileError(path, "ends inside a record; copy or download it again")
    if columns.shape[1]:
        yield Records(*columns)


class _Buffer:
    """Inflated bytes, taken from the front."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path, self.chunks = path, inflate(path)
        self.data, self.at = b"", 0

    def take(self, n: int) -> bytes:
        while len(self.data) - self.at < n:
            chunk = next(self.chunks, None)
            if chunk is None:
                raise TruncatedFileError(self.path, "ends inside its header; copy or download it again")
            self.data, self.at = self.data[self.at :] + chunk, 0
        piece = self.data[self.at : self.at + n]
        self.at += n
        return piece

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little", signed=True)

    def rest(self) -> bytes:
        return self.data[self.at :]


def _header(path: str | PathLike[str], buffer: _Buffer) -> dict[str, int]:
    if buffer.take(4) != _MAGIC:
        raise InputFileError(path, "is not a BAM (its first bytes are of another kind of file)")
    buffer.take(max(buffer.number(), 0))
    sizes = {}
    for _ in range(buffer.number()):
        name = buffer.take(buffer.number())[:-1].decode("ascii", "replace")
        sizes[name] = buffer.number()
    return sizes


@njit(cache=True, nogil=True)
def _int32(data: Any, at: int) -> Any:
    value = np.uint32(data[at]) | np.uint32(data[at + 1]) << 8 | np.uint32(data[at + 2]) << 16
    return np.int64(np.int32(value | np.uint32(data[at + 3]) << 24))


@njit(cache=True, nogil=True)
def _reference_length(data: Any, at: int, n_operations: int) -> int:
    length = 0
    for i in range(n_operations):
        word = _int32(data, at + 4 * i) & 0xFFFFFFFF
        operation = word & 15
        # M, D, N, = and X consume the reference
        if operation == 0 or operation == 2 or operation == 3 or operation == 7 or operation == 8:
            length += word >> 4
    return length


@njit(cache=True, nogil=True)
def _walk(data: Any) -> Any:
    """Return columns, shape (6, records), of the complete records in `data`, and the bytes they take (-1: damaged)."""
    n, at, size = 0, 0, len(data)
    while at + 4 <= size:
        length = _int32(data, at)
        if length < _FIXED - 4:
            return np.zeros((6, 0), dtype=np.int64), -1
        if at + 4 + length > size:
            break
        at += 4 + length
        n += 1
    columns = np.zeros((6, n), dtype=np.int64)
    used, at = at, 0
    for i in range(n):
        name_length, n_operations = data[at + 12], np.int64(data[at + 16]) | np.int64(data[at + 17]) << 8
        cigar = at + _FIXED + name_length
        if cigar + 4 * n_operations > at + 4 + _int32(data, at):
            return np.zeros((6, 0), dtype=np.int64), -1
        start = _int32(data, at + 8)
        columns[0, i] = _int32(data, at + 4)
        columns[1, i] = start
        columns[2, i] = start + max(_reference_length(data, cigar, n_operations), 1)
        columns[3, i] = np.int64(data[at + 18]) | np.int64(data[at + 19]) << 8
        columns[4, i] = data[at + 13]
        columns[5, i] = _int32(data, at + 32)
        at += 4 + _int32(data, at)
    return columns, used
