"""One reader a coverage format: frozen options that turn a file into values by chromosome."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import OptionError
from jangdan.formats.bam import ReadCounting, bam_coverage
from jangdan.formats.bigwig import read_bigwig
from jangdan.formats.registry import read_regions
from jangdan.genome.regions import rename_contigs, require_inside

Chromosomes = Iterator[tuple[str, NDArray[Any]]]

ANCHORS = ("region", "center", "summit")
REDUCTIONS: dict[str, np.ufunc] = {"sum": np.add, "mean": np.add, "max": np.maximum, "min": np.minimum}


class CoverageReader(Protocol):
    """Reads a file in one linear pass.

    `strands` is 1 or 2; `collapser` says how base pairs become one value where the resolution is more
    than 1 bp.
    """

    @property
    def strands(self) -> int:
        """1, or 2 (forward, reverse)."""

    @property
    def collapser(self) -> str:
        """One of REDUCTIONS."""

    def chromosomes(self, path: str, chromsizes: Mapping[str, int], resolution: int) -> Chromosomes:
        """Yield (contig, values of shape (bins, strands)); contigs have the genome's names."""


@dataclass(frozen=True)
class BamReader:
    """Read counts; options as of `formats.bam.ReadCounting`. Reads of a bin are summed."""

    counting: ReadCounting = field(default_factory=ReadCounting)
    aliases: Mapping[str, str] = field(default_factory=dict)
    collapser: str = "sum"

    @property
    def strands(self) -> int:
        """2 where counts are kept by strand, else 1."""
        return 2 if self.counting.stranded else 1

    def chromosomes(self, path: str, chromsizes: Mapping[str, int], resolution: int) -> Chromosomes:
        """Yield counts, uint32, by contig."""
        return _renamed(bam_coverage(path, self.counting, resolution=resolution), self.aliases, chromsizes)


@dataclass(frozen=True)
class BigwigReader:
    """Signal; gaps are zero, or NaN where `nan_to_num` is False."""

    collapser: str = "mean"
    nan_to_num: bool = True
    aliases: Mapping[str, str] = field(default_factory=dict)
    strands: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        require_collapser(self.collapser)

    def chromosomes(self, path: str, chromsizes: Mapping[str, int], resolution: int) -> Chromosomes:
        """Yield the signal, float32, by contig."""
        found = read_bigwig(path, resolution=resolution, collapser=self.collapser, nan_to_num=self.nan_to_num)
        return _renamed(found, self.aliases, chromsizes)


@dataclass(frozen=True)
class BedReader:
    """Regions of BED, narrowPeak, GFF or GTF: presence (mode "binary") or their score (mode "score").

    Where regions overlap, the larger score counts. `feature` selects rows of GFF and GTF. `anchor`
    says which bases of a region count: all ("region"), its middle one ("center"), or the summit of a
    narrowPeak ("summit"; the middle where there is none). `clip` leaves out what lies outside
    `chromsizes`, for chromosome sizes that are not the genome's own.
    """

    mode: str = "binary"
    collapser: str = "max"
    feature: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    anchor: str = "region"
    clip: bool = False
    strands: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        require_collapser(self.collapser)
        if self.mode not in ("binary", "score"):
            raise OptionError(f"mode={self.mode!r}: expected 'binary' or 'score'")
        if self.anchor not in ANCHORS:
            raise OptionError(f"anchor={self.anchor!r}: expected one of {', '.join(ANCHORS)}")

    def chromosomes(self, path: str, chromsizes: Mapping[str, int], resolution: int) -> Chromosomes:
        """Yield 0/1 (uint8) or scores (float32) by contig."""
        table = rename_contigs(read_regions(path, feature=self.feature), self.aliases)
        if not self.clip:
            require_inside(table, chromsizes, str(path))
        table = _anchored(table, self.anchor)
        for chrom, size in chromsizes.items():
            rows = table[table["chrom"] == chrom]
            bounds = np.minimum(rows["start"].to_numpy(), size), np.minimum(rows["end"].to_numpy(), size)
            if self.mode == "binary":
                bases: NDArray[Any] = _presence(*bounds, size)
            else:
                bases = _scores(*bounds, rows["score"].to_numpy(), size)
            yield chrom, collapse_bins(bases[:, None], resolution, self.collapser)


READERS = {"bam": BamReader, "bigwig": BigwigReader, "bed": BedReader, "narrowpeak": BedReader, "gff": BedReader}


def require_collapser(name: str) -> None:
    """Raise OptionError where `name` is no known reduction."""
    if name not in REDUCTIONS:
        raise OptionError(f"collapser={name!r}: expected one of {', '.join(REDUCTIONS)}")


def collapse_bins(values: NDArray[Any], resolution: int, collapser: str) -> NDArray[Any]:
    """Reduce (bp, strands) to (ceil(bp / resolution), strands); a mean is over the bases that exist."""
    if resolution == 1:
        return values
    starts = np.arange(0, len(values), resolution)
    return collapse_stretches(values, starts, np.minimum(starts + resolution, len(values)), collapser)


def collapse_stretches(
    values: NDArray[Any], start: NDArray[np.int64], end: NDArray[np.int64], collapser: str
) -> NDArray[Any]:
    """Reduce (bp, strands) to one value a stretch [start, end) in bp, shape (stretches, strands).

    Stretches may overlap; what lies outside the chromosome does not count, and a stretch that lies
    outside altogether is 0.
    """
    low, high = np.clip(start, 0, len(values)), np.clip(end, 0, len(values))
    if len(low) == 0 or len(values) == 0:
        return np.zeros((len(low), values.shape[1]), dtype=values.dtype)
    work = values.astype(np.float64) if collapser == "mean" or values.dtype == np.uint8 else values
    # reduceat takes [low, high, low, high, ...]; one more row lets `high` be the length
    padded = np.concatenate([work, work[-1:]])
    bounds = np.stack([low, high], axis=1).ravel()
    reduced = REDUCTIONS[collapser].reduceat(padded, bounds, axis=0)[::2]
    reduced[low >= high] = 0
    if collapser == "mean":
        reduced /= np.maximum(high - low, 1)[:, None]
    return reduced


def _anchored(table: pd.DataFrame, anchor: str) -> pd.DataFrame:
    """Return the table with each region shrunk to the base that stands for it."""
    if anchor == "region":
        return table
    base = (table["start"] + table["end"]) // 2
    if anchor == "summit" and "summit" in table:
        base = table["summit"].where(table["summit"] >= 0, base)
    return table.assign(start=base, end=base + 1)


def _renamed(chromosomes: Chromosomes, aliases: Mapping[str, str], chromsizes: Mapping[str, int]) -> Chromosomes:
    for contig, values in chromosomes:
        chrom = aliases.get(contig, contig)
        if chrom in chromsizes:
            yield chrom, values


def _presence(start: NDArray[np.int64], end: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    steps = np.bincount(start, minlength=size + 1) - np.bincount(end, minlength=size + 1)
    return (np.cumsum(steps[:size]) > 0).astype(np.uint8)


def _scores(
    start: NDArray[np.int64], end: NDArray[np.int64], score: NDArray[np.float64], size: int
) -> NDArray[np.float32]:
    bases = np.zeros(size, dtype=np.float32)
    for i in np.argsort(score, kind="stable"):
        bases[start[i] : end[i]] = score[i]
    return bases
