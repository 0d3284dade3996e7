"""The index of a BAM (.bai or .csi): made where it is missing, and read to find a few stretches in a large file.

A .bai has no checksum. What is used of it is therefore what can be checked: a *stair* says that no read which reaches
a position lies before an offset. Reading begins one stair early and must come past the stair itself.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pysam
from numba import njit
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import existing, replacing, require_bgzf_end
from jangdan.formats.bam.records import int32
from jangdan.formats.bgzf import blocks
from jangdan.formats.roi import Roi

LARGEST_SHARE = 0.5
"""The share of the file's bytes up to which reading by the index is faster than the linear pass, as measured."""
_RUN_BYTES = 1 << 14  # what looking up a run costs, in compressed bytes of the linear pass
_LARGEST_SPAN = 1 << 26  # bp counted by the index at once, so that memory stays small
_BAI, _CSI = b"BAI\x01", b"CSI\x01"
_WINDOW = 14  # a .bai's windows are 2**14 bp
_BAI_DEPTH = 5


class IndexUnusableError(Exception):
    """An index that cannot be trusted; the linear pass does without it."""


@dataclass(frozen=True)
class Run:
    """Stretches of one contig that are read at one go.

    bounds: shape (n, 2), bp. start, check: virtual offsets where reading begins, and which it must
    come past. limit: reads that start there or later do not count.
    """

    contig: int
    bounds: NDArray[np.int64]
    start: int
    check: int
    limit: int
    end: int


@dataclass(frozen=True)
class _Stairs:
    """No read that reaches `positions[i]` (bp) lies before `offsets[i]`; `end` is behind the contig's last read."""

    positions: NDArray[np.int64]
    offsets: NDArray[np.int64]
    end: int


def find_index(path: str | PathLike[str]) -> Path | None:
    """Return the index beside a BAM, None where there is none that is not older than the file."""
    bam = existing(path)
    for index in (Path(f"{bam}.bai"), bam.with_suffix(".bai"), Path(f"{bam}.csi"), bam.with_suffix(".csi")):
        if index.is_file() and index.stat().st_mtime >= bam.stat().st_mtime:
            return index
    return None


def ensure_index(path: str | PathLike[str]) -> Path:
    """Return the index beside a BAM, made where it is missing or older than the file.

    Raises InputFileError where the file is not sorted by coordinate or its folder cannot be written.
    """
    bam, index = existing(path), find_index(path)
    if index is not None:
        return index
    target = Path(f"{bam}.bai")
    if not os.access(bam.parent, os.W_OK):
        raise InputFileError(path, f"has no index and {bam.parent} cannot be written; run samtools index on a copy")
    try:
        with replacing(target) as temporary:
            pysam.index("-o", str(temporary), str(bam))
    except (pysam.SamtoolsError, OSError) as error:
        raise InputFileError(path, "cannot be indexed; sort it by coordinate with samtools sort") from error
    return target


def plan(
    path: str | PathLike[str],
    sizes: Mapping[str, int],
    roi: Roi,
    shift: tuple[int, int] = (0, 0),
) -> list[Run] | None:
    """Return the runs that read the `roi`; None where the linear pass is cheaper, or the only way.

    sizes: contig -> bp, of the header. shift: bp that move a read's ends, by which each region is widened.
    """
    span = sum(int((bounds[:, 1] - bounds[:, 0]).sum()) for bounds in roi.values())
    index = find_index(path)
    if index is None or span > _LARGEST_SPAN:
        return None
    size = existing(path).stat().st_size
    try:
        require_bgzf_end(path)
        stairs = _read(index, len(sizes), size)
    except (IndexUnusableError, InputFileError, OSError):
        return None
    runs: list[Run] = []
    for number, name in enumerate(sizes):
        bounds = roi.get(name)
        if bounds is not None and len(bounds):
            runs += _runs(number, np.minimum(bounds, sizes[name]), stairs[number], shift)
    cost = sum((run.end >> 16) - (run.start >> 16) + _RUN_BYTES for run in runs if run.start >= 0)
    return runs if cost <= LARGEST_SHARE * size else None


def _runs(contig: int, bounds: NDArray[np.int64], stairs: _Stairs | None, shift: tuple[int, int]) -> list[Run]:
    """Join stretches whose reads lie together; without any read on the contig, one run that reads nothing."""
    if stairs is None:
        return [Run(contig, bounds, -1, -1, 0, -1)]
    limit = bounds[:, 1] - min(shift)
    begin, check = _begin(stairs, np.maximum(bounds[:, 0] - max(shift), 0))
    end = np.append(stairs.offsets, stairs.end)[np.searchsorted(stairs.positions, limit, "left")]
    first = np.concatenate([[0], np.flatnonzero(begin[1:] > end[:-1]) + 1])
    last = np.append(first[1:], len(bounds)) - 1
    return [
        Run(contig, bounds[i : j + 1], int(begin[i]), int(check[i]), int(limit[j]), int(end[j]))
        for i, j in zip(first.tolist(), last.tolist(), strict=True)
    ]


