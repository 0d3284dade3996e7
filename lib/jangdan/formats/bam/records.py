"""BAM records, counted by a compiled walk over inflated bytes (SAM specification, section 4.2)."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

FIXED = 36
"""Bytes of a record up to its name, block size included."""

MORE, NEXT_CONTIG, DAMAGED, UNSORTED, PAST = range(5)
"""Why a walk stopped: at the end of the bytes, at a record of another contig, at one that cannot be, out of order,
or past the last start that is of interest."""

FIVE_PRIME, MIDPOINT, FRAGMENT, COVERAGE = range(4)
"""What is counted: 5' ends and midpoints as counts, fragments and aligned bases as steps up and down."""

NO_LIMIT = 1 << 40
"""A start in bp that no read has."""

_PAIRED, _PROPER, _REVERSE, _FIRST = 0x1, 0x2, 0x10, 0x40


@njit(cache=True, nogil=True, inline="always")
def int32(data: Any, at: int) -> Any:
    """Return the little-endian int32 at byte `at`, as int64."""
    value = np.uint32(data[at]) | np.uint32(data[at + 1]) << 8 | np.uint32(data[at + 2]) << 16
    return np.int64(np.int32(value | np.uint32(data[at + 3]) << 24))


@njit(cache=True, nogil=True, inline="always")
def _operation(data: Any, at: int) -> Any:
    """Return (operation, length) of the CIGAR word at byte `at`."""
    word = int32(data, at) & 0xFFFFFFFF
    return word & 15, word >> 4


@njit(cache=True, nogil=True)
def _reference_length(data: Any, at: int, n_operations: int) -> int:
    total = 0
    for i in range(n_operations):
        operation, length = _operation(data, at + 4 * i)
        # M, D, N, = and X consume the reference
        if operation == 0 or operation == 2 or operation == 3 or operation == 7 or operation == 8:
            total += length
    return total


@njit(cache=True, nogil=True)
def _add(counts: Any, position: int, strand: int) -> None:
    if 0 <= position < counts.shape[0] - 1:
        counts[position, strand] += 1


@njit(cache=True, nogil=True)
def _span(counts: Any, start: int, end: int, strand: int) -> None:
    """Step up at `start` and down at `end`; the last row takes what lies past the counters."""
    length = counts.shape[0] - 1
    low, high = min(max(start, 0), length), min(max(end, 0), length)
    if high > low:
        counts[low, strand] += 1
        counts[high, strand] -= 1


@njit(cache=True, nogil=True)
def _count_bases(data: Any, at: int, n_operations: int, start: int, counts: Any, strand: int) -> None:
    for i in range(n_operations):
        operation, length = _operation(data, at + 4 * i)
        if operation == 0 or operation == 7 or operation == 8:
            _span(counts, start, start + length, strand)
        if operation == 0 or operation == 2 or operation == 3 or operation == 7 or operation == 8:
            start += length


@njit(cache=True, nogil=True)
def _tag_size(data: Any, at: int, end: int) -> int:
    """Return the bytes of the tag at byte `at`, name and type included; -1 where it cannot be."""
    kind = data[at + 2]
    if kind == 65 or kind == 67 or kind == 99:  # A, C, c
        return 4
    if kind == 83 or kind == 115:  # S, s
        return 5
    if kind == 73 or kind == 105 or kind == 102:  # I, i, f
        return 7
    if kind == 90 or kind == 72:  # Z, H: up to a zero byte
        size = 3
        while at + size < end and data[at + size] != 0:
            size += 1
        return size + 1
    if kind == 66 and at + 8 <= end:  # B
        element = data[at + 3]
        width = 1 if element == 67 or element == 99 else 2 if element == 83 or element == 115 else 4
        n = int32(data, at + 4)
        return 8 + width * n if n >= 0 else -1
    return -1


@njit(cache=True, nogil=True)
def _long_cigar(data: Any, at: int, end: int) -> Any:
    """Return (byte, operations) of the CIGAR in the CG tag of the tags in ``data[at:end]``; (-1, 0) without one."""
    while at + 4 <= end:
        size = _tag_size(data, at, end)
        if size < 0 or at + size > end:
            break
        if data[at] == 67 and data[at + 1] == 71 and data[at + 2] == 66 and data[at + 3] == 73:  # CG:B,I
            return at + 8, int32(data, at + 4)
        at += size
    return -1, 0


