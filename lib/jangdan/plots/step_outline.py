"""Binned values as the outline of steps, thinned to what a figure can show."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError

MOST_BINS = 4000
"""Bins drawn one by one; of more, those in one column of that many are drawn as their value farthest from zero."""

Bins = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def as_bins(starts: ArrayLike, ends: ArrayLike, values: ArrayLike) -> Bins:
    """Return starts, ends of shape (bin,) and values of shape (bin, row), sorted by start.

    Values of shape (bin,) get one row; those that are not finite become NaN. Raises DataError
    where lengths differ or a bin is empty.
    """
    start, end = np.asarray(starts, dtype=np.int64), np.asarray(ends, dtype=np.int64)
    value = np.asarray(values, dtype=np.float64)
    value = value[:, None] if value.ndim == 1 else value
    if start.ndim != 1 or start.shape != end.shape or value.ndim != 2 or len(value) != len(start):
        raise DataError(
            f"starts {start.shape}, ends {end.shape} and values {value.shape} do not agree: "
            "expected (bin,), (bin,) and (bin,) or (bin, row)"
        )
    if np.any(end <= start):
        raise DataError(f"{int(np.sum(end <= start))} bins have an end that is not after their start")
    order = np.argsort(start, kind="stable")
    return start[order], end[order], np.where(np.isfinite(value), value, np.nan)[order]


def within(bins: Bins, start: int, end: int) -> Bins:
    """Return the bins that overlap [start, end), cut at its bounds."""
    starts, ends, values = bins
    kept = (starts < end) & (ends > start)
    return np.maximum(starts[kept], start), np.minimum(ends[kept], end), values[kept]


def thin(bins: Bins, most: int = MOST_BINS) -> Bins:
    """Return at most `most` bins; those of one column take their value farthest from zero, so no peak is lost.

    A column is a `most`-th of the stretch that the bins span. Bins are sorted by start.
    """
    starts, ends, values = bins
    if len(starts) <= most:
        return bins
    column = (starts - starts[0]) * most // (ends.max() - starts[0])
    first = np.flatnonzero(np.diff(column, prepend=-1))
    high, low = np.fmax.reduceat(values, first), np.fmin.reduceat(values, first)
    return starts[first], np.maximum.reduceat(ends, first), np.where(high >= -low, high, low)


def outline(starts: NDArray[np.int64], ends: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points (2 a bin, or 3 before a gap) of the steps, shape (point, 2); a gap is a NaN."""
    points = np.empty((len(starts), 3, 2))
    points[:, :, 0] = np.stack([starts, ends, ends], axis=1)
    points[:, :, 1] = np.stack([value, value, np.full(len(value), np.nan)], axis=1)
    drawn = np.ones((len(starts), 3), dtype=bool)
    drawn[:-1, 2] = starts[1:] > ends[:-1]
    drawn[-1:, 2] = False
    return points[drawn]