def _begin(stairs: _Stairs, position: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets one stair before those of each position, and these."""
    check = stairs.offsets[np.searchsorted(stairs.positions, position, "right") - 1]
    before = np.searchsorted(stairs.offsets, check, "left")
    return stairs.offsets[np.maximum(before - 1, 0)], check


def _read(index: Path, n_contigs: int, size: int) -> list[_Stairs | None]:
    """Return the stairs of each contig, None where it has no read; raise IndexUnusableError where they cannot be."""
    content = index.read_bytes()
    csi = content[:4] != _BAI
    if csi:
        content = b"".join(data for _, data in blocks(index))
    data, at = np.frombuffer(content, dtype=np.uint8), 8
    min_shift, depth = _WINDOW, _BAI_DEPTH
    if csi:
        if content[:4] != _CSI or len(content) < 20:
            raise IndexUnusableError
        min_shift, depth, extra = (int.from_bytes(content[i : i + 4], "little") for i in (4, 8, 12))
        at = 20 + extra
    if not 0 < min_shift < 31 or not 0 < depth < 11 or at > len(content):
        raise IndexUnusableError
    if int.from_bytes(content[at - 4 : at], "little") != n_contigs:
        raise IndexUnusableError
    rows, linear, end = _scan(data, at, n_contigs, csi)
    # the number of unplaced reads may follow
    if end < 0 or len(content) - end not in (0, 8):
        raise IndexUnusableError
    n_bins = ((1 << 3 * (depth + 1)) - 1) // 7
    return [
        _stairs(rows[rows[:, 0] == number], _levels(min_shift, depth), n_bins, _linear(content, linear[number]), size)
        for number in range(n_contigs)
    ]


def _levels(min_shift: int, depth: int) -> list[tuple[int, int]]:
    """Return, of each level of bins, the number of its first and the bits of its width."""
    return [(((1 << 3 * level) - 1) // 7, min_shift + 3 * (depth - level)) for level in range(depth + 1)]


def _linear(content: bytes, where: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.frombuffer(content, dtype="<u8", count=int(where[1]), offset=int(where[0])).astype(np.int64)


def _stairs(
    rows: NDArray[np.int64], levels: list[tuple[int, int]], n_bins: int, linear: NDArray[np.int64], size: int
) -> _Stairs | None:
    """Make the stairs of a contig from its bins, or from the linear index where there is one."""
    if (rows[:, 1] > n_bins + 1).any() or (rows[:, 1] < 0).any():
        raise IndexUnusableError
    # the bin past all others holds counts, not places
    rows = rows[rows[:, 1] <= n_bins]
    if not len(rows):
        if len(linear):
            raise IndexUnusableError
        return None
    if len(linear):
        positions, offsets = np.arange(len(linear), dtype=np.int64) << _WINDOW, linear
    else:
        firsts = np.array([first for first, _ in levels])
        level = np.searchsorted(firsts, rows[:, 1], "right") - 1
        positions = (rows[:, 1] - firsts[level]) << np.array([bits for _, bits in levels])[level]
        order = np.lexsort((rows[:, 2], positions))
        positions, offsets = positions[order], rows[order, 2]
    known = offsets[offsets != 0]
    if (np.diff(known) < 0).any() or (known < 0).any() or (rows[:, 3:] < 0).any():
        raise IndexUnusableError
    first = int(min(rows[:, 3].min(), *known[:1]))
    offsets = np.maximum.accumulate(np.concatenate([[first], offsets]))
    if max(offsets[-1], rows[:, 4].max()) >> 16 >= size:
        raise IndexUnusableError
    return _Stairs(np.concatenate([[0], positions]), offsets, int(rows[:, 4].max()))


@njit(cache=True, nogil=True)
def _int64(data: Any, at: int) -> Any:
    return (int32(data, at) & 0xFFFFFFFF) | int32(data, at + 4) << 32


@njit(cache=True, nogil=True)
def _scan(data: Any, at: int, n_contigs: int, csi: bool) -> Any:
    """Return the bins: contig, number, offset of the bin, least and largest offset of its chunks; shape (bins, 5).

    And, of each contig, the byte and the number of linear entries; and where the contigs end, -1 where they cannot.
    """
    size = len(data)
    rows = np.empty((size // 8 + 1, 5), dtype=np.int64)
    linear = np.zeros((n_contigs, 2), dtype=np.int64)
    n = 0
    fixed = 16 if csi else 8
    for contig in range(n_contigs):
        n_bins = int32(data, at) if at + 4 <= size else -1
        at += 4
        if n_bins < 0:
            return rows[:0], linear, -1
        for _ in range(n_bins):
            n_chunks = int32(data, at + fixed - 4) if at + fixed <= size else -1
            if n_chunks < 1 or n_chunks > (size - at - fixed) // 16:
                return rows[:0], linear, -1
            rows[n, 0], rows[n, 1] = contig, int32(data, at) & 0xFFFFFFFF
            rows[n, 2] = _int64(data, at + 4) if csi else 0
            at += fixed
            rows[n, 3], rows[n, 4] = _int64(data, at), _int64(data, at + 8)
            for _ in range(n_chunks):
                rows[n, 3] = min(rows[n, 3], _int64(data, at))
                rows[n, 4] = max(rows[n, 4], _int64(data, at + 8))
                at += 16
            n += 1
        if not csi:
            count = int32(data, at) if at + 4 <= size else -1
            at += 4
            if count < 0 or count > (size - at) // 8:
                return rows[:0], linear, -1
            linear[contig, 0], linear[contig, 1] = at, count
            at += 8 * count
    return rows[:n], linear, at
