"""One source per coverage file: frozen options that turn it into values along the genome, in one pass; the base."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.runs import Ints, Runs
from jangdan.formats.collapse import Collapser, collapse_stretches, require_collapser
from jangdan.formats.roi import Roi
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals

Piece = tuple[str, int, NDArray[Any]]
"""Contig, start in bp, values of shape (bins, strands) from there on."""

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
    def runs(self, contigs: Contigs, resolution: int, roi: Intervals | None = None) -> Iterator[Runs]:
        """Yield the values of contigs, under their numbers: of whole ones, or of pieces that cover the `roi`.

        roi: over `contigs`, merged. Contigs that have none of it are left out. Many short contigs may come together.
        """

    def values_over(self, roi: Intervals) -> Iterator[tuple[Ints, NDArray[Any]]]:
        """Yield (numbers of some of the intervals, one value for each of these: (intervals, strands))."""
        size = roi.contigs.lengths[roi.contig]
        start, end = np.clip(roi.start, 0, size), np.clip(roi.end, 0, size)
        for runs in self.runs(roi.contigs, 1, roi.clip().merge()):
            here = roi.on(runs.contig[0], runs.contig[-1])
            row = runs.rows_of(roi.contig[here], start[here], end[here])
            found = (row >= 0) & (end[here] > start[here])
            here, row = here[found], row[found]
            yield here, self._collapsed(runs.values, row, row + end[here] - start[here])

    def _collapsed(self, values: NDArray[Any], start: Ints, end: Ints) -> NDArray[Any]:
        return collapse_stretches(values, start, end, self.collapser)

    def options(self) -> dict[str, Any]:
        """Return what the values depend on, besides the content of the file."""
        return {"kind": type(self).__name__} | {f.name: getattr(self, f.name) for f in fields(self) if f.name != "path"}


class ContigSource(Source):
    """Base of what is read contig by contig, under the names of the file."""

    @abstractmethod
    def read(self, chromsizes: Sizes, resolution: int, roi: Roi | None) -> Iterator[Piece]:
        """Yield pieces under the file's contig names: whole contigs, or what covers the `roi`; None: everything."""

    def runs(self, contigs: Contigs, resolution: int, roi: Intervals | None = None) -> Iterator[Runs]:
        """Yield each piece of a contig of the genome, under its number."""
        own = None if roi is None else self._named_as_in_file(roi)
        for name, start, values in self.read(contigs.sizes, resolution, own):
            contig = self.aliases.get(name, name)
            if contig in contigs:
                number = contigs.number(contig)
                if roi is None or roi.first[number] < roi.first[number + 1]:
                    yield Runs.one(number, start, values)
            del values  # a contig's memory is free before the next one's is taken

    def _sizes_as_in_file(self, chromsizes: Sizes) -> dict[str, int]:
        return {**chromsizes, **{name: chromsizes[c] for name, c in self.aliases.items() if c in chromsizes}}

    def _named_as_in_file(self, roi: Intervals) -> Roi:
        bounds = roi.by_name()
        if not self.aliases:
            return bounds
        return dict(bounds) | {name: bounds[contig] for name, contig in self.aliases.items() if contig in bounds}


class CountSource(ContigSource):
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
class SignalSource(ContigSource):
    """Base of numbers along the genome; gaps are zero, or NaN where `nan_to_num` is False."""

    collapse: Collapser = "mean"
    nan_to_num: bool = True

    def __post_init__(self) -> None:
        require_collapser(self.collapse)

    @property
    def collapser(self) -> Collapser:
        """As given; a mean by default."""
        return self.collapse

    def _collapsed(self, values: NDArray[Any], start: Ints, end: Ints) -> NDArray[Any]:
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

    def runs(self, contigs: Contigs, resolution: int, roi: Intervals | None = None) -> Iterator[Runs]:
        """As of the file, whose values stand on their strand."""
        for runs in self.of.runs(contigs, resolution, roi):
            yield runs._replace(values=self._on_strand(runs.values))
            del runs  # a contig's memory is free before the next one's is taken

    def values_over(self, roi: Intervals) -> Iterator[tuple[Ints, NDArray[Any]]]:
        """As of the file, whose values stand on their strand."""
        for here, values in self.of.values_over(roi):
            yield here, self._on_strand(values)

    def _on_strand(self, values: NDArray[Any]) -> NDArray[Any]:
        both = np.zeros((len(values), 2), dtype=values.dtype)
        both[:, self.strand] = values[:, 0]
        return both
