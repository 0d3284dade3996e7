"""Rows as dots in two dimensions, coloured by what is known of them."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from numpy.typing import NDArray

from jangdan.janggu.row_colours import coloured
from jangdan.plots.style import LARGE, SEQUENTIAL, SMALL, colour, new_figure, tidy

ACROSS = 3
"""Panels side by side."""

_SIDE, _LEGEND = 3.3, 1.0  # inches

_LONGEST = 18


def draw_embedding(
    places: NDArray[np.float64],
    annot: dict[str, NDArray[Any]],
    axes: str,
    figsize: tuple[float, float] | None,
    title: str,
) -> Figure:
    """Return a figure of places, shape (row, 2), with a panel an annotation; `axes` is what the axes are called."""
    panels = max(len(annot), 1)
    across = min(panels, ACROSS)
    down = -(-panels // across)
    each = _SIDE + (_LEGEND if annot else 0.0)
    figure = new_figure(*(figsize or (each * across, _SIDE * down + 0.3)))
    size = float(np.clip(4000 / len(places), 3, 30))
    for i, (name, entries) in enumerate(annot.items() or [("", np.zeros(0))]):
        ax = figure.add_subplot(down, across, i + 1)
        if len(entries):
            _draw_groups(figure, ax, places, entries, size)
        else:
            ax.scatter(places[:, 0], places[:, 1], s=size, color=colour(0), alpha=0.6, linewidths=0)
        tidy(ax, xlabel=f"{axes} 1", ylabel=f"{axes} 2", title=name)
        ax.set_box_aspect(1)
    if title:
        figure.suptitle(title, fontsize=LARGE, x=0.01, ha="left")
    return figure


def _draw_groups(figure: Figure, ax: Axes, places: NDArray[np.float64], entries: NDArray[Any], size: float) -> None:
    colouring = coloured(entries)
    # in an order drawn by chance, so that no group covers the others only by its place in the list
    order = np.random.default_rng(0).permutation(len(places))
    x, y = places[order].T
    ax.scatter(x, y, s=size, c=colouring.rgb[order], alpha=0.7, linewidths=0)
    if colouring.scale is not None:
        bar = figure.colorbar(ScalarMappable(colouring.scale, mpl.colormaps[SEQUENTIAL]), ax=ax, shrink=0.7, aspect=18)
        bar.ax.tick_params(labelsize=SMALL)
        return
    for label, rgb in colouring.named.items():
        ax.scatter([], [], s=20, color=[rgb], label=label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…")
    ax.legend(fontsize=SMALL, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.1)
