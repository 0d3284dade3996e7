"""Regions as a source: BED, narrowPeak, GFF, GTF and bedGraph rows, by presence, score or class."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

import bioframe
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.datasets.runs import Ints, Runs, groups
from jangdan.datasets.sources import Sizes, Source
from jangdan.errors import DataError, OptionError
from jangdan.formats.bed import read_bedgraph
from jangdan.formats.bedgraph import require_apart
from jangdan.formats.collapse import Collapser, collapse, collapse_stretches, require_collapser
from jangdan.formats.registry import read_regions
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals
from jangdan.genome.regions import rename_contigs, require_inside

ANCHORS = ("region", "center", "summit")
VALUES = ("binary", "score", "bedgraph")
CLASSES = {"categorical": "score", "score_category": "score", "name_category": "name"}
"""Mode -> the column that holds the class."""
MODES = (*VALUES, *CLASSES)
_TOGETHER = 1 << 16  # bp of short contigs that are read together


@dataclass(frozen=True)
class RegionSource(Source):
    """Regions by presence (mode "binary"), score (column 5) or value of a bedGraph (column 4).

    Where regions overlap, the larger score counts. `feature` selects rows of GFF and GTF. `category`,
    a column and a value of it, keeps the rows of one class. `anchor` says which bases of a region count:
    all ("region"), its middle one ("center"), or the summit of a narrowPeak ("summit"; the middle
    where there is none). `minoverlap`: a region counts for a bin only if it covers at least that
    fraction of the bin, as of ``bedtools intersect -f`` with the bins as -a. `clip` leaves out what lies outside
    the genome's sizes, where these are not the genome's own.
    """

    mode: str = "binary"
    collapse: Collapser = "max"
    feature: str | Collection[str] | None = None
    anchor: str = "region"
    minoverlap: float | None = None
    clip: bool = False
    category: tuple[str, Any] | None = None

    def __post_init__(self) -> None:
        require_collapser(self.collapse)
        if not isinstance(self.mode, str) or self.mode not in VALUES:
            raise OptionError(f"mode={self.mode!r}: expected one of {', '.join(MODES)}")
        if self.anchor not in ANCHORS:
            raise OptionError(f"anchor={self.anchor!r}: expected one of {', '.join(ANCHORS)}")
        if self.minoverlap is not None and not (isinstance(self.minoverlap, Real) and 0 <= self.minoverlap <= 1):
            raise OptionError(f"minoverlap={self.minoverlap!r}: expected a fraction from 0 to 1, or None")

    @property
    def collapser(self) -> Collapser:
        """As given; the maximum by default."""
        return self.collapse

    def sizes(self) -> None:
        """Region files do not say how long contigs are."""

    def runs(self, contigs: Contigs, resolution: int, roi: Intervals | None = None) -> Iterator[Runs]:
        """Yield whole contigs, short ones together."""
        rows = _Rows.of(self._table(contigs.sizes), contigs)
        number = np.arange(len(contigs)) if roi is None else np.unique(roi.contig)
        for group in groups(contigs.lengths[number], _TOGETHER):
            yield self._run(rows, number[group], contigs.lengths[number[group]], resolution)

    def _run(self, rows: "_Rows", number: Ints, size: Ints, resolution: int) -> Runs:
        """Return the values of some contigs, laid end to end."""
        offset, bins = np.cumsum(size) - size, -(-size // resolution)
        table = rows.on(number, size, offset)
        if resolution > 1 and (self.minoverlap or len(number) > 1):
            contig = np.repeat(np.arange(len(number)), bins)
            start = (np.arange(len(contig)) - np.repeat(np.cumsum(bins) - bins, bins)) * resolution
            end = np.minimum(start + resolution, size[contig]) + offset[contig]
            values = self._over_bins(table, start + offset[contig], end, int(size.sum()))
        else:
            values = collapse(self._painted(table, int(size.sum()))[:, None], resolution, self.collapse)
        return Runs(number, np.zeros_like(number), bins, values)

    def _over_bins(self, rows: pd.DataFrame, start: Ints, end: Ints, size: int) -> NDArray[Any]:
        if self.minoverlap:
            return self._over(rows, start, end)
        return collapse_stretches(self._painted(rows, size)[:, None], start, end, self.collapse)

    def values_over(self, roi: Intervals) -> Iterator[tuple[Ints, NDArray[Any]]]:
        """Yield (numbers of intervals, a value for each: (intervals, 1)); `minoverlap` is of an interval."""
        if not self.minoverlap:
            yield from super().values_over(roi)
            return
        contigs = roi.contigs
        rows = _Rows.of(self._table(contigs.sizes), contigs)
        # intervals may reach over the ends of their contigs, but not into other ones
        ahead = max(int(-roi.start.min(initial=0)), 0)
        beyond = max(int((roi.end - contigs.lengths[roi.contig]).max(initial=0)), 0)
        for group in groups(contigs.lengths, _TOGETHER):
            number = np.arange(len(contigs))[group]
            here = roi.on(number[0], number[-1])
            if len(here) == 0:
                continue
            room = contigs.lengths[number] + ahead + beyond
            offset = np.cumsum(room) - room + ahead
            shift = offset[roi.contig[here] - number[0]]
            table = rows.on(number, contigs.lengths[number], offset)
            yield here, self._over(table, roi.start[here] + shift, roi.end[here] + shift)

    def _table(self, chromsizes: Sizes) -> pd.DataFrame:
        table = read_table(self.path, self.mode, self.feature)
        if self.category is not None:
            column, value = self.category
            table = table[table[column] == value]
        table = rename_contigs(table, self.aliases)
        if not self.clip:
            require_inside(table, chromsizes, self.path)
        return _anchored(table, self.anchor)

    def _painted(self, rows: pd.DataFrame, size: int) -> NDArray[Any]:
        bounds = rows["start"].to_numpy(), rows["end"].to_numpy()
        if self.mode == "binary":
            return _presence(*bounds, size)
        return _scores(*bounds, rows["score"].to_numpy(), size)

    def _over(self, rows: pd.DataFrame, start: Ints, end: Ints) -> NDArray[Any]:
        """Paint each interval by itself, end to end, with the regions that cover enough of it."""
        intervals = pd.DataFrame({"chrom": "", "start": start, "end": end})
        pairs = bioframe.overlap(intervals, rows.assign(chrom=""), how="inner", return_index=True)
        interval = pairs["index"].to_numpy(dtype=np.int64)
        low = np.maximum(pairs["start"], pairs["start_"]).to_numpy(dtype=np.int64)
        high = np.minimum(pairs["end"], pairs["end_"]).to_numpy(dtype=np.int64)
        # the fraction, not its product with the length, whose rounding bedtools does not have
        enough = (high - low) / (end - start)[interval] >= (self.minoverlap or 0)
        interval, low, high = interval[enough], low[enough], high[enough]
        place = np.concatenate([[0], np.cumsum(end - start)])
        shift = place[interval] - start[interval]
        scores = pairs["score_"].to_numpy(dtype=np.float64)[enough]
        painted = self._painted(pd.DataFrame({"start": low + shift, "end": high + shift, "score": scores}), place[-1])
        return collapse_stretches(painted[:, None], place[:-1], place[1:], self.collapse)


def read_table(path: str, mode: str, feature: str | Collection[str] | None) -> pd.DataFrame:
    """Return the regions of a file; for mode "bedgraph" with the value of column 4 as score."""
    if mode != "bedgraph":
        return read_regions(path, feature=feature, scored=mode in ("score", "categorical", "score_category"))
    table = read_bedgraph(path)
    require_apart(path, table)
    return table


def classes_of(path: str, mode: str, feature: str | Collection[str] | None) -> list[Any]:
    """Return the classes of a file, sorted; for mode "categorical" all whole numbers from 0 to the largest score.

    Raises DataError where a score of mode "categorical" is no whole number of at least 0.
    """
    column = read_table(path, mode, feature)[CLASSES[mode]]
    if mode != "categorical":
        return sorted(column.unique().tolist())
    wrong = column[(column < 0) | (column % 1 != 0)]
    if len(wrong):
        raise DataError(f"{path}: mode 'categorical' needs scores 0, 1, 2, ..., found {wrong.iloc[0]:g}")
    return list(range(int(column.max()) + 1)) if len(column) else []


class _Rows(NamedTuple):
    """Regions sorted by contig number, each (regions,)."""

    contig: Ints
    start: Ints
    end: Ints
    score: NDArray[np.float64]

    @classmethod
    def of(cls, table: pd.DataFrame, contigs: Contigs) -> "_Rows":
        """Return the regions of a table that are on one of the contigs."""
        own, row = Contigs.of_column(table["chrom"])
        number = contigs.find(own.names)[row]
        order = np.argsort(number, kind="stable")
        order = order[number[order] >= 0]
        columns = (table[name].to_numpy()[order] for name in ("start", "end", "score"))
        return cls(number[order], *columns)

    def on(self, number: Ints, size: Ints, offset: Ints) -> pd.DataFrame:
        """Return the regions on contigs, sorted, of a size, that are laid out at offsets: start, end, score.

        They are cut at the ends of the contigs.
        """
        low, high = np.searchsorted(self.contig, [number[0], number[-1] + 1])
        place = np.searchsorted(number, self.contig[low:high])
        start, end = (np.minimum(bound[low:high], size[place]) for bound in (self.start, self.end))
        kept = (number[place] == self.contig[low:high]) & (end > start)
        shift, score = offset[place], self.score[low:high]
        return pd.DataFrame({"start": start + shift, "end": end + shift, "score": score})[kept]


def _anchored(table: pd.DataFrame, anchor: str) -> pd.DataFrame:
    """Return the table with each region shrunk to the base that stands for it."""
    if anchor == "region":
        return table
    base = (table["start"] + table["end"]) // 2
    if anchor == "summit" and "summit" in table:
        base = table["summit"].where(table["summit"] >= 0, base)
    return table.assign(start=base, end=base + 1)


def _presence(start: Ints, end: Ints, size: int) -> NDArray[np.uint8]:
    steps = np.bincount(start, minlength=size + 1) - np.bincount(end, minlength=size + 1)
    return (np.cumsum(steps[:size]) > 0).astype(np.uint8)


def _scores(start: Ints, end: Ints, score: NDArray[np.float64], size: int) -> NDArray[np.float32]:
    bases = np.zeros(size, dtype=np.float32)
    for i in np.argsort(score, kind="stable"):
        bases[start[i] : end[i]] = score[i]
    return bases
