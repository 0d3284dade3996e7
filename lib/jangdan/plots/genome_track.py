"""plotGenomeTrack: covers above one another over a stretch of the genome, as a genome browser shows them."""

import operator
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.registry import backend_registry
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from jangdan.datasets.cover import Cover
from jangdan.datasets.dataset import Dataset
from jangdan.errors import OptionError
from jangdan.plots.cover_panels import Panel, heat_panel, letter_panels, line_panels
from jangdan.plots.genome_axis import View, label_span
from jangdan.plots.style import DPI, NORMAL, SMALL

HEIGHT = 3


@dataclass(frozen=True, eq=False)
class Track:
    """A Cover to be drawn, as lines; `height` is that of each of its panels, relative to other tracks' panels."""

    data: Cover
    height: float

    def __post_init__(self) -> None:
        if not isinstance(self.data, Cover):
            raise OptionError(f"tracks: found {type(self.data).__name__}, expected a Cover, a Track or a list of these")
        if isinstance(self.height, bool) or not isinstance(self.height, (int, float)) or not 0 < self.height < 1e6:
            raise OptionError(f"height={self.height!r}: expected a positive number")

    def panels(self, view: View) -> list[Panel]:
        """Return what is drawn of the view, a panel an axis."""
        return LineTrack(self.data, self.height).panels(view)


@dataclass(frozen=True, eq=False)
class LineTrack(Track):
    """A line through the middles of bins, a panel for each condition and strand; a bin that stands alone is a bar.

    `linestyle`, `marker`, `color` and `linewidth` are matplotlib's. Markers are drawn up to 150 bins a panel; of
    more than 4000 bins, those of one column are drawn as their value farthest from zero.
    """

    height: float = HEIGHT
    linestyle: str = "-"
    marker: str = "o"
    color: str = "b"
    linewidth: float = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            Line2D([], [], **self._style)
        except (TypeError, ValueError) as error:
            raise OptionError(f"LineTrack: {error}; expected what matplotlib draws lines with") from None

    def panels(self, view: View) -> list[Panel]:
        """Return a panel for each condition and strand."""
        return line_panels(self.data, view, self._style)

    @property
    def _style(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("linestyle", "marker", "color", "linewidth")}


@dataclass(frozen=True, eq=False)
class HeatTrack(Track):
    """A heat map, one panel with a row for each condition and strand."""

    height: float = HEIGHT

    def panels(self, view: View) -> list[Panel]:
        """Return the one panel."""
        return [heat_panel(self.data, view)]


@dataclass(frozen=True, eq=False)
class SeqTrack(Track):
    """Letters as tall as their value, such as an attribution: a Cover at 1 bp with the conditions A, C, G, T.

    Of more than 200 bases the sum over letters is drawn as an area. A panel a strand.
    """

    height: float = HEIGHT

    def panels(self, view: View) -> list[Panel]:
        """Return a panel a strand. Raises OptionError for other conditions or another resolution."""
        return letter_panels(self.data, view)


PLOT_TYPES: dict[str, type[LineTrack | HeatTrack | SeqTrack]] = {
    "line": LineTrack,
    "heatmap": HeatTrack,
    "seqplot": SeqTrack,
}

Tracks = Cover | Track | Iterable[Cover | Track]


class BrowserFigure(Figure):
    """A figure that `show` shows below a notebook's cell, or in a window where the backend has windows.

    Nothing of it is known to pyplot, which would keep it in memory until it is closed.
    """

    def show(self, warn: bool = True) -> None:
        """Show the figure; with `warn`, a UserWarning says where the backend has no windows."""
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython is not None else None
        if ipython is not None and getattr(shell, "kernel", None) is not None:
            ipython.display.display(self)
            return
        if self.canvas.manager is None:
            backend_registry.load_backend_module(mpl.get_backend()).FigureCanvas.new_manager(self, 1)
        super().show(warn)

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png")
        return stream.getvalue()


def plotGenomeTrack(  # noqa: N802 (the documented name and arguments)
    tracks: Tracks,
    chrom: str,
    start: int,
    end: int,
    figsize: tuple[float, float] = (10, 5),
    plottypes: Sequence[str] | None = None,
) -> Figure:
    """Draw covers over [start, end) of `chrom`, 0-based, in bp, as in a genome browser.

    tracks: a Cover, a Track (LineTrack, HeatTrack, SeqTrack), or a list of both; covers are drawn as lines, or as
    `plottypes` says for each of them in turn: "line", "heatmap" or "seqplot". figsize: width and height in
    inches. What a cover does not hold, as past a chromosome's ends, is left blank.

    Raises OptionError for anything else, ContigError for an unknown chromosome, IntervalError for an empty span.
    """
    chosen = _as_tracks(tracks, plottypes)
    if not _is_size(figsize):
        raise OptionError(f"figsize={figsize!r}: expected width and height in inches")
    view = View(chrom, _integer("start", start), _integer("end", end), figsize[0])
    panels = [(track, panel) for track in chosen for panel in track.panels(view)]
    heights = [track.height for track, _ in panels]
    figure = BrowserFigure(figsize=figsize, dpi=DPI, facecolor="white")
    figure.set_layout_engine("constrained", h_pad=0.02, hspace=0)
    grid = figure.add_gridspec(len(panels), 1, height_ratios=heights)
    previous = None
    for i, (track, panel) in enumerate(panels):
        ax = figure.add_subplot(grid[i], sharex=figure.axes[0] if i else None)
        panel.draw(ax, figsize[1] * heights[i] / sum(heights))
        _frame(ax, panel.label, last=i == len(panels) - 1)
        if track is not previous:
            ax.set_title(track.data.name, fontsize=NORMAL, loc="left", pad=3, parse_math=False)
        previous = track
    label_span(figure.axes[-1], view)
    figure.align_ylabels()
    return figure


def _as_tracks(tracks: Tracks, plottypes: Sequence[str] | None) -> list[Track]:
    # a Cover can be iterated over, too: window by window
    given = [tracks] if isinstance(tracks, (Dataset, Track)) or not isinstance(tracks, Iterable) else list(tracks)
    if not given:
        raise OptionError("tracks: nothing to draw; give at least one Cover or Track")
    kinds = iter(_kinds(plottypes, sum(not isinstance(t, Track) for t in given)))
    return [t if isinstance(t, Track) else next(kinds)(t) for t in given]


def _kinds(plottypes: Sequence[str] | None, covers: int) -> list[type[LineTrack | HeatTrack | SeqTrack]]:
    if plottypes is None:
        return [LineTrack] * covers
    named = [plottypes] if isinstance(plottypes, str) else list(plottypes)
    unknown = [name for name in named if name not in PLOT_TYPES]
    if unknown:
        raise OptionError(f"plottypes: found {unknown[0]!r}, expected {', '.join(PLOT_TYPES)}")
    if len(named) != covers:
        raise OptionError(f"plottypes={named}: expected {covers}, one for each cover that is not in a Track")
    return [PLOT_TYPES[name] for name in named]


def _integer(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise OptionError(f"{name}={value!r}: expected a whole number of bp") from None


def _is_size(figsize: Any) -> bool:
    numbers = isinstance(figsize, Sequence) and all(isinstance(n, (int, float)) and 0 < n < 1000 for n in figsize)
    return numbers and len(figsize) == 2


def _frame(ax: Axes, label: str, *, last: bool) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines["bottom"].set_visible(last)
    ax.tick_params(labelsize=SMALL, bottom=last, labelbottom=last)
    ax.set_ylabel(label, fontsize=SMALL, rotation=0, ha="right", va="center", parse_math=False)
