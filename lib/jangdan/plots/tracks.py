"""A stretch of the genome as a browser shows it: signals, regions, genes and letters above one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from jangdan.errors import DataError, OptionError
from jangdan.plots.genes import draw_genes, gene_height
from jangdan.plots.genome_axis import View, label_span
from jangdan.plots.logo import draw_area, plot_attribution
from jangdan.plots.step_outline import Bins, as_bins, outline, thin, within
from jangdan.plots.style import GREY, NORMAL, SEQUENTIAL, SMALL, colour, new_figure

UNIT = 0.8
"""Height in inches of a track of height 1."""

MOST_LETTERS = 200
"""Positions up to which letters can be read; of more, their sum is drawn."""

SIGNAL_KINDS = ("fill", "line", "heat")


class Track(Protocol):
    """What `plot_tracks` draws: it has a label, a height in units, and draws itself on an axis."""

    @property
    def label(self) -> str:
        """Text at the left of the track."""
        ...

    def units(self, view: View) -> float:
        """Return the height for that view, 1 being that of a plain signal."""
        ...

    def draw(self, ax: Axes, view: View) -> None:
        """Draw what overlaps the view."""
        ...


@dataclass(frozen=True, eq=False)
class SignalTrack:
    """Values in bins of one chromosome, as a filled area, a line or a heat map.

    `starts` and `ends` have the shape (bin,), 0-based, half-open; `values` (bin,) or (bin, row), where a
    row is a condition or a strand. NaN is a gap. `height` is in track units.
    """

    label: str
    starts: ArrayLike
    ends: ArrayLike
    values: ArrayLike
    colour: str | None = None
    kind: Literal["fill", "line", "heat"] = "fill"
    height: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in SIGNAL_KINDS:
            raise OptionError(f"track {self.label!r}: kind={self.kind!r}, expected one of {', '.join(SIGNAL_KINDS)}")
        as_bins(self.starts, self.ends, self.values)

    def units(self, view: View) -> float:
        """Return the height in units."""
        return self.height

    def draw(self, ax: Axes, view: View) -> None:
        """Draw the bins that overlap the view."""
        bins = thin(within(as_bins(self.starts, self.ends, self.values), view.start, view.end))
        if not np.isfinite(bins[2]).any():
            _no_data(ax)
        elif self.kind == "heat":
            _draw_heat(ax, bins)
        else:
            _draw_steps(ax, bins, self.kind, self.colour)


@dataclass(frozen=True, eq=False)
class RegionTrack:
    """Regions such as peaks or labels as boxes; `table` has the columns chrom, start, end."""

    label: str
    table: pd.DataFrame
    colour: str = colour(4)
    height: float = 0.4

    def __post_init__(self) -> None:
        _require_columns(self.label, self.table, ("chrom", "start", "end"))

    def units(self, view: View) -> float:
        """Return the height in units."""
        return self.height

    def draw(self, ax: Axes, view: View) -> None:
        """Draw the regions that overlap the view."""
        seen = _overlapping(self.table, view)
        boxes = list(zip(seen["start"], seen["end"] - seen["start"], strict=True))
        # the edge keeps a region visible that is narrower than a pixel
        ax.broken_barh(boxes, (0.2, 0.6), facecolor=self.colour, edgecolor=self.colour, linewidth=0.5)
        ax.set_ylim(0, 1)
        _bare(ax)


@dataclass(frozen=True, eq=False)
class GeneTrack:
    """Genes as boxes with arrows and names, in as many rows as keep names apart.

    `table` has the columns chrom, start, end, name, strand.
    """

    label: str
    table: pd.DataFrame

    def __post_init__(self) -> None:
        _require_columns(self.label, self.table, ("chrom", "start", "end", "name", "strand"))

    def units(self, view: View) -> float:
        """Return the height in units, by the number of rows."""
        return gene_height(_overlapping(self.table, view), view)

    def draw(self, ax: Axes, view: View) -> None:
        """Draw the genes that overlap the view."""
        draw_genes(ax, _overlapping(self.table, view), view)
        _bare(ax)


@dataclass(frozen=True, eq=False)
class LetterTrack:
    """Attribution of each letter, shape (length, 4), from the 0-based `start` on.

    Letters are drawn where up to 200 positions are shown, their sum otherwise.
    """

    label: str
    start: int
    attribution: ArrayLike
    height: float = 1.2

    def __post_init__(self) -> None:
        shape = np.shape(self.attribution)
        if len(shape) != 2 or shape[1] != 4:
            raise DataError(f"track {self.label!r}: attribution of shape {shape}, expected (length, 4)")

    def units(self, view: View) -> float:
        """Return the height in units."""
        return self.height

    def draw(self, ax: Axes, view: View) -> None:
        """Draw the positions that overlap the view."""
        first = max(view.start, self.start)
        scores = np.asarray(self.attribution, dtype=np.float64)[first - self.start : max(view.end - self.start, 0)]
        if len(scores) == 0:
            _no_data(ax)
        elif len(scores) <= MOST_LETTERS:
            plot_attribution(ax, scores, first)
            _sparse_y(ax)
        else:
            draw_area(ax, scores.sum(axis=1), first)
            _sparse_y(ax)


def plot_tracks(tracks: Sequence[Track], chrom: str, start: int, end: int, *, width: float = 10) -> Figure:
    """Draw tracks above one another over [start, end) of `chrom`, 0-based; `width` is in inches.

    All panels share the x axis, in bp, kb or Mb. What lies outside is not drawn; a track without anything
    inside is an empty panel. Raises OptionError without a track, IntervalError for an empty span.
    """
    if not tracks:
        raise OptionError("tracks: nothing to draw; give at least one track")
    view = View(chrom, start, end, width)
    units = [track.units(view) for track in tracks]
    figure = new_figure(width, UNIT * sum(units) + 0.7)
    grid = figure.add_gridspec(len(tracks), 1, height_ratios=units)
    for i, track in enumerate(tracks):
        ax = figure.add_subplot(grid[i])
        track.draw(ax, view)
        ax.set_xlim(start, end)
        _frame(ax, track.label, last=i == len(tracks) - 1)
    label_span(figure.axes[-1], view)
    figure.align_ylabels()
    return figure


def _draw_steps(ax: Axes, bins: Bins, kind: str, chosen: str | None) -> None:
    starts, ends, values = bins
    rows = values.shape[1]
    for row in range(rows):
        x, y = outline(starts, ends, values[:, row]).T
        shade = chosen if chosen and rows == 1 else colour(row)
        if kind == "line":
            ax.plot(x, y, color=shade, linewidth=1.2)
        else:
            ax.fill_between(x, 0, y, color=shade, linewidth=0, alpha=1.0 if rows == 1 else 0.6)
    if np.nanmin(values, initial=0.0) >= 0:
        ax.set_ylim(0, 1.05 * float(np.nanmax(values, initial=0.0)) or 1.0)
    _sparse_y(ax)


def _draw_heat(ax: Axes, bins: Bins) -> None:
    starts, ends, values = bins
    edges = np.unique(np.concatenate([starts, ends]))
    cells = np.full((values.shape[1], len(edges) - 1), np.nan)
    # where bins overlap, the later one is on top; a gap between bins stays NaN
    for value, first, last in zip(values, np.searchsorted(edges, starts), np.searchsorted(edges, ends), strict=True):
        cells[:, first:last] = value[:, None]
    ax.pcolormesh(edges, np.arange(len(cells) + 1), np.ma.masked_invalid(cells), cmap=SEQUENTIAL, rasterized=True)
    ax.invert_yaxis()
    low, high = np.nanmin(values), np.nanmax(values)
    ax.text(1.005, 1.0, f"{high:,.4g}", transform=ax.transAxes, fontsize=SMALL, ha="left", va="top")
    ax.text(1.005, 0.0, f"{low:,.4g}", transform=ax.transAxes, fontsize=SMALL, ha="left", va="bottom")
    _bare(ax)


def _sparse_y(ax: Axes) -> None:
    ax.yaxis.set_major_locator(MaxNLocator(3))


def _no_data(ax: Axes) -> None:
    ax.text(0.5, 0.5, "no data", transform=ax.transAxes, fontsize=SMALL, color=GREY, ha="center", va="center")
    _bare(ax)


def _bare(ax: Axes) -> None:
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def _frame(ax: Axes, label: str, *, last: bool) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines["bottom"].set_visible(last)
    ax.tick_params(labelsize=SMALL, bottom=last, labelbottom=last)
    ax.set_ylabel(label, fontsize=NORMAL, rotation=0, ha="right", va="center")


def _overlapping(table: pd.DataFrame, view: View) -> pd.DataFrame:
    return table[(table["chrom"] == view.chrom) & (table["start"] < view.end) & (table["end"] > view.start)]


def _require_columns(label: str, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [c for c in columns if c not in table]
    if missing:
        raise DataError(f"track {label!r}: the table has no column {', '.join(missing)}")
