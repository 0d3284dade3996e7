"""AnyArray: what all arrays by interval have in common, whether their bins lie along contigs or in single regions."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from jangdan.genome.contigs import Contigs
from jangdan.storage.values import Ints, Values

Padding = float | tuple[float, ...]
Bins = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]
"""Starts and ends in bp, each (bins,), and values, (bins, strands, conditions)."""

Bounds = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Contig numbers, starts and ends in bp."""

EVERYTHING = slice(None)


class Record(NamedTuple):
    """What a dataset file says of where values lie: what describes them, and columns of numbers, in a named group."""

    description: dict[str, Any]
    group: str
    columns: dict[str, Ints]


class AnyArray(ABC):
    """Values by (bin, strand, condition), found by interval.

    contigs: the table that contig numbers refer to. values: of shape (bins, strands, conditions). conditions: names
    of the last axis. padding: the value of what is not stored, one for all or one a condition. meta: what else the
    dataset file says of them (JSON types only). continuous: bins lie side by side along contigs, so that windows of
    any length can be read; else only the regions that are stored.
    """

    contigs: Contigs
    values: Values
    conditions: tuple[str, ...]
    padding: Padding
    meta: Mapping[str, Any]
    continuous: ClassVar[bool]

    @property
    def data(self) -> NDArray[Any]:
        """All values as one array, shape (bins, strands, conditions): the stored one, unless they are sparse."""
        return self.values.dense()

    @property
    def strands(self) -> int:
        """1, or 2 (forward, reverse)."""
        return self.values.shape[1]

    def like(self, values: Values, padding: Padding, meta: Mapping[str, Any]) -> Self:
        """Return an array of other values at the same places."""
        return replace(self, values=values, padding=padding, meta=meta)  # type: ignore[type-var]

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        return self.contigs.number(chrom, "this dataset")

    @property
    @abstractmethod
    def resolution(self) -> int | None:
        """Length of a bin in bp, None where each region is one bin."""

    @property
    @abstractmethod
    def whole(self) -> bool:
        """Whether all of each contig is stored."""

    @abstractmethod
    def bins_in(self, length: int) -> int:
        """Return how many bins a window of `length` bp has."""

    @abstractmethod
    def gather(self, chrom: Ints, start: Ints, length: int | Ints, place: Ints | None = None) -> NDArray[Any]:
        """Return windows, shape (windows, bins, strands, conditions).

        chrom: contig numbers; start, length: in bp. place: what `places` returned for these windows, where it is
        known. Raises IntervalError where one cannot be read.
        """

    @abstractmethod
    def places(self, chrom: Ints, start: Ints, length: int | Ints) -> Ints:
        """Return where the values of windows begin, -1 where not all of one is stored. Raises as `gather`."""

    @abstractmethod
    def stored(self, chrom: Ints, start: Ints, length: int | Ints) -> NDArray[np.bool_]:
        """Tell for each window whether all of it, but what lies past its contig's ends, is stored."""

    @abstractmethod
    def row_ranges(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.int64]:
        """Return the rows of the values that belong to stretches (bp), as sorted, disjoint ranges, (n, 2)."""

    @abstractmethod
    def bounds(self, rows: slice | Ints = EVERYTHING) -> Bounds:
        """Return (contig number, start, end), in bp, of some rows of the values."""

    @abstractmethod
    def bins_on(self, number: int) -> Iterator[Bins]:
        """Yield what is stored of a contig, sorted, some bins at a time, cut at the contig's ends."""

    @abstractmethod
    def overlapping(self, number: int, start: int, end: int) -> Bins:
        """Return the bins that overlap a stretch (bp) of a contig; float64, NaN where a bin is not stored."""

    @property
    @abstractmethod
    def stored_contigs(self) -> Ints:
        """The numbers of the contigs of which anything is stored, sorted."""

    @property
    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """Contig -> length in bp as the array knows it; of regions, where the last one ends."""

    @abstractmethod
    def record(self) -> Record:
        """Return what a dataset file says of where the values lie."""
