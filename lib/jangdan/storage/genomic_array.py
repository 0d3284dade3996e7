"""GenomicArray: numbers along the genome, addressed by interval, wherever they are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, IntervalError
from jangdan.genome.contigs import Contigs
from jangdan.genome.interval import Interval
from jangdan.genome.line import union
from jangdan.storage.any_array import EVERYTHING, AnyArray, Bins, Bounds, Padding, Record
from jangdan.storage.layout import Layout
from jangdan.storage.values import DenseValues, Ints, Values

_ROWS = 1 << 18  # handled at once, so that memory stays small


@dataclass
class GenomicArray(AnyArray):
    """Values by (bin, strand, condition), laid out along the genome.

    values: of shape (bins, strands, conditions), bins as in `layout`; an array is taken as dense values.
    conditions: names of the last axis. padding: the value of bins that are not stored, or past a
    chromosome's ends; one for all or one a condition. meta: what else the dataset file says of them (JSON types only).
    """

    layout: Layout
    values: Values = field(repr=False)
    conditions: tuple[str, ...]
    padding: Padding = 0
    meta: Mapping[str, Any] = field(default_factory=dict)
    contigs: Contigs = field(init=False, repr=False, compare=False)

    continuous = True

    def __post_init__(self) -> None:
        self.contigs = self.layout.contigs
        if isinstance(self.values, np.ndarray):
            self.values = DenseValues(self.values)
        if len(self.values) != len(self.layout) or self.values.shape[2] != len(self.conditions):
            raise DataError(
                f"data of shape {self.values.shape} do not fit {len(self.layout)} bins, "
                f"{len(self.conditions)} conditions"
            )

    @classmethod
    def empty(
        cls,
        layout: Layout,
        conditions: Sequence[str],
        *,
        strands: int = 1,
        dtype: Any = np.float32,
        padding: Padding = 0,
    ) -> "GenomicArray":
        """Return an array in memory that holds `padding` everywhere."""
        shape = (len(layout), strands, len(conditions))
        data = np.full(shape, padding, dtype=dtype) if np.any(padding) else np.zeros(shape, dtype=dtype)
        return cls(layout, DenseValues(data), tuple(conditions), padding)

    @property
    def resolution(self) -> int:
        """Length of a bin in bp."""
        return self.layout.resolution

    @property
    def whole(self) -> bool:
        """Whether all of each contig is stored."""
        return self.layout.whole

    def bins_in(self, length: int) -> int:
        """Return how many bins a window of `length` bp has."""
        return length // self.resolution

    def put(self, chrom: str, values: NDArray[Any], condition: int, start: int = 0, *, add: bool = False) -> None:
        """Store (or `add`) `values`, shape (bins, strands), of a contig from `start` (bp) on, as a condition.

        Bins outside the layout are dropped. Raises DataError where a value does not fit the dtype.
        """
        run = np.array([self.number(chrom)]), np.array([start]), np.array([len(values)])
        self.put_runs(*run, values, condition, add=add)

    def put_runs(
        self, chrom: Ints, start: Ints, length: Ints, values: NDArray[Any], condition: int, *, add: bool = False
    ) -> None:
        """Store (or `add`) the values of stretches that do not overlap, end to end in `values`, (bins, strands).

        chrom: contig numbers; start: in bp; length: in bins. Bins outside the layout are dropped.
        Raises DataError where a value does not fit the dtype.
        """
        require_fit(values, self.values.dtype, " ... ".join(dict.fromkeys(self._names(chrom))))
        begin = start // self.resolution
        run, low, high, place = self.layout.pieces(chrom, begin, begin + length)
        order = np.argsort(place, kind="stable")
        place, bins = place[order], (high - low)[order]
        source = ((np.cumsum(length) - length - begin)[run] + low)[order]
        for first, last in _apart(place, bins):
            rows = _rows(source[first:last], bins[first:last])
            self.values.put(int(place[first]), values[rows], condition, add=add)

    def _names(self, chrom: Ints) -> list[str]:
        """Return the names of the first and the last of some contigs, for messages."""
        return [self.contigs.names[number] for number in (chrom[0], chrom[-1])] if len(chrom) else []

    def gather(self, chrom: ArrayLike, start: ArrayLike, length: int | Ints, place: Ints | None = None) -> NDArray[Any]:
        """Return windows, shape (windows, length // resolution, strands, conditions).

        chrom: contig numbers of the layout; start: in bp, a multiple of the resolution, may be
        negative; length: in bp, the longest one for all. Bins that are not stored hold `padding`. place: what
        `places` returned for these windows, where it is known.
        """
        starts, chroms = np.asarray(start, dtype=np.int64), np.asarray(chrom, dtype=np.int64)
        if place is None:
            place = self.places(chroms, starts, length)
        whole, n_bins = place >= 0, self.bins_in(_longest(length))
        if whole.all():
            return self.values.windows(place, n_bins)
        shape = (len(place), n_bins, *self.values.shape[1:])
        windows = np.empty(shape, dtype=self.values.dtype)
        if whole.any():
            windows[whole] = self.values.windows(place[whole], shape[1])
        windows[~whole] = self._gather_bins(chroms[~whole], starts[~whole], shape[1])
        return windows

    def places(self, chrom: Ints, start: Ints, length: int | Ints) -> Ints:
        """Return where windows lie in the values, -1 for those of which not every bin is stored.

        Raises IntervalError where windows do not start and end at multiples of the resolution.
        """
        longest = _longest(length)
        self._require_aligned(start, longest)
        return self.layout.places(chrom, start // self.resolution, self.bins_in(longest))

    def stored(self, chrom: Ints, start: Ints, length: int | Ints) -> NDArray[np.bool_]:
        """Tell for each window whether all of it, but what lies past its contig's ends, is stored."""
        step = self.resolution
        return self.layout.covers(chrom, start // step, -(-(start + length) // step))

    def _gather_bins(self, chrom: Ints, start: Ints, n_bins: int) -> NDArray[Any]:
        """Gather bin by bin: for windows that reach over the edge of what is stored."""
        if len(self.values) == 0:
            nothing = np.empty((len(start), n_bins, *self.values.shape[1:]), dtype=self.values.dtype)
            nothing[...] = self.padding
            return nothing
        place, stored = self.layout.locate(chrom, start // self.resolution, n_bins)
        windows = self.values.take(place)
        windows[~stored] = self.padding
        return windows

    def __getitem__(self, interval: Interval | tuple[str, int, int]) -> NDArray[Any]:
        """Return the values of an Interval, or (chrom, start, end), shape (bins, strands, conditions)."""
        if isinstance(interval, tuple):
            interval = Interval(*interval)
        number = self.number(interval.chrom)
        return self.gather([number], [interval.start], len(interval))[0]

    def row_ranges(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.int64]:
        """Return the places of all stored bins that stretches (bp) touch, as sorted, disjoint ranges, (n, 2)."""
        first = self.layout.flat(chrom, start // self.resolution)
        last = self.layout.flat(chrom, -(-end // self.resolution))
        return np.stack(union(first, last), axis=1)

    def bounds(self, rows: slice | Ints = EVERYTHING) -> Bounds:
        """Return (contig number, start, end), in bp, of some bins; the last one of a contig may reach past its end."""
        layout = self.layout
        row = np.arange(len(layout))[rows] if isinstance(rows, slice) else rows
        segment = np.searchsorted(layout.offset, row, side="right") - 1
        start = np.asarray(row - layout.offset[segment] + layout.start[segment], dtype=np.int64) * self.resolution
        return np.asarray(layout.chrom[segment], dtype=np.int64), start, start + self.resolution

    def bins_on(self, number: int) -> Iterator[Bins]:
        """Yield what is stored of a contig, sorted, some bins at a time, cut at the contig's end."""
        segments = self.layout.segments(number)
        first, last = self.layout.offset[[segments.start, segments.stop]].tolist()
        for low in range(first, last, _ROWS):
            rows = np.arange(low, min(low + _ROWS, last))
            _, start, end = self.bounds(rows)
            yield start, np.minimum(end, self.contigs.lengths[number]), self.values.rows(low, low + len(rows))

    def overlapping(self, number: int, start: int, end: int) -> Bins:
        """Return the bins that overlap a stretch (bp) of a contig; float64, NaN where a bin is not stored."""
        step = self.resolution
        first, last = start // step, -(-end // step)
        values = self.gather([number], [first * step], (last - first) * step)[0].astype(np.float64)
        starts = np.arange(first, last) * step
        _, low, high, _ = self.layout.pieces(np.array([number]), np.array([first]), np.array([last]))
        stored = np.zeros(last - first, dtype=bool)
        for begin, behind in zip(low - first, high - first, strict=True):
            stored[begin:behind] = True
        values[~stored] = np.nan
        cut = np.minimum(starts + step, self.contigs.lengths[number])
        return starts, np.where(stored, cut, starts + step), values

    @property
    def stored_contigs(self) -> Ints:
        """The numbers of the contigs of which anything is stored, sorted."""
        return np.unique(self.layout.chrom)

    @property
    def sizes(self) -> dict[str, int]:
        """Contig -> length in bp."""
        return dict(self.contigs.sizes)

    def record(self) -> Record:
        """Return what a dataset file says of where the values lie."""
        layout = self.layout
        description = {"kind": "genome", "resolution": layout.resolution, "whole": layout.whole}
        return Record(description, "segments", {"chrom": layout.chrom, "start": layout.start, "end": layout.end})

    def _require_aligned(self, start: Ints, length: int) -> None:
        if self.resolution == 1:
            return
        if length % self.resolution or (start % self.resolution).any():
            raise IntervalError(
                f"windows of {length} bp do not start and end at multiples of the resolution, {self.resolution} bp; "
                f"trim the regions with: jangdan trim IN OUT -divby {self.resolution}"
            )


def require_fit(values: NDArray[Any], dtype: np.dtype[Any], where: str) -> None:
    """Raise DataError where integers of `values` are too large for an integer `dtype`."""
    if dtype.kind not in "ui" or values.size == 0 or np.can_cast(values.dtype, dtype):
        return
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    if values.max() > high or values.min() < low:
        raise DataError(
            f"{where}: values from {values.min()} to {values.max()} do not fit dtype {dtype}; choose a larger dtype"
        )


def _longest(length: int | Ints) -> int:
    return int(np.max(length, initial=0))


def _apart(place: Ints, bins: Ints) -> list[tuple[int, int]]:
    """Return bounds of the pieces, sorted by their place, that lie end to end and so are stored in one copy."""
    if len(place) == 0:
        return []
    cuts = np.flatnonzero(place[1:] != place[:-1] + bins[:-1]) + 1
    return list(pairwise([0, *cuts.tolist(), len(place)]))


def _rows(source: Ints, bins: Ints) -> slice | Ints:
    """Return the rows of pieces that begin at `source`: a slice where these lie end to end, too."""
    if (source[1:] == source[:-1] + bins[:-1]).all():
        return slice(int(source[0]), int(source[-1] + bins[-1]))
    return np.arange(bins.sum()) + np.repeat(source - (np.cumsum(bins) - bins), bins)
