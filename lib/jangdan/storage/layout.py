"""Which stretch of which chromosome stands where in a flat array."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import OptionError
from jangdan.genome.contigs import Contigs, require_table
from jangdan.genome.intervals import Intervals
from jangdan.genome.line import Line

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Layout:
    """Segments of contigs laid end to end; positions are bins of `resolution` bp.

    contigs: with their lengths, in the genome's order.
    chrom, start, end: of shape (segments,): contig number and bounds in bins, sorted, not overlapping.
    whole: the segments are whole contigs, one each.
    """

    contigs: Contigs
    resolution: int
    chrom: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    whole: bool = True

    def __post_init__(self) -> None:
        if self.resolution < 1:
            raise OptionError(f"resolution={self.resolution}: expected a positive number of base pairs")
        require_table(self.contigs, self.chrom, "layout")

    @classmethod
    def of_genome(cls, genome: Contigs | Mapping[str, int], resolution: int = 1) -> "Layout":
        """Lay out whole contigs; the last bin of each may reach past its end."""
        contigs = Contigs.of_sizes(genome)
        n_bins = -(-contigs.lengths // resolution)
        return cls(contigs, resolution, np.arange(len(n_bins)), np.zeros_like(n_bins), n_bins)

    @classmethod
    def of_intervals(cls, roi: Intervals, resolution: int = 1) -> "Layout":
        """Lay out only the bins that the `roi` touches, which is cut at the ends of contigs."""
        bins = roi.clip().align(resolution).merge()
        start, end = bins.start // resolution, bins.end // resolution
        return cls(roi.contigs, resolution, bins.contig, start, end, whole=False)

    @property
    def roi(self) -> Intervals | None:
        """What is laid out, in bp, whole bins; None for whole contigs."""
        if self.whole:
            return None
        start, end = self.start * self.resolution, self.end * self.resolution
        return Intervals(self.contigs, self.chrom, start, end, np.zeros(len(start), dtype=np.int8))

    @cached_property
    def offset(self) -> Ints:
        """Place of each segment's first bin in the flat array, and the array's length; (segments + 1,)."""
        return np.concatenate([[0], np.cumsum(self.end - self.start)])

    @cached_property
    def n_bins(self) -> Ints:
        """The number of bins of each contig, stored or not; (contigs,)."""
        return -(-self.contigs.lengths // self.resolution)

    @cached_property
    def _first(self) -> Ints:
        """The number of each contig's first segment, and at last that of segments; (contigs + 1,)."""
        return np.searchsorted(self.chrom, np.arange(len(self.contigs) + 1))

    @cached_property
    def _line(self) -> Line:
        return Line.of_lengths(self.n_bins)

    @cached_property
    def _keys(self) -> Ints:
        return self._line.at(self.chrom, self.start)

    @cached_property
    def _ends(self) -> Ints:
        return self._line.at(self.chrom, self.end)

    def _segment(self, chrom: Ints, bins: Ints) -> Ints:
        """Return the last segment that begins at or before each (contig number, bin), of any contig; -1 for none."""
        if self.whole:
            return chrom
        return np.searchsorted(self._keys, self._line.at(chrom, bins), side="right") - 1

    def __len__(self) -> int:
        return int(self.offset[-1])

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        return self.contigs.number(chrom, "this dataset")

    def flat(self, chrom: Ints, bins: Ints) -> Ints:
        """Return how many stored bins lie before each (contig number, bin).

        The stored bins of a stretch [a, b) are those from ``flat(chrom, a)`` to ``flat(chrom, b)``.
        """
        if len(self.chrom) == 0:
            return np.zeros(len(bins), dtype=np.int64)
        segment = self._segment(chrom, bins)
        found = np.maximum(segment, 0)
        inside = np.clip(bins - self.start[found], 0, self.end[found] - self.start[found])
        within = np.where(self.chrom[found] == chrom, self.offset[found] + inside, self.offset[found + 1])
        return np.where(segment < 0, 0, within)

    def segments(self, number: int) -> slice:
        """Return which segments are of a contig."""
        return slice(int(self._first[number]), int(self._first[number + 1]))

    def pieces(self, chrom: Ints, first: Ints, behind: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return what is stored of stretches of bins [first, behind): the number of the stretch, from, to (bins), and
        the place of each piece."""
        low, high = self._touched(chrom, first, behind)
        count = np.maximum(high - low, 0)
        stretch = np.repeat(np.arange(len(chrom)), count)
        segment = np.arange(len(stretch)) + np.repeat(low - (np.cumsum(count) - count), count)
        start = np.maximum(self.start[segment], first[stretch])
        end = np.minimum(self.end[segment], behind[stretch])
        place = self.offset[:-1][segment] + start - self.start[segment]
        kept = end > start
        return stretch[kept], start[kept], end[kept], place[kept]

    def _touched(self, chrom: Ints, first: Ints, behind: Ints) -> tuple[Ints, Ints]:
        """Return the first segment that each stretch of bins touches, and the first one behind it."""
        if self.whole:
            return chrom, chrom + 1
        low = np.searchsorted(self._ends, self._line.at(chrom, first), side="right")
        return low, np.searchsorted(self._keys, self._line.at(chrom, behind), side="left")

    def places(self, chrom: Ints, start: Ints, n_bins: int) -> Ints:
        """Return the place of windows of `n_bins` bins that begin at bin `start`, -1 where not all of it is stored."""
        if len(self.chrom) == 0:
            return np.full(len(start), -1, dtype=np.int64)
        segment = self._segment(chrom, start)
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
        segment = self._segment(chrom, start)
        place, stored = self._within(segment[:, None], chrom[:, None], bins)
        if not self.whole and not stored.all():
            # a window may begin outside what is stored and still touch it
            segment = self._segment(np.broadcast_to(chrom[:, None], bins.shape), bins)
            place, stored = self._within(segment, chrom[:, None], bins)
        return place, stored

    def covers(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Tell for each stretch of bins whether all of it, but what lies past the chromosome's ends, is stored."""
        first, last = np.maximum(start, 0), np.minimum(end, self.n_bins[chrom])
        segment = self._segment(chrom, first)
        found = np.maximum(segment, 0)
        return (segment >= 0) & (self.chrom[found] == chrom) & (self.end[found] >= last) & (last > first)

    def _within(self, segment: Ints, chrom: Ints, bins: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        found = np.maximum(segment, 0)
        first, last = self.start[found], self.end[found]
        stored = (segment >= 0) & (self.chrom[found] == chrom) & (bins >= first) & (bins < last)
        return np.where(stored, self.offset[found] + bins - first, 0), stored
