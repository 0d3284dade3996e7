"""Intervals: an immutable, sorted set of intervals on contigs, and what can be made of it. 0-based, half-open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import IntervalError, OptionError
from jangdan.genome.contigs import UNKNOWN_LENGTH, Contigs, require_table
from jangdan.genome.interval import STRANDS
from jangdan.genome.line import Line, union

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals sorted by contig, start, end; they may overlap. Each method returns a new set.

    contigs: the table that numbers refer to. contig, start, end: int64, shape (intervals,), in bp.
    strand: int8, a place in ``('.', '+', '-')``. `Intervals.of` sorts and checks.
    """

    contigs: Contigs
    contig: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    strand: NDArray[np.int8] = field(repr=False)

    def __post_init__(self) -> None:
        require_table(self.contigs, self.contig, "intervals")
        for name in ("contig", "start", "end", "strand"):
            column = getattr(self, name).view()
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    @classmethod
    def of(
        cls, contigs: Contigs, contig: ArrayLike, start: ArrayLike, end: ArrayLike, *, strand: ArrayLike = 0
    ) -> "Intervals":
        """Return intervals in any order as a set; raises IntervalError where one ends before it starts, or is empty."""
        numbers, low, high = (np.asarray(column, dtype=np.int64) for column in (contig, start, end))
        require_table(contigs, numbers, "intervals")
        if (high <= low).any():
            i = int(np.argmax(high <= low))
            name = contigs.names[numbers[i]]
            raise IntervalError(f"interval {name}:{low[i]}-{high[i]}: its end is not after its start")
        order = np.lexsort((high, low, numbers))
        strands = np.broadcast_to(np.asarray(strand, dtype=np.int8), low.shape)
        return cls(contigs, numbers[order], low[order], high[order], strands[order])

    @classmethod
    def of_table(cls, table: pd.DataFrame, contigs: Contigs | None = None, where: str = "the genome") -> "Intervals":
        """Return the rows of a region table.

        contigs: None takes the table's own, in the order in which they come. Raises ContigError where a row's
        contig is not among them, IntervalError as `of`.
        """
        own, row = Contigs.of_column(table["chrom"])
        number = row if contigs is None else contigs.numbers(own, where)[row]
        return cls.of(own if contigs is None else contigs, number, table["start"], table["end"], strand=_strands(table))

    def __len__(self) -> int:
        return len(self.start)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Intervals) or self.contigs != other.contigs:
            return False
        return all(np.array_equal(one, two) for one, two in zip(self._columns, other._columns, strict=True))

    def __hash__(self) -> int:
        return hash((self.contigs, *(column.tobytes() for column in self._columns)))

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.contig, self.start, self.end, self.strand

    @cached_property
    def first(self) -> Ints:
        """The number of each contig's first interval, and at last how many intervals there are; (contigs + 1,)."""
        return np.searchsorted(self.contig, np.arange(len(self.contigs) + 1))

    def on(self, lowest: int, highest: int) -> Ints:
        """Return the numbers of the intervals on contigs `lowest` to `highest`."""
        return np.arange(self.first[lowest], self.first[highest + 1])

    @property
    def bounds(self) -> NDArray[np.int64]:
        """Start and end, shape (intervals, 2)."""
        return np.stack([self.start, self.end], axis=1).astype(np.int64, copy=False)

    def by_name(self) -> "BoundsByName":
        """Return contig name -> its bounds, shape (n, 2), for readers of files; only contigs that have any."""
        return BoundsByName(self)

    def merge(self) -> "Intervals":
        """Join intervals that overlap or touch; strands are dropped."""
        start, end, contig = self._union
        return Intervals(self.contigs, contig, start, end, np.zeros(len(start), dtype=np.int8))

    def clip(self) -> "Intervals":
        """Cut intervals at the ends of their contigs; of a contig of unknown length, at its start. Empty ones go."""
        length = self.contigs.lengths[self.contig]
        end = np.where(length == UNKNOWN_LENGTH, self.end, np.minimum(self.end, length))
        return self._with(np.maximum(self.start, 0), end)

    def extend(self, bp: int) -> "Intervals":
        """Lengthen each interval by `bp` at both ends; `clip` cuts what then lies past a contig's ends."""
        if bp < 0:
            raise OptionError(f"extend: {bp} is negative; give 0 or a number of base pairs")
        return self._with(self.start - bp, self.end + bp)

    def align(self, bp: int, *, inward: bool = False) -> "Intervals":
        """Move bounds outward to multiples of `bp`, or inward; those that are then empty go."""
        if bp < 1:
            raise OptionError(f"align: {bp} is not a positive number of base pairs")
        down, up = (self.end, self.start) if inward else (self.start, self.end)
        down, up = down // bp * bp, -(-up // bp) * bp
        return self._with(up, down) if inward else self._with(down, up)

    def subtract(self, other: "Intervals") -> "Intervals":
        """Cut out all bases of `other`, a set over the same contigs; an interval may fall into pieces, or vanish."""
        row, start, end = other.cut_from(self.contig, self.start, self.end)
        return Intervals.of(self.contigs, self.contig[row], start, end, strand=self.strand[row])

    def cut_from(self, contig: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
        """Return what these intervals leave of stretches: (number of the stretch, start, end), in order."""
        first, behind = self._touched(contig, start, end)
        count = behind - first + 1  # pieces, were none of them empty
        row = np.repeat(np.arange(len(start)), count)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        low, high, _ = self._union
        left, right = start[row], end[row]
        inner = nth > 0
        left[inner] = high[(first[row] + nth - 1)[inner]]
        inner = nth < count[row] - 1
        right[inner] = low[(first[row] + nth)[inner]]
        kept = right > left
        return row[kept], left[kept], right[kept]

    def overlaps(self, contig: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Tell for each stretch whether it shares a base with an interval; numbers of contigs may be -1 (none)."""
        first, behind = self._touched(contig, start, end)
        return np.asarray(behind > first)

    def contains(self, contig: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Tell for each stretch, which is not empty, whether all its bases lie in intervals."""
        first, behind = self._touched(contig, start, end)
        low, high, _ = self._union
        found = np.minimum(first, max(len(low) - 1, 0))
        if len(low) == 0:
            return np.zeros(len(start), dtype=bool)
        return np.asarray((behind > first) & (low[found] <= start) & (high[found] >= end))

    def holding(self, contig: Ints, position: Ints) -> Ints:
        """Return the number of the merged interval that holds each base, -1 where none does."""
        first, behind = self._touched(contig, position, position + 1)
        return np.where(behind > first, first, -1)

    def bases(self, contig: Ints, start: Ints, end: Ints) -> Ints:
        """Return how many bases of each stretch lie in intervals; each base counts once."""
        low, high, _ = self._union
        total = np.concatenate([[0], np.cumsum(high - low)])
        first, behind = self._touched(contig, start, end)
        covered = total[behind] - total[first]
        some = np.flatnonzero(behind > first)
        covered[some] -= np.maximum(start[some] - low[first[some]], 0)
        covered[some] -= np.maximum(high[behind[some] - 1] - end[some], 0)
        return covered

    @cached_property
    def _line(self) -> Line:
        return Line.around(len(self.contigs), self.contig, self.start, self.end)

    @cached_property
    def _union(self) -> tuple[Ints, Ints, Ints]:
        """Start, end and contig of the merged intervals."""
        line = self._line
        low, high = union(line.at(self.contig, self.start), line.at(self.contig, self.end))
        contig = np.searchsorted(line.base, low, side="right") - 1
        return line.position(contig, low), line.position(contig, high), contig

    @cached_property
    def _places(self) -> tuple[Ints, Ints]:
        start, end, contig = self._union
        return self._line.at(contig, start), self._line.at(contig, end)

    def _touched(self, contig: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return the first merged interval that each stretch touches, and the first one behind it.

        Both are 0 for a stretch on a contig of number -1: it touches none, also where the table has no contigs.
        """
        low, high = self._places
        first, behind = np.zeros(len(start), dtype=np.int64), np.zeros(len(start), dtype=np.int64)
        known = np.flatnonzero(contig >= 0)
        self.contigs.require(contig[known], "stretches")
        own = contig[known]
        first[known] = np.searchsorted(high, self._line.at(own, start[known]), side="right")
        behind[known] = np.searchsorted(low, self._line.at(own, end[known]), side="left")
        return first, np.maximum(behind, first)

    def _with(self, start: Ints, end: Ints) -> "Intervals":
        kept = end > start
        return Intervals.of(self.contigs, self.contig[kept], start[kept], end[kept], strand=self.strand[kept])


class BoundsByName(Mapping[str, NDArray[np.int64]]):
    """Contig name -> bounds of its intervals, sorted, shape (n, 2); nothing is copied before it is asked for."""

    def __init__(self, intervals: Intervals) -> None:
        self._intervals = intervals
        self._bounds = intervals.bounds

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        number = int(self._intervals.contigs.find([name])[0])
        low, high = self._intervals.first[[number, number + 1]].tolist() if number >= 0 else (0, 0)
        if low == high:
            raise KeyError(name)
        return self._bounds[low:high]

    def __iter__(self) -> Iterator[str]:
        names = self._intervals.contigs.names
        return (names[number] for number in np.unique(self._intervals.contig).tolist())

    def __len__(self) -> int:
        return len(np.unique(self._intervals.contig))


def last_ends(contigs: Contigs, contig: NDArray[np.integer[Any]], end: Ints) -> dict[str, int]:
    """Return contig name -> where the last of some intervals, in any order, ends; only contigs that have any."""
    last = np.zeros(len(contigs), dtype=np.int64)
    np.maximum.at(last, contig, end)
    return {contigs.names[number]: int(last[number]) for number in np.unique(contig)}


def _strands(table: pd.DataFrame) -> NDArray[np.int8]:
    if "strand" not in table:
        return np.zeros(len(table), dtype=np.int8)
    places = {strand: place for place, strand in enumerate(STRANDS)}
    return np.asarray(table["strand"].map(places).fillna(0), dtype=np.int8)
