"""Counts of a few stretches of a BAM: the blocks that its index names, walked by the code of the linear pass."""

from collections.abc import Iterator
from os import PathLike

import numpy as np
from numpy.typing import NDArray

from jangdan.formats.bam.index import IndexUnusableError, Run
from jangdan.formats.bam.records import DAMAGED, MORE, UNSORTED, walk
from jangdan.formats.bgzf import blocks

_READ_AHEAD = 1 << 17  # compressed bytes read from the file at once


def counts_of_run(
    path: str | PathLike[str], run: Run, options: NDArray[np.int64], low: int, high: int, strands: int
) -> NDArray[np.int32]:
    """Return counts or steps from `low` to `high` (bp), shape (high - low + 1, strands).

    Raises IndexUnusableError where the file does not hold what the index says, InputFileError where a
    block is damaged.
    """
    counts = np.zeros((max(high - low, 0) + 1, strands), dtype=np.int32)
    if run.start < 0 or high <= low:
        return counts
    options = options.copy()
    options[5:7] = low, run.limit
    state = np.array([run.contig, -1, 0, 0], dtype=np.int64)
    left = bytearray()
    for piece, must_end in _pieces(path, run):
        left += piece
        used, why = walk(np.frombuffer(left, dtype=np.uint8), 0, len(left), state, options, counts)
        if why in (DAMAGED, UNSORTED) or (must_end and used < len(left)):
            raise IndexUnusableError
        if why != MORE:
            return counts
        left = left[used:]
    if left:
        raise IndexUnusableError
    return counts


def _pieces(path: str | PathLike[str], run: Run) -> Iterator[tuple[bytes, bool]]:
    """Yield inflated bytes from the run's start on, and whether a record must end with them."""
    start, check = run.start >> 16, run.check >> 16
    for at, block in blocks(path, start, read_ahead=_READ_AHEAD):
        first = run.start & 0xFFFF if at == start else 0
        if first > len(block) or (at == check and run.check & 0xFFFF > len(block)):
            raise IndexUnusableError
        if at == check:
            middle = run.check & 0xFFFF
            yield block[first:middle], True
            first, check = middle, -1
        elif check >= 0 and at > check:
            raise IndexUnusableError
        yield block[first:], False
