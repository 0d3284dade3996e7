"""Which stretch of which chromosome stands where in a flat array."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import ContigError, OptionError
from jangdan.genome.regions import Bounds, bounds_of, merged_bounds

Ints = NDArray[np.integer[Any]]
_CHROM_SHIFT = 40  # chromosomes are shorter than 2**40 bins


@dataclass(frozen=True)
class Layout:
    """Segments of chromosomes laid end to end; positions are bins of `resolution` bp.

    chromsizes: contig -> length in bp, in the genome's order.
    chrom, start, end: of shape (segments,): contig number and bounds in bins, sorted, not overlapping.
    whole: the segments are whole chromosomes.
    """

    chromsizes: Mapping[str, int]
    resolution: int
    chrom: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    whole: bool = True

    def __post_init__(self) -> None:
        if self.resolution < 1:
            raise OptionError(f"resolution={self.resolution}: expected a positive number of base pairs")

    @classmethod
    def of_genome(cls, chromsizes: Mapping[str, int], resolution: int = 1) -> "Layout":
        """Lay out whole chromosomes; the last bin of each may reach past its end."""
        n_bins = np.array([-(-size // resolution) for size in chromsizes.values()], dtype=np.int64)
        return cls(dict(chromsizes), resolution, np.arange(len(n_bins)), np.zeros_like(n_bins), n_bins)

    @classmethod
    def of_regions(cls, chromsizes: Mapping[str, int], table: pd.DataFrame, resolution: int = 1) -> "Layout":
        """Lay out only the bins that the regions of `table` touch; regions are cut at chromosome ends."""
        return cls.of_bounds(chromsizes, bounds_of(table), resolution)

    @classmethod
    def of_bounds(cls, chromsizes: Mapping[str, int], regions: Bounds, resolution: int = 1) -> "Layout":
        """Lay out as `of_regions`. Raises ContigError where a region's contig is not in `chromsizes`."""
        unknown = sorted(set(regions) - set(chromsizes))
        if unknown:
            raise ContigError(
                f"regions: contig {unknown[0]!r} is not in the genome, which has {', '.join(list(chromsizes)[:5])} ..."
            )
        numbers, bounds = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 2), dtype=np.int64)]
        for number, (name, size) in enumerate(chromsizes.items()):
            if name in regions:
                bounds.append(merged_bounds(regions[name], size, resolution) // resolution)
                numbers.append(np.full(len(bounds[-1]), number))
        chrom, bins = np.concatenate(numbers), np.concatenate(bounds)
        return cls(dict(chromsizes), resolution, chrom, bins[:, 0], bins[:, 1], whole=False)

    @cached_property
    def offset(self) -> Ints:
        """Place of each segment's first bin in the flat array, and the array's length; (segments + 1,)."""
        return np.concatenate([[0], np.cumsum(self.end - self.start)])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Contig -> its number."""
        return {name: i for i, name in enumerate(self.chromsizes)}

    @cached_property
    def _keys(self) -> Ints:
        return (self.chrom << _CHROM_SHIFT) + self.start

    def __len__(self) -> int:
        return int(self.offset[-1])

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        try:
            return self.numbers[chrom]
        except KeyError:
            known = ", ".join(list(self.numbers)[:5])
            raise ContigError(f"contig {chrom!r} is not in this dataset, which has {known} ...") from None

    def flat(self, chrom: Ints, bins: Ints) -> Ints:
        """Return how many stored bins lie before each (contig number, bin).

        The stored bins of a stretch [a, b) are those from ``flat(chrom, a)`` to ``flat(chrom, b)``.
        """
        if len(self._keys) == 0:
            return np.zeros(len(bins), dtype=np.int64)
        segment = np.searchsorted(self._keys, (chrom << _CHROM_SHIFT) + np.maximum(bins, 0), side="right") - 1
        found = np.maximum(segment, 0)
        inside = np.clip(bins - self.start[found], 0, self.end[found] - self.start[found])
        within = np.where(self.chrom[found] == chrom, self.offset[found] + inside, self.offset[found + 1])
        return np.where(segment < 0, 0, within)

    def pieces(self, chrom: str, first: int, n_bins: int) -> tuple[Ints, Ints, Ints]:
        """Return the stored parts of a contig's bins [first, first + n_bins): from, to (bins), and place of each."""
        number = self.number(chrom)
        own = slice(*np.searchsorted(self.chrom, [number, number + 1]))
        start = np.maximum(self.start[own], first)
        end = np.minimum(self.end[own], first + n_bins)
        kept = end > start
        return start[kept], end[kept], (self.offset[:-1][own] + start - self.start[own])[kept]

    def places(self, chrom: Ints, start: Ints, n_bins: int) -> Ints:
        """Return the place of windows of `n_bins` bins that begin at bin `start`, -1 where not all of it is stored."""
        if len(self._keys) == 0:
            return np.full(len(start), -1, dtype=np.int64)
        segment = np.searchsorted(self._keys, (chrom << _CHROM_SHIFT) + np.maximum(start, 0), side="right") - 1
        found = np.maximum(segment, 0)
        stored = (segment >= 0) & (self.chrom[found] == chrom) & (start >= self.start[found])
        stored &= start + n_bins <= self.end[found]
        return np.where(stored, self.offset[found] + start - self.start[found], -1)

    def locate(self, chrom: Ints, start: Ints, n_bins: int) -> tuple[Ints, NDArray[np.bool_]]:
        """Find windows of `n_bins` bins that begin at bin `start` (may be negative).

        Returns (place, stored), both of shape (windows, n_bins): the place in the flat array of each
        bin, and whether it is stored; places of bins that are not are 0.
        """
        bins = start[:, None] + np.arange(n_bins)
        segment = np.searchsorted(self._keys, (chrom << _CHROM_SHIFT) + np.maximum(start, 0), side="right") - 1
        place, stored = self._within(segment[:, None], chrom[:, None], bins)
        if not self.whole and not stored.all():
            # a window may begin outside what is stored and still touch it
            keys = (chrom[:, None] << _CHROM_SHIFT) + np.maximum(bins, 0)
            segment = np.searchsorted(self._keys, keys, side="right") - 1
            place, stored = self._within(segment, chrom[:, None], bins)
        return place, stored

    def covers(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Tell for each stretch of bins whether all of it, but what lies past the chromosome's ends, is stored."""
        sizes = np.array([-(-s // self.resolution) for s in self.chromsizes.values()], dtype=np.int64)
        first, last = np.maximum(start, 0), np.minimum(end, sizes[chrom])
        segment = np.searchsorted(self._keys, (chrom << _CHROM_SHIFT) + first, side="right") - 1
        found = np.maximum(segment, 0)
        return (segment >= 0) & (self.chrom[found] == chrom) & (self.end[found] >= last) & (last > first)

    def _within(self, segment: Ints, chrom: Ints, bins: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        found = np.maximum(segment, 0)
        first, last = self.start[found], self.end[found]
        stored = (segment >= 0) & (self.chrom[found] == chrom) & (bins >= first) & (bins < last)
        return np.where(stored, self.offset[found] + bins - first, 0), stored
