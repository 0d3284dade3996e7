"""A stretch of a Cover in panels: what is read of it, and how it is drawn as lines, as a heat map or as letters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from jangdan.datasets.cover import Cover
from jangdan.errors import OptionError
from jangdan.plots.genome_axis import View
from jangdan.plots.logo import draw_area, plot_attribution
from jangdan.plots.step_outline import Bins, as_bins, thin, within
from jangdan.plots.style import GREY, SMALL
from jangdan.plots.tracks import MOST_LETTERS, SignalTrack

MOST_MARKERS = 150
"""Bins up to which each has its marker; of more, markers would hide the line."""

LONGEST_LABEL = 28
"""Letters of a label; longer ones lose their middle."""

_ROW, _LEAST = 0.13, 0.35  # inches that a row's label needs, and a panel with ticks
_ALPHABETS = ({*"ACGT"}, {*"ACGU"})


@dataclass(frozen=True)
class Panel:
    """One axis: `draw` is called with it and its height in inches."""

    label: str
    draw: Callable[[Axes, float], None]


def line_panels(cover: Cover, view: View, style: Mapping[str, Any]) -> list[Panel]:
    """Return a panel for each condition and strand; `style` is that of `Axes.plot`."""
    return [Panel(label, partial(_draw_line, bins=bins, style=style)) for label, bins in _rows(cover, view)]


def heat_panel(cover: Cover, view: View) -> Panel:
    """Return a panel with a row for each condition and strand."""
    rows = _rows(cover, view)
    (starts, ends, _), labels = rows[0][1], [label for label, _ in rows]
    values = np.concatenate([bins[2] for _, bins in rows], axis=1)
    track = SignalTrack(cover.name, starts, ends, values, kind="heat")
    return Panel("", partial(_draw_heat, track=track, labels=labels, view=view))


def letter_panels(cover: Cover, view: View) -> list[Panel]:
    """Return a panel a strand. Raises OptionError where the conditions are no letters, or bins no single bases."""
    letters = [c.upper() for c in cover.conditions]
    if set(letters) not in _ALPHABETS or len(letters) != 4:
        raise OptionError(
            f"tracks: {cover.name!r} has the conditions {', '.join(cover.conditions)}; letters are drawn of A, C, G, T"
        )
    if cover.garray.resolution != 1:
        raise OptionError(
            f"tracks: {cover.name!r} has a resolution of {cover.garray.resolution} bp; letters are drawn of 1 bp"
        )
    starts, _, values = read_bins(cover, view)
    names = [""] if values.shape[1] == 1 else ["+", "−"]
    order = np.argsort(letters)
    return [
        Panel(name, partial(_draw_letters, starts=starts, scores=values[:, s, order], letters="".join(sorted(letters))))
        for s, name in enumerate(names)
    ]


def read_bins(cover: Cover, view: View) -> Bins:
    """Return starts, ends in bp of shape (bins,), and values of shape (bins, strands, conditions), float64.

    The bins are those that overlap the view, cut only at the chromosome's end; what the cover does not hold,
    such as what lies past that end, is NaN. Raises ContigError for an unknown contig.
    """
    garray = cover.garray
    return garray.overlapping(garray.number(view.chrom), view.start, view.end)


def _rows(cover: Cover, view: View) -> list[tuple[str, Bins]]:
    """Return the label and bins of each condition and strand, cut at the view, values of shape (bins, 1)."""
    starts, ends, values = read_bins(cover, view)
    bins = within(as_bins(starts, ends, values.reshape(len(values), -1)), view.start, view.end)
    conditions, strands = len(cover.conditions), values.shape[1]
    rows = []
    for condition in range(conditions):
        for strand in range(strands):
            sign = "" if strands == 1 else " +" if strand == 0 else " −"
            column = strand * conditions + condition
            row = (bins[0], bins[1], bins[2][:, column : column + 1])
            rows.append((_short(cover.conditions[condition]) + sign, row))
    return rows


def _draw_line(ax: Axes, inches: float, *, bins: Bins, style: Mapping[str, Any]) -> None:
    starts, ends, values = thin(bins)
    if not np.isfinite(values).any():
        _no_data(ax)
        return
    gaps = np.flatnonzero(starts[1:] > ends[:-1]) + 1
    x = np.insert((starts + ends) / 2, gaps, ends[gaps - 1])
    y = np.insert(values[:, 0], gaps, np.nan)
    markers = {} if len(x) <= MOST_MARKERS else {"marker": ""}
    ax.plot(x, y, **{"markersize": 3.5, **style, **markers})
    alone = _alone(starts, ends, np.isfinite(values[:, 0]))
    if alone.any():
        # round ends keep a bar visible that is narrower than a pixel
        bars = {"color": style["color"], "linewidth": style["linewidth"], "capstyle": "round"}
        ax.hlines(values[alone, 0], starts[alone], ends[alone], **bars)
    low, high = min(np.nanmin(y), 0.0), max(np.nanmax(y), 0.0)
    margin = 0.06 * (high - low)
    ax.set_ylim(low - (margin or 0.06), high + (margin or 1.0))
    _few_ticks(ax, inches)


def _alone(starts: NDArray[np.int64], ends: NDArray[np.int64], finite: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which bins touch no other that is finite: a line through middles would not show them."""
    joined = finite[1:] & finite[:-1] & (starts[1:] <= ends[:-1])
    return finite & ~np.append(joined, False) & ~np.insert(joined, 0, False)


def _draw_heat(ax: Axes, inches: float, *, track: SignalTrack, labels: Sequence[str], view: View) -> None:
    track.draw(ax, view)
    if np.isfinite(np.asarray(track.values)).any() and len(labels) * _ROW <= inches:
        ax.set_yticks(np.arange(len(labels)) + 0.5, labels, parse_math=False)
        ax.tick_params(axis="y", length=0)


def _draw_letters(
    ax: Axes, inches: float, *, starts: NDArray[np.int64], scores: NDArray[np.float64], letters: str
) -> None:
    held = np.flatnonzero(np.isfinite(scores).any(axis=1))
    if len(held) == 0:
        _no_data(ax)
        return
    shown = np.nan_to_num(scores[held[0] : held[-1] + 1], posinf=0, neginf=0)
    first = int(starts[held[0]])
    if len(shown) <= MOST_LETTERS:
        plot_attribution(ax, shown, first, letters=letters)
    else:
        draw_area(ax, shown.sum(axis=1), first)
    _few_ticks(ax, inches)


def _few_ticks(ax: Axes, inches: float) -> None:
    """Mark as many values as a panel has room for, none where it has none."""
    if inches < _LEAST:
        ax.set_yticks([])
    else:
        ax.yaxis.set_major_locator(MaxNLocator(3))


def _no_data(ax: Axes) -> None:
    ax.text(0.5, 0.5, "no data", transform=ax.transAxes, fontsize=SMALL, color=GREY, ha="center", va="center")
    ax.set_yticks([])


def _short(label: str) -> str:
    half = (LONGEST_LABEL - 1) // 2
    return label if len(label) <= LONGEST_LABEL else f"{label[:half]}…{label[-half:]}"
