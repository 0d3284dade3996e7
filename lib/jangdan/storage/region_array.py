"""RegionArray: values by region, for regions of any length or off the genome's bins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, IntervalError
from jangdan.genome.contigs import Contigs, require_table
from jangdan.genome.line import Line
from jangdan.storage.values import DenseValues, Ints, Values


@dataclass
class RegionArray:
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
    padding: float | tuple[float, ...] = 0

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
    def data(self) -> NDArray[Any]:
        """All values as one array, shape (regions * bins, strands, conditions)."""
        return self.values.dense()

    @property
    def resolution(self) -> int | None:
        """Length of a bin in bp, None where each region is one bin."""
        return None if self.bins == 1 else int(self.end[0] - self.start[0]) // self.bins

    @property
    def strands(self) -> int:
        """1, or 2 (forward, reverse)."""
        return self.values.shape[1]

    @cached_property
    def _keys(self) -> "_Keys":
        return _Keys(len(self.contigs), *self._columns)

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        return self.contigs.number(chrom, "this dataset")

    def gather(self, chrom: Ints, start: Ints, end: Ints, place: Ints | None = None) -> NDArray[Any]:
        """Return the values of regions, shape (regions, bins, strands, conditions).

        place: what `places` returned for these regions, where it is known. Raises IntervalError where a
        region is not exactly one of those stored.
        """
        return self.values.windows(self.places(chrom, start, end) if place is None else place, self.bins)

    def places(self, chrom: Ints, start: Ints, end: Ints) -> Ints:
        """Return where the values of regions begin. Raises IntervalError where one is not stored."""
        region = self._keys.find(chrom, start, end)
        if len(region) and region.min() < 0:
            i = int(np.argmin(region))
            raise IntervalError(
                f"region {self.contigs.names[chrom[i]]}:{start[i]}-{end[i]} is not one of the {len(self.start)} "
                "regions of this dataset; build it over the regions that are read, or with store_whole_genome=True"
            )
        return region * self.bins

    def take(self, chrom: Ints, start: Ints, end: Ints) -> "RegionArray":
        """Return an array of some of the regions, in memory; raises as `places`."""
        place = self.places(chrom, start, end)
        shape = (len(place) * self.bins, *self.values.shape[1:])
        values = DenseValues(self.values.windows(place, self.bins).reshape(shape))
        return replace(self, chrom=chrom, start=start, end=end, values=values)

    def bounds(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return (contig number, start, end), in bp, of every row of the values."""
        nth = np.tile(np.arange(self.bins), len(self.start))
        chrom, start, end = (np.repeat(np.asarray(c, dtype=np.int64), self.bins) for c in self._columns)
        step = (end - start) // self.bins
        return chrom, start + nth * step, np.where(nth == self.bins - 1, end, start + (nth + 1) * step)

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
