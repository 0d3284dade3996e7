"""Runs: values of stretches of contigs, end to end, so that many short contigs come together."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]


class Runs(NamedTuple):
    """Stretches that do not overlap: contig numbers, sorted, starts in bp, lengths in rows of `values`, each (runs,).

    values: shape (rows, strands), those of one run after the other.
    """

    contig: Ints
    start: Ints
    length: Ints
    values: NDArray[Any]

    @classmethod
    def one(cls, contig: int, start: int, values: NDArray[Any]) -> "Runs":
        """Return a single run."""
        return cls(np.array([contig]), np.array([start]), np.array([len(values)]), values)

    def rows_of(self, contig: Ints, start: Ints, end: Ints) -> Ints:
        """Return the first row of each interval [start, end), -1 where it is not inside a run; rows are bases.

        Of each contig there is one run.
        """
        run = np.minimum(np.searchsorted(self.contig, contig), len(self.contig) - 1)
        first = self.start[run]
        inside = (self.contig[run] == contig) & (start >= first) & (end <= first + self.length[run])
        begin = np.cumsum(self.length) - self.length
        return np.where(inside, begin[run] + start - first, -1)


def groups(sizes: Ints, most: int) -> Iterator[slice]:
    """Yield slices of consecutive contigs that together have at most `most` bases, or are one."""
    reach = np.cumsum(sizes)
    first, before = 0, 0
    while first < len(sizes):
        last = max(int(np.searchsorted(reach, before + most, side="right")), first + 1)
        yield slice(first, last)
        first, before = last, int(reach[last - 1])
