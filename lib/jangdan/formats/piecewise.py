"""Signals that are constant between bounds: sorted items with gaps, and how they become a value a base pair."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Items(NamedTuple):
    """Items [start, end) in bp, int64, sorted and apart from each other, with their values, float32; each (n,)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    value: NDArray[np.float32]

    def take(self, which: slice | NDArray[np.bool_]) -> "Items":
        """Return the items that `which` selects."""
        return Items(self.start[which], self.end[which], self.value[which])


def first_overlap(items: Items) -> int | None:
    """Return the number of the first item that the next one starts before the end of, None where there is none."""
    early = items.start[1:] < items.end[:-1]
    return int(np.argmax(early)) if early.any() else None


def expand(items: Items, low: int, high: int, gap: float) -> NDArray[np.float32]:
    """Return the value of each base pair of [low, high), shape (high - low,), float32; `gap` where no item lies."""
    first = int(np.searchsorted(items.end, low, side="right"))
    last = max(int(np.searchsorted(items.start, high, side="left")), first)
    start, end, value = (column[first:last] for column in items)
    n = last - first
    if n and (start[1:] == end[:-1]).all():
        bounds = np.concatenate([[low], start, end[-1:], [high]])
        levels = np.concatenate([[gap], value, [gap]], dtype=np.float32)
    else:
        bounds = np.empty(2 * n + 2, dtype=np.int64)
        bounds[0], bounds[-1] = low, high
        bounds[1:-1:2], bounds[2:-1:2] = start, end
        levels = np.full(2 * n + 1, gap, dtype=np.float32)
        levels[1::2] = value
    return np.repeat(levels, np.diff(np.clip(bounds, low, high)))


def without_nan(items: Items) -> Items:
    """Return the items with 0 in place of NaN."""
    missing = np.isnan(items.value)
    return items._replace(value=np.where(missing, np.float32(0), items.value)) if missing.any() else items
