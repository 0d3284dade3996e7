"""RegionArray: values by region, for regions of any length or off the genome's bins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, IntervalError
from jangdan.genome.contigs import Contigs, require_table
from jangdan.genome.intervals import last_ends
from jangdan.genome.line import Line, union
from jangdan.storage.any_array import EVERYTHING, AnyArray, Bins, Bounds, Padding, Record
from jangdan.storage.values import DenseValues, Ints, Values

_ROWS = 1 << 18  # handled at once, so that memory stays small


@dataclass
class RegionArray(AnyArray):
    """Values by (region, bin, strand, condition): `bins` values a region, one where regions differ in length.

    chrom: contig number, start, end: bounds in bp, each of shape (regions,).
    values: of shape (regions * bins, strands, conditions); an array is taken as dense values.
    """

    contigs: Contigs
    chrom: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    values: Values = field(repr=False)
    conditions: tuple[str, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
    bins: int = 1
    padding: Padding = 0

    continuous = False

    def __post_init__(self) -> None:
        require_table(self.contigs, self.chrom, "regions")
        if isinstance(self.values, np.ndarray):
            self.values = DenseValues(self.values)
        if len(self.values) != len(self.start) * self.bins or self.values.shape[2] != len(self.conditions):
            raise DataError(
                f"data of shape {self.values.shape} do not fit {len(self.start)} regions of {self.bins} bins, "
                f"{len(self.conditions)} conditions"
            )

    @property
    def resolution(self) -> int | None:
        """Length of a bin in bp, None where each region is one bin."""
        return None if self.bins == 1 else int(self.end[0] - self.start[0]) // self.bins

    @property
    def whole(self) -> bool:
        """Regions are parts of contigs."""
        return False

    def bins_in(self, length: int) -> int:
        """Return how many bins a region has, whatever its length."""
        return self.bins

    @cached_property
    def _keys(self) -> "_Keys":
        return _Keys(len(self.contigs), *self._columns)

    def gather(self, chrom: Ints, start: Ints, length: int | Ints, place: Ints | None = None) -> NDArray[Any]:
        """Return the values of regions, shape (regions, bins, strands, conditions).

        place: what `places` returned for these regions, where it is known. Raises IntervalError where a
        region is not exactly one of those stored.
        """
        return self.values.windows(self.places(chrom, start, length) if place is None else place, self.bins)

    def places(self, chrom: Ints, start: Ints, length: int | Ints) -> Ints:
        """Return where the values of regions begin. Raises IntervalError where one is not stored."""
        region = self._keys.find(chrom, start, start + length)
        if len(region) and region.min() < 0:
            i = int(np.argmin(region))
            end = start[i] + np.broadcast_to(length, start.shape)[i]
            raise IntervalError(
                f"region {self.contigs.names[chrom[i]]}:{start[i]}-{end} is not one of the {len(self.start)} "
                "regions of this dataset; build it over the regions that are read, or with store_whole_genome=True"
            )
        return region * self.bins

    def stored(self, chrom: Ints, start: Ints, length: int | Ints) -> NDArray[np.bool_]:
        """Tell for each window whether it is exactly one of the regions."""
        return self._keys.find(chrom, start, start + length) >= 0

    def row_ranges(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.int64]:
        """Return the rows of regions, each once, as sorted, disjoint ranges, (n, 2); raises as `places`."""
        place = self.places(chrom, start, end - start)
        return np.stack(union(place, place + self.bins), axis=1)

    def bounds(self, rows: slice | Ints = EVERYTHING) -> Bounds:
        """Return (contig number, start, end), in bp, of some rows of the values."""
        row = np.arange(len(self.values))[rows] if isinstance(rows, slice) else rows
        region, nth = row // self.bins, row % self.bins
        chrom, start, end = (np.asarray(column[region], dtype=np.int64) for column in self._columns)
        step = (end - start) // self.bins
        behind = np.where(nth == self.bins - 1, end, start + (nth + 1) * step)
        return chrom, start + nth * step, behind

    def bins_on(self, number: int) -> Iterator[Bins]:
        """Yield the bins of a contig's regions, sorted, some at a time; what is stored twice comes once."""
        order, first = self._sorted
        own = order[first[number] : first[number + 1]]
        for low in range(0, len(own), _ROWS):
            rows = own[low : low + _ROWS]
            _, start, end = self.bounds(rows)
            yield np.maximum(start, 0), end, self.values.take(rows)

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        """Rows that lie on contigs, each place once, by contig, start, end; and which one is each contig's first."""
        chrom, start, end = self.bounds()
        order = np.lexsort((end, start, chrom))
        new = np.ones(len(order), dtype=bool)
        new[1:] = np.any([np.diff(column[order]) != 0 for column in (chrom, start, end)], axis=0)
        order = order[new & (end[order] > 0)]
        return order, np.searchsorted(chrom[order], np.arange(len(self.contigs) + 1))

    def overlapping(self, number: int, start: int, end: int) -> Bins:
        """Return the bins of regions that overlap a stretch (bp) of a contig; float64."""
        chrom, low, high = self.bounds()
        seen = np.flatnonzero((chrom == number) & (low < end) & (high > start))
        return low[seen], high[seen], self.values.take(seen).astype(np.float64)

    @property
    def stored_contigs(self) -> Ints:
        """The numbers of the contigs that have regions, sorted."""
        return np.unique(self.chrom)

    @property
    def sizes(self) -> dict[str, int]:
        """Contig -> where its last region ends."""
        return last_ends(self.contigs, self.chrom, self.end)

    def record(self) -> Record:
        """Return what a dataset file says of where the values lie."""
        columns = {"chrom": self.chrom, "start": self.start, "end": self.end}
        return Record({"kind": "regions", "bins": self.bins}, "regions", columns)

    @property
    def _columns(self) -> tuple[Ints, Ints, Ints]:
        return self.chrom, self.start, self.end


class _Keys:
    """Regions as sorted integers, one each, so that any number of them is found by binary search."""

    def __init__(self, n_contigs: int, chrom: Ints, start: Ints, end: Ints) -> None:
        self._line = Line.around(n_contigs, chrom, start, start)
        self._begins = np.unique(self._line.at(chrom, start))
        self._lengths = np.unique(end - start)
        keys = self._key(chrom, start, end)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def find(self, chrom: Ints, start: Ints, end: Ints) -> Ints:
        """Return the number of each region, the first one where several are equal, -1 where there is none."""
        wanted = self._key(chrom, start, end)
        if len(self._keys) == 0:
            return np.full(len(wanted), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[place] == wanted, self._order[place], -1)

    def _key(self, chrom: Ints, start: Ints, end: Ints) -> Ints:
        """Return the rank of the place times the number of lengths, plus the rank of the length; -1 for other ones."""
        begin, length = self._line.at(chrom, start), end - start
        place, size = np.searchsorted(self._begins, begin), np.searchsorted(self._lengths, length)
        found = (place < len(self._begins)) & (size < len(self._lengths))
        found[found] = (self._begins[place[found]] == begin[found]) & (self._lengths[size[found]] == length[found])
        return np.where(found, place * len(self._lengths) + size, -1)
