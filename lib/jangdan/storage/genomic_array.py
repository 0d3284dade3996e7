"""GenomicArray: numbers along the genome, addressed by interval, wherever they are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, IntervalError
from jangdan.genome.interval import Interval
from jangdan.storage.layout import Ints, Layout

Padding = float | tuple[float, ...]


@dataclass
class GenomicArray:
    """Values by (bin, strand, condition), laid out along the genome.

    data: shape (bins, strands, conditions), an array or a memory map; bins as in `layout`.
    conditions: names of the last axis. padding: the value of bins that are not stored, or past a
    chromosome's ends; one for all or one a condition. meta: what else the dataset file says of them (JSON types only).
    """

    layout: Layout
    data: NDArray[Any] = field(repr=False)
    conditions: tuple[str, ...]
    padding: Padding = 0
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.data.shape[0] != len(self.layout) or self.data.shape[2] != len(self.conditions):
            raise DataError(
                f"data of shape {self.data.shape} do not fit {len(self.layout)} bins, {len(self.conditions)} conditions"
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
        data = np.full((len(layout), strands, len(conditions)), padding, dtype=dtype)
        return cls(layout, data, tuple(conditions), padding)

    @property
    def resolution(self) -> int:
        """Length of a bin in bp."""
        return self.layout.resolution

    @property
    def strands(self) -> int:
        """1, or 2 (forward, reverse)."""
        return self.data.shape[1]

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        return self.layout.number(chrom)

    def put(self, chrom: str, values: NDArray[Any], condition: int) -> None:
        """Store one chromosome's `values`, shape (bins of the chromosome, strands), as a condition.

        Bins outside the layout are dropped. Raises DataError where a value does not fit the dtype.
        """
        require_fit(values, self.data.dtype, chrom)
        for i in self.layout.segments_of(chrom):
            first, last = int(self.layout.start[i]), int(self.layout.end[i])
            where = int(self.layout.offset[i])
            piece = values[first:last]
            self.data[where : where + len(piece), :, condition] = piece

    def fill(self, chromosomes: Iterable[tuple[str, NDArray[Any]]], condition: int, aliases: Mapping[str, str]) -> None:
        """Store what a reader yields, (contig, values), leaving out contigs that the genome lacks."""
        for contig, values in chromosomes:
            chrom = aliases.get(contig, contig)
            if chrom in self.layout.numbers:
                self.put(chrom, values, condition)

    def gather(self, chrom: ArrayLike, start: ArrayLike, length: int) -> NDArray[Any]:
        """Return windows, shape (windows, length // resolution, strands, conditions).

        chrom: contig numbers of the layout; start: in bp, a multiple of the resolution, may be
        negative; length: in bp, one for all. Bins that are not stored hold `padding`.
        """
        starts = np.asarray(start, dtype=np.int64)
        self._require_aligned(starts, length)
        place, stored = self.layout.locate(
            np.asarray(chrom, dtype=np.int64), starts // self.resolution, length // self.resolution
        )
        windows = self.data[place]
        if not stored.all():
            windows[~stored] = self.padding
        return windows

    def __getitem__(self, interval: Interval) -> NDArray[Any]:
        """Return one interval's values, shape (bins, strands, conditions)."""
        number = self.layout.number(interval.chrom)
        return self.gather([number], [interval.start], len(interval))[0]

    def rows(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.int64]:
        """Return the sorted places in `data` of all bins that the stretches (in bp) touch, each once."""
        marks = np.zeros(len(self.layout) + 1, dtype=np.int32)
        first, last = start // self.resolution, -(-end // self.resolution)
        for i in range(len(self.layout.start)):
            inside = chrom == self.layout.chrom[i]
            low, high = int(self.layout.start[i]), int(self.layout.end[i])
            a, b = np.clip(first[inside], low, high), np.clip(last[inside], low, high)
            offset = int(self.layout.offset[i]) - low
            np.add.at(marks, a + offset, 1)
            np.add.at(marks, b + offset, -1)
        return np.flatnonzero(np.cumsum(marks[:-1]) > 0)

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
    if dtype.kind not in "ui" or values.size == 0:
        return
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    if values.max() > high or values.min() < low:
        raise DataError(
            f"{where}: values from {values.min()} to {values.max()} do not fit dtype {dtype}; choose a larger dtype"
        )
