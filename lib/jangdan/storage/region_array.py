"""RegionArray: values by region, for regions of any length or off the genome's bins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import ContigError, DataError, IntervalError
from jangdan.storage.values import DenseValues, Ints, Values


@dataclass
class RegionArray:
    """Values by (region, bin, strand, condition): `bins` values a region, one where regions differ in length.

    chroms: contig names; chrom: a place in them, start, end: bounds in bp, each of shape (regions,).
    values: of shape (regions * bins, strands, conditions); an array is taken as dense values.
    """

    chroms: tuple[str, ...]
    chrom: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    values: Values = field(repr=False)
    conditions: tuple[str, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
    bins: int = 1
    padding: float | tuple[float, ...] = 0

    def __post_init__(self) -> None:
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
    def _sorted(self) -> tuple[Ints, list[Ints]]:
        order = np.lexsort((self.end, self.start, self.chrom))
        return order, [c[order] for c in (self.chrom, self.start, self.end)]

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        if chrom not in self.chroms:
            raise ContigError(f"contig {chrom!r} has no region in this dataset")
        return self.chroms.index(chrom)

    def gather(self, chrom: Ints, start: Ints, end: Ints, place: Ints | None = None) -> NDArray[Any]:
        """Return the values of regions, shape (regions, bins, strands, conditions).

        place: what `places` returned for these regions, where it is known. Raises IntervalError where a
        region is not exactly one of those stored.
        """
        return self.values.windows(self.places(chrom, start, end) if place is None else place, self.bins)

    def places(self, chrom: Ints, start: Ints, end: Ints) -> Ints:
        """Return where the values of regions begin. Raises IntervalError where one is not stored."""
        order, columns = self._sorted
        keys, wanted = _records(columns), _records([chrom, start, end])
        place = np.clip(np.searchsorted(keys, wanted), 0, len(keys) - 1)
        missing = np.flatnonzero(keys[place] != wanted)
        if len(missing):
            c, s, e = wanted[missing[0]]
            raise IntervalError(
                f"region {self.chroms[c]}:{s}-{e} is not one of the {len(keys)} regions of this dataset; "
                "build it over the regions that are read, or with store_whole_genome=True"
            )
        return order[place] * self.bins

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


def _records(columns: list[Ints]) -> NDArray[Any]:
    """Return (chrom, start, end) as one array of records, which sort and compare as a whole."""
    records = np.empty(len(columns[0]), dtype=[("chrom", np.int64), ("start", np.int64), ("end", np.int64)])
    for name, column in zip(("chrom", "start", "end"), columns, strict=True):
        records[name] = column
    return records