@njit(cache=True, nogil=True)
def _cover(data: Any, at: int, after: int, start: int, counts: Any, strand: int) -> bool:
    """Count the aligned bases of the record at byte `at`, which ends before `after`; False where it cannot be."""
    cigar = at + FIXED + np.int64(data[at + 12])
    n_operations = np.int64(data[at + 16]) | np.int64(data[at + 17]) << 8
    if n_operations == 2:
        # more than 65,535 operations stand in a tag, and a clip and a skip of the whole length in their place
        read_length = int32(data, at + 20)
        operation, length = _operation(data, cigar)
        if operation == 4 and length == read_length and _operation(data, cigar + 4)[0] == 3:
            tags = cigar + 8 + (read_length + 1) // 2 + read_length
            if tags > after:
                return False
            elsewhere, n = _long_cigar(data, tags, after)
            if elsewhere >= 0:
                cigar, n_operations = elsewhere, n
    _count_bases(data, cigar, n_operations, start, counts, strand)
    return True


@njit(cache=True, nogil=True)
def walk(data: Any, at: int, size: int, state: Any, options: Any, counts: Any) -> Any:  # noqa: C901 - see below
    """Count the records of one contig in ``data[at:size]``; return (where it stopped, why).

    state: contig, start of the last record, whether any record was paired, whether there was any (int64,
    changed here). options: mode, flag bits that leave a record out, least mapping quality, shift on the
    forward and on the reverse strand, position of the counters' first row, start from which on records
    are of no interest (int64). counts: shape (bp + 1, 1 or 2), changed here.
    """
    # one long function: cut into six, it took 1.5 times as long, since numba counts references at each call
    mode, left_out, min_mapq, origin, limit = options[0], options[1], options[2], options[5], options[6]
    while True:
        if at + 4 > size:
            return at, MORE
        length = int32(data, at)
        if length < FIXED - 4:
            return at, DAMAGED
        after = at + 4 + length
        if after > size:
            return at, MORE
        contig, start = int32(data, at + 4), int32(data, at + 8)
        n_operations = np.int64(data[at + 16]) | np.int64(data[at + 17]) << 8
        flag = np.int64(data[at + 18]) | np.int64(data[at + 19]) << 8
        cigar = at + FIXED + np.int64(data[at + 12])
        if cigar + 4 * n_operations > after:
            return at, DAMAGED
        if contig >= 0:
            if contig != state[0]:
                return at, UNSORTED if contig < state[0] else NEXT_CONTIG
            if start < state[1]:
                return at, UNSORTED
            if start >= limit:
                return at, PAST
            state[1] = start
        elif limit < NO_LIMIT:
            return at, PAST
        state[2] |= flag & _PAIRED
        state[3] = 1
        record, at = at, after
        if contig < 0 or flag & left_out or np.int64(data[record + 13]) < min_mapq:
            continue
        template = int32(data, record + 32)
        reverse = 1 if flag & _REVERSE else 0
        strand = reverse if counts.shape[1] == 2 else 0
        if mode == FIVE_PRIME:
            if reverse:
                end = start + max(_reference_length(data, cigar, n_operations), 1)
                _add(counts, end - 1 + options[4] - origin, strand)
            else:
                _add(counts, start + options[3] - origin, strand)
        elif mode == COVERAGE:
            if not _cover(data, record, after, start - origin, counts, strand):
                return record, DAMAGED
        elif flag & (_PAIRED | _PROPER) == _PAIRED | _PROPER and template > 0:
            # the leftmost mate stands for its template, which lies on the strand of its first read
            strand = (1 if (flag & _FIRST != 0) == (reverse == 1) else 0) if counts.shape[1] == 2 else 0
            low, high = start + options[3] - origin, start + template + options[4] - origin
            if mode == MIDPOINT:
                # the counters of templates begin at the contig's, so that halves are rounded alike
                _add(counts, (low + high) // 2, strand)
            else:
                _span(counts, low, high, strand)


def values_of(counts: NDArray[Any], resolution: int, cumulative: bool) -> NDArray[Any]:
    """Return values of shape (ceil(bp / resolution), strands), summed by bin, from counters or steps (`cumulative`).

    They are uint32, for bases summed by bin int64. The counters of shape (bp + 1, strands) are changed.
    """
    if cumulative:
        np.cumsum(counts, axis=0, dtype=counts.dtype, out=counts)
    counts = counts[:-1]
    if resolution == 1:
        return counts.view(np.uint32)
    wide = np.int64 if cumulative else np.uint32
    result = np.zeros((-(-len(counts) // resolution), counts.shape[1]), dtype=wide)
    _sum_bins(counts, resolution, result)
    return result


@njit(cache=True, nogil=True)
def _sum_bins(counts: Any, resolution: int, result: Any) -> None:
    for place in range(result.shape[0]):
        for i in range(place * resolution, min((place + 1) * resolution, counts.shape[0])):
            for strand in range(counts.shape[1]):
                result[place, strand] += counts[i, strand]
