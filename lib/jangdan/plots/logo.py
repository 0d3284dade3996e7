"""Attributions drawn as letters: positive upwards, negative downwards, at their place in the genome."""

from collections.abc import Mapping

import logomaker
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError
from jangdan.plots.genome_axis import View, label_letters, label_span
from jangdan.plots.step_outline import as_bins, outline, thin
from jangdan.plots.style import FAINT, GREY, LETTER_COLOURS, OTHER_LETTER, colour, new_figure, tidy

FONT = "DejaVu Sans"
"""The font that comes with matplotlib: letters look alike on every machine."""


def plot_attribution(
    ax: Axes, attribution: ArrayLike, start: int, *, letters: str = "ACGT", chrom: str | None = None
) -> None:
    """Draw the attribution of each letter, shape (length, letter), on an axis; 0-based `start`.

    The glyph of position p covers [p, p + 1). Positive scores are stacked upwards from zero and negative
    ones downwards, upside down, the largest outermost; zeros are not drawn. With `chrom` the x axis is labelled
    chrom:position. Raises DataError for another shape or values that are not finite.
    """
    scores = _checked(attribution, letters)
    for position, letter, floor, ceiling in _glyphs(scores):
        logomaker.Glyph(
            start + int(position) + 0.5,
            letters[letter],
            floor=float(floor),
            ceiling=float(ceiling),
            ax=ax,
            flip=bool(ceiling <= 0),
            font_name=FONT,
            color=LETTER_COLOURS.get(letters[letter], OTHER_LETTER),
        )
    ax.axhline(0, color=GREY, linewidth=0.6, zorder=0)
    ax.set_xlim(start, start + len(scores))
    ax.set_ylim(*_vertical(scores))
    if chrom is not None:
        label_letters(ax, chrom, start, start + len(scores))


def plot_attribution_figure(
    attribution: ArrayLike,
    chrom: str,
    start: int,
    *,
    zoom: int = 60,
    signals: Mapping[str, ArrayLike] | None = None,
    title: str = "",
) -> Figure:
    """Draw the attribution of a whole window, and its strongest `zoom` bp as letters below.

    `attribution` has the shape (length, 4), letters ACGT, and begins at the 0-based `start`. The upper panel is
    the sum of each position, with the zoomed range shaded. `signals` (label -> values, shape (length,))
    get a panel each in between. Raises DataError for shapes that do not agree, OptionError for zoom < 1.
    """
    scores = _checked(attribution, "ACGT")
    lanes = {label: _one_value_a_base(label, values, len(scores)) for label, values in (signals or {}).items()}
    shown = strongest(scores, zoom)
    figure = new_figure(10, 3.6 + 0.9 * len(lanes))
    grid = figure.add_gridspec(2 + len(lanes), 1, height_ratios=[1.0, *[0.6] * len(lanes), 1.5])
    top = figure.add_subplot(grid[0])
    draw_area(top, scores.sum(axis=1), start)
    for i, (label, values) in enumerate(lanes.items()):
        ax = figure.add_subplot(grid[i + 1], sharex=top)
        draw_area(ax, values, start, above=colour(i + 2), below=colour(i + 2))
        tidy(ax, ylabel=label)
    for ax in figure.axes:
        ax.axvspan(start + shown.start, start + shown.stop, color=FAINT, zorder=0)
        ax.tick_params(labelbottom=ax is figure.axes[-1])
    label_span(figure.axes[-1], View(chrom, start, start + len(scores)))
    tidy(top, ylabel="Attribution", title=title, xlabel=top.get_xlabel())
    bottom = figure.add_subplot(grid[-1])
    plot_attribution(bottom, scores[shown], start + shown.start, chrom=chrom)
    tidy(bottom, ylabel="Attribution")
    figure.align_ylabels()
    return figure


def strongest(attribution: NDArray[np.float64], width: int) -> slice:
    """Return the `width` positions of (length, letter) with the largest sum of absolute attribution."""
    if width < 1:
        raise OptionError(f"zoom={width}: expected a positive number of base pairs")
    width = min(width, len(attribution))
    mass = np.concatenate([[0.0], np.cumsum(np.abs(attribution).sum(axis=1))])
    first = int(np.argmax(mass[width:] - mass[:-width]))
    return slice(first, first + width)


def draw_area(
    ax: Axes, values: NDArray[np.float64], start: int, *, above: str = colour(0), below: str = colour(1)
) -> None:
    """Fill the area between zero and one value a base, shape (length,), in one colour above and one below."""
    place = start + np.arange(len(values))
    starts, ends, thinned = thin(as_bins(place, place + 1, values))
    x, y = outline(starts, ends, thinned[:, 0]).T
    ax.fill_between(x, 0, np.maximum(y, 0), color=above, linewidth=0)
    ax.fill_between(x, 0, np.minimum(y, 0), color=below, linewidth=0)
    ax.axhline(0, color=GREY, linewidth=0.6)


def _checked(attribution: ArrayLike, letters: str) -> NDArray[np.float64]:
    scores = np.asarray(attribution, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] != len(letters) or len(scores) == 0:
        raise DataError(f"attribution of shape {scores.shape}: expected (length, {len(letters)}), letters {letters}")
    bad = int(np.sum(~np.isfinite(scores)))
    if bad:
        raise DataError(f"attribution holds {bad} of {scores.size} values that are NaN or infinite")
    return scores


def _one_value_a_base(label: str, values: ArrayLike, length: int) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (length,):
        raise DataError(f"signal {label!r} of shape {array.shape}: expected one value a base, ({length},)")
    return array


def _glyphs(scores: NDArray[np.float64]) -> list[tuple[int, int, float, float]]:
    """Return (position, letter, floor, ceiling) of each score that is not zero."""
    order = np.argsort(np.abs(scores), axis=1, kind="stable")
    height = np.take_along_axis(scores, order, axis=1)
    up, down = np.cumsum(np.maximum(height, 0), axis=1), np.cumsum(np.minimum(height, 0), axis=1)
    floor = np.where(height > 0, up - height, down)
    ceiling = np.where(height > 0, up, down - height)
    rows, places = np.nonzero(height)
    return list(zip(rows, order[rows, places], floor[rows, places], ceiling[rows, places], strict=True))


def _vertical(scores: NDArray[np.float64]) -> tuple[float, float]:
    high = float(np.maximum(scores, 0).sum(axis=1).max())
    low = float(np.minimum(scores, 0).sum(axis=1).min())
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin
