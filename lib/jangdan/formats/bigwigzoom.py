"""Zoom levels of a bigWig: counts, extremes and sums over ever wider windows, which browsers draw from."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jangdan.formats import bigwiglayout as layout
from jangdan.formats.piecewise import Items

_FIRST, _NEXT = 10, 4  # first windows in widths of a mean item, and each level's in widths of the last one's, as UCSC's
_FEWEST = 64  # records, below which a wider level would help nobody

_SUMS = np.dtype(
    [
        ("chrom", "<u4"),
        ("window", "<i8"),
        ("covered", "<i8"),
        ("min", "<f8"),
        ("max", "<f8"),
        ("sum", "<f8"),
        ("squares", "<f8"),
    ]
)
_REDUCTIONS = {"covered": np.add, "min": np.minimum, "max": np.maximum, "sum": np.add, "squares": np.add}


class ZoomLevels:
    """Gathers items, contig after contig. sizes: length of each contig in bp."""

    MOST = 10
    """Levels that a file has at most."""

    def __init__(self, sizes: NDArray[np.int64]) -> None:
        self._sizes, self._reduction = sizes, 0
        self._parts = [np.zeros(0, dtype=_SUMS)]

    def add(self, number: int, items: Items) -> None:
        """Add the items of contig `number`."""
        if not len(items.start):
            return
        if not self._reduction:
            covered = float((items.end - items.start).sum())
            self._reduction = max(int(_FIRST * covered / len(items.start)), _FIRST)
        self._parts.append(_sums(number, items, self._reduction))

    def levels(self) -> Iterator[tuple[int, NDArray[np.void]]]:
        """Yield (width of a window in bp, records) from the narrowest to the widest."""
        sums, reduction = _merged(np.concatenate(self._parts)), self._reduction
        for _ in range(self.MOST):
            if not len(sums):
                return
            yield reduction, self._records(sums, reduction)
            if len(sums) < _FEWEST or reduction * _NEXT > self._sizes.max():
                return
            reduction *= _NEXT
            sums["window"] //= _NEXT
            sums = _merged(sums)

    def summary(self) -> NDArray[np.void]:
        """Return the summary of the whole file, shape (1,)."""
        result = np.zeros(1, dtype=layout.SUMMARY)
        sums = np.concatenate(self._parts)
        if len(sums):
            with np.errstate(invalid="ignore"):
                for name, ufunc in _REDUCTIONS.items():
                    result[name] = ufunc.reduce(sums[name])
        return result

    def _records(self, sums: NDArray[np.void], reduction: int) -> NDArray[np.void]:
        records = np.zeros(len(sums), dtype=layout.ZOOM_RECORD)
        records["start"] = sums["window"] * reduction
        records["end"] = np.minimum((sums["window"] + 1) * reduction, self._sizes[sums["chrom"]])
        with np.errstate(over="ignore"):
            for name in ("chrom", *_REDUCTIONS):
                records[name] = sums[name]
        return records


def _sums(number: int, items: Items, reduction: int) -> NDArray[np.void]:
    """Return a row for each window that the items touch."""
    window, covered, value = _cut(items, reduction)
    first = np.concatenate([[0], np.flatnonzero(window[1:] != window[:-1]) + 1])
    rows = np.zeros(len(first), dtype=_SUMS)
    rows["chrom"], rows["window"] = number, window[first]
    rows["covered"] = np.add.reduceat(covered, first)
    rows["min"], rows["max"] = np.minimum.reduceat(value, first), np.maximum.reduceat(value, first)
    weighted = covered * value.astype(np.float64)
    with np.errstate(invalid="ignore"):
        rows["sum"] = np.add.reduceat(weighted, first)
        rows["squares"] = np.add.reduceat(weighted * value, first)
    return rows


def _cut(items: Items, reduction: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return (window, bp, value) of the items, cut where windows end."""
    start, end, value = items
    window, last = start // reduction, (end - 1) // reduction
    if (window == last).all():
        return window, end - start, value
    count = last - window + 1
    item = np.repeat(np.arange(len(count)), count)
    window = window[item] + np.arange(len(item)) - np.repeat(np.cumsum(count) - count, count)
    low, high = np.maximum(start[item], window * reduction), np.minimum(end[item], (window + 1) * reduction)
    return window, high - low, value[item]


def _merged(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Join neighbouring rows of one window."""
    if not len(rows):
        return rows
    new = (rows["window"][1:] != rows["window"][:-1]) | (rows["chrom"][1:] != rows["chrom"][:-1])
    first = np.concatenate([[0], np.flatnonzero(new) + 1])
    merged = rows[first].copy()
    with np.errstate(invalid="ignore"):
        for name, ufunc in _REDUCTIONS.items():
            merged[name] = ufunc.reduceat(rows[name], first)
    return merged
