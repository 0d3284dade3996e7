"""Zoom levels of a bigWig: counts, extremes and sums over ever wider windows, which browsers draw from."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.formats.bigwig import layout
from jangdan.formats.piecewise import Items

# first windows in widths of a mean item, so that they take less than half of what the items take; and each level's
# windows in widths of the last one's, as of UCSC's tools
_FIRST, _NEXT = 20, 4
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


Columns = Mapping[str, NDArray[Any]]
"""A column for each field of _SUMS."""


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
        rows, reduction = np.concatenate(self._parts), self._reduction
        sums = _merged({name: np.ascontiguousarray(rows[name]) for name in _SUMS.names or ()})
        for _ in range(self.MOST):
            if not len(sums["window"]):
                return
            yield reduction, self._records(sums, reduction)
            if len(sums["window"]) < _FEWEST or reduction * _NEXT > self._sizes.max():
                return
            reduction *= _NEXT
            sums = _merged(sums | {"window": sums["window"] // _NEXT})

    def summary(self) -> NDArray[np.void]:
        """Return the summary of the whole file, shape (1,)."""
        result = np.zeros(1, dtype=layout.SUMMARY)
        sums = np.concatenate(self._parts)
        if len(sums):
            with np.errstate(invalid="ignore"):
                for name, ufunc in _REDUCTIONS.items():
                    result[name] = ufunc.reduce(sums[name])
        return result

    def _records(self, sums: Columns, reduction: int) -> NDArray[np.void]:
        records = np.zeros(len(sums["window"]), dtype=layout.ZOOM_RECORD)
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


def _merged(rows: Columns) -> dict[str, NDArray[Any]]:
    """Join neighbouring rows of one window."""
    window, chrom = rows["window"], rows["chrom"]
    new = (window[1:] != window[:-1]) | (chrom[1:] != chrom[:-1])
    first = np.concatenate([np.zeros(min(len(window), 1), dtype=np.int64), np.flatnonzero(new) + 1])
    if len(first) == len(window):
        return dict(rows)
    with np.errstate(invalid="ignore"):
        merged = {name: ufunc.reduceat(rows[name], first) for name, ufunc in _REDUCTIONS.items()}
    return {"chrom": chrom[first], "window": window[first], **merged}
