"""One source per coverage file: frozen options that turn it into values along the genome, in one pass; the base."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.runs import Runs, Stretches
from jangdan.formats.collapse import Collapser, collapse_stretches, require_collapser
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals

Piece = tuple[str, int, NDArray[Any]]
"""Contig, start in bp, values of shape (bins, strands) from there on."""

Wanted = Mapping[str, NDArray[np.int64]] | None
"""Contig -> sorted stretches [start, end) in bp, shape (n, 2), apart from each other; None is everything."""

Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Source(ABC):
    """A file of coverage.

    aliases: contig name of the file -> the genome's. strands: 1, or 2 (forward, reverse). collapser:
    how base pairs become one value.
    """

    path: str
    aliases: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def strands(self) -> int:
        """1, or 2 (forward, reverse)."""
        return 1

    @property
    @abstractmethod
    def collapser(self) -> Collapser:
        """How base pairs become one value."""

    @property
    def additive(self) -> bool:
        """Whether several files of one condition can be added up."""
        return False

    @abstractmethod
    def sizes(self) -> dict[str, int] | None:
        """Return contig -> length in bp as the file says, None where it does not."""

    @abstractmethod
    def read(self, chromsizes: Sizes, resolution: int, wanted: Wanted) -> Iterator[Piece]:
        """Yield pieces under the file's contig names."""

    def pieces(self, chromsizes: Sizes, resolution: int, wanted: Wanted = None) -> Iterator[Piece]:
        """Yield pieces of the genome's contigs: whole ones, or those that cover what is `wanted`."""
        for contig, start, values in self.read(chromsizes, resolution, self._named_as_in_file(wanted)):
            chrom = self.aliases.get(contig, contig)
            if chrom in chromsizes:
                yield chrom, start, values
            del values  # a contig's memory is free before the next one's is taken

    def runs(self, contigs: Contigs, resolution: int, wanted: Wanted = None) -> Iterator[Runs]:
        """Yield the same as `pieces`, under the genome's contig numbers; many short contigs may come together."""
        for chrom, start, values in self.pieces(contigs.sizes, resolution, wanted):
            yield Runs.one(contigs.number(chrom), start, values)
            del values  # as in `pieces`

    def over(self, contigs: Contigs, stretches: Stretches) -> Iterator[tuple[NDArray[np.int64], NDArray[Any]]]:
        """Yield (numbers of some of the stretches, one value for each of these: (stretches, strands))."""
        size = contigs.lengths[stretches.contig]
        start, end = np.clip(stretches.start, 0, size), np.clip(stretches.end, 0, size)
        some = end > start
        wanted = Intervals.of(contigs, stretches.contig[some], start[some], end[some]).merge().by_name()
        for runs in self.runs(contigs, 1, wanted):
            here = stretches.of(int(runs.contig[0]), int(runs.contig[-1]))
            row = runs.rows_of(stretches.contig[here], start[here], end[here])
            here, row = here[(row >= 0) & some[here]], row[(row >= 0) & some[here]]
            yield here, self._collapsed(runs.values, row, row + end[here] - start[here])

    def _collapsed(self, values: NDArray[Any], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[Any]:
        return collapse_stretches(values, start, end, self.collapser)

    def options(self) -> dict[str, Any]:
        """Return what the values depend on, besides the content of the file."""
        return {"kind": type(self).__name__} | {f.name: getattr(self, f.name) for f in fields(self) if f.name != "path"}

    def _sizes_as_in_file(self, chromsizes: Sizes) -> dict[str, int]:
        return {**chromsizes, **{name: chromsizes[c] for name, c in self.aliases.items() if c in chromsizes}}

    def _named_as_in_file(self, wanted: Wanted) -> Wanted:
        if wanted is None or not self.aliases:
            return wanted
        aliased = {name: wanted[chrom] for name, chrom in self.aliases.items() if chrom in wanted}
        return dict(wanted) | aliased


class CountSource(Source):
    """Base of what counts reads or fragments."""

    @property
    def collapser(self) -> Collapser:
        """Counts are summed."""
        return "sum"

    @property
    def additive(self) -> bool:
        """Counts of several files can be added up."""
        return True


@dataclass(frozen=True)
class SignalSource(Source):
    """Base of numbers along the genome; gaps are zero, or NaN where `nan_to_num` is False."""

    collapse: Collapser = "mean"
    nan_to_num: bool = True

    def __post_init__(self) -> None:
        require_collapser(self.collapse)

    @property
    def collapser(self) -> Collapser:
        """As given; a mean by default."""
        return self.collapse

    def _collapsed(self, values: NDArray[Any], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[Any]:
        return collapse_stretches(values, start, end, self.collapse, skip_nan=not self.nan_to_num)


@dataclass(frozen=True)
class StrandSource(Source):
    """One strand of a pair of files, forward (0) or reverse (1): the values of `of`; the other strand is zero.

    Both files of a pair are added up to one condition.
    """

    of: Source
    strand: int

    @property
    def strands(self) -> int:
        """Always 2."""
        return 2

    @property
    def collapser(self) -> Collapser:
        """As of the file."""
        return self.of.collapser

    @property
    def additive(self) -> bool:
        """Files of a pair do not share a strand."""
        return True

    def sizes(self) -> dict[str, int] | None:
        """As of the file."""
        return self.of.sizes()

    def read(self, chromsizes: Sizes, resolution: int, wanted: Wanted) -> Iterator[Piece]:
        """Yield pieces under the file\'s contig names."""
        for contig, start, values in self.of.read(chromsizes, resolution, wanted):
            yield contig, start, self._on_strand(values)

    def _collapsed(self, values: NDArray[Any], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[Any]:
        one = self.of._collapsed(values[:, self.strand : self.strand + 1], start, end)
        return self._on_strand(one)

    def _on_strand(self, values: NDArray[Any]) -> NDArray[Any]:
        both = np.zeros((len(values), 2), dtype=values.dtype)
        both[:, self.strand] = values[:, 0]
        return both
