"""Contigs laid end to end on one line of integers, so that one sorted search serves all of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Line:
    """The stretches [low, high] of contigs, in bp or bins, side by side and apart; arrays of shape (contigs,).

    Whatever the number of contigs and their lengths, places fit into int64 as long as the sum of the lengths does.
    """

    low: Ints = field(repr=False)
    high: Ints = field(repr=False)
    base: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = self.high - self.low + 2
        object.__setattr__(self, "base", np.cumsum(size) - size)

    @classmethod
    def of_lengths(cls, lengths: Ints) -> "Line":
        """Return the line of contigs that begin at 0."""
        return cls(np.zeros(len(lengths), dtype=np.int64), np.asarray(lengths, dtype=np.int64))

    @classmethod
    def around(cls, n_contigs: int, contig: Ints, start: Ints, end: Ints) -> "Line":
        """Return the line of what intervals span; where a contig has none, it is the position 0."""
        low, high = np.zeros(n_contigs, dtype=np.int64), np.zeros(n_contigs, dtype=np.int64)
        np.minimum.at(low, contig, start)
        np.maximum.at(high, contig, end)
        return cls(low, high)

    def at(self, contig: Ints, position: Ints) -> Ints:
        """Return the places of positions; those past what a contig has on the line stand at its ends."""
        low = self.low[contig]
        return self.base[contig] + np.clip(position, low, self.high[contig] + 1) - low

    def position(self, contig: Ints, place: Ints) -> Ints:
        """Return the positions of places on the line."""
        return place - self.base[contig] + self.low[contig]


def union(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return the union of stretches of a line as sorted stretches apart from each other; those that touch are joined.

    Empty stretches are left out.
    """
    kept = end > start
    start, end = start[kept], end[kept]
    if len(start) == 0:
        return start, end
    order = np.argsort(start, kind="stable")
    start, reach = start[order], np.maximum.accumulate(end[order])
    first = np.flatnonzero(np.concatenate([[True], start[1:] > reach[:-1]]))
    last = np.append(first[1:], len(start)) - 1
    return start[first], reach[last]
