"""Runs: values of stretches of contigs, end to end, so that many short contigs come together."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Runs(NamedTuple):
    """Stretches that do not overlap: contig numbers, sorted, starts in bp, lengths in rows of `values`, each (runs,).

    values: shape (rows, strands), those of one run after the other.
    """

    contig: Ints
    start: Ints
    length: Ints
    values: NDArray[Any]

    def each(self) -> Iterator[tuple[int, int, NDArray[Any]]]:
        """Yield (contig number, start, values) of each run."""
        parts = np.split(self.values, np.cumsum(self.length)[:-1])
        return zip(self.contig.tolist(), self.start.tolist(), parts, strict=True)

    @classmethod
    def one(cls, contig: int, start: int, values: NDArray[Any]) -> "Runs":
        """Return a single run."""
        return cls(np.array([contig]), np.array([start]), np.array([len(values)]), values)

    def rows_of(self, contig: Ints, start: Ints, end: Ints) -> Ints:
        """Return the first row of each stretch [start, end), -1 where it is not inside a run; rows are bases.

        Of each contig there is one run.
        """
        run = np.minimum(np.searchsorted(self.contig, contig), len(self.contig) - 1)
        first = self.start[run]
        inside = (self.contig[run] == contig) & (start >= first) & (end <= first + self.length[run])
        begin = np.cumsum(self.length) - self.length
        return np.where(inside, begin[run] + start - first, -1)


class Stretches:
    """Stretches of contigs in any order, in bp; they may overlap. Those of some contigs are found at once."""

    def __init__(self, n_contigs: int, contig: Ints, start: Ints, end: Ints) -> None:
        self.contig, self.start, self.end = contig, start, end
        self._order = np.argsort(contig, kind="stable")
        self._first = np.searchsorted(contig[self._order], np.arange(n_contigs + 1))

    def of(self, lowest: int, highest: int) -> NDArray[np.int64]:
        """Return the numbers of the stretches on contigs `lowest` to `highest`."""
        return self._order[self._first[lowest] : self._first[highest + 1]]


def groups(sizes: Ints, most: int) -> Iterator[slice]:
    """Yield slices of consecutive contigs that together have at most `most` bases, or are one."""
    reach = np.cumsum(sizes)
    first, before = 0, 0
    while first < len(sizes):
        last = max(int(np.searchsorted(reach, before + most, side="right")), first + 1)
        yield slice(first, last)
        first, before = last, int(reach[last - 1])
