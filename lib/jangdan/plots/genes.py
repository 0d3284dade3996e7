"""Genes in rows: which row each takes so that names stay apart, and how a row is drawn."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from jangdan.plots.genome_axis import View
from jangdan.plots.style import SMALL, colour

MOST_ROWS = 8
"""Rows up to which names and strands are drawn; of more, the boxes alone, in thinner rows."""

ROW, THIN_ROW, MOST_UNITS = 0.45, 0.15, 4.0
"""Heights in track units: of a row with names, of one without, of all rows at most."""

_LETTER, _MARGIN = 0.066, 1.3  # in inches: a letter of a name, and what of the figure's width is not axis
_MARKERS = {"+": ">", "-": "<"}

Edges = tuple[NDArray[np.float64], NDArray[np.float64]]


def gene_height(genes: pd.DataFrame, view: View) -> float:
    """Return the height of a gene track in units, by its number of rows."""
    rows, named = _rows(genes, view)
    return min((int(rows.max(initial=0)) + 1) * (ROW if named else THIN_ROW), MOST_UNITS)


def draw_genes(ax: Axes, genes: pd.DataFrame, view: View) -> None:
    """Draw each gene as a box with its strand's arrow and its name above, in rows without overlap."""
    rows, named = _rows(genes, view)
    left, right = _visible(genes, view)
    ax.set_ylim(int(rows.max(initial=0)) + 1, 0)
    top, height = (0.6, 0.25) if named else (0.2, 0.6)
    for row in np.unique(rows):
        boxes = list(zip(left[rows == row], (right - left)[rows == row], strict=True))
        ax.broken_barh(boxes, (row + top, height), facecolor=colour(0), edgecolor=colour(0), linewidth=0.5)
    if named:
        _draw_arrows(ax, genes["strand"].to_numpy(), rows, (left, right))
        for x, row, name in zip(_text(genes, view)[0], rows, genes["name"], strict=True):
            ax.text(x, row + 0.5, str(name), fontsize=SMALL, ha="left", va="bottom", style="italic", clip_on=True)


def stack_rows(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give each stretch [left, right) the first row, from 0, where it overlaps no other."""
    rows = np.zeros(len(left), dtype=np.int64)
    taken: list[float] = []
    for i in np.argsort(left, kind="stable"):
        row = next((r for r, until in enumerate(taken) if until <= left[i]), len(taken))
        taken[row : row + 1] = [right[i]]
        rows[i] = row
    return rows


def _rows(genes: pd.DataFrame, view: View) -> tuple[NDArray[np.int64], bool]:
    """Return the row of each gene, and whether there are few enough to write names."""
    left, right = _visible(genes, view)
    text_left, text_right = _text(genes, view)
    margin = 0.008 * view.span
    rows = stack_rows(np.minimum(left, text_left), np.maximum(right, text_right) + margin)
    if rows.max(initial=0) < MOST_ROWS:
        return rows, True
    return stack_rows(left, right), False


def _visible(genes: pd.DataFrame, view: View) -> Edges:
    left = np.maximum(genes["start"].to_numpy(dtype=np.float64), view.start)
    return left, np.minimum(genes["end"].to_numpy(dtype=np.float64), view.end)


def _text(genes: pd.DataFrame, view: View) -> Edges:
    left, _ = _visible(genes, view)
    letter = _LETTER / max(view.width - _MARGIN, 1.0) * view.span
    width = genes["name"].astype(str).str.len().to_numpy(dtype=np.float64) * letter
    left = np.maximum(np.minimum(left, view.end - width), view.start)
    return left, left + width


def _draw_arrows(ax: Axes, strand: NDArray[np.object_], rows: NDArray[np.int64], edges: Edges) -> None:
    for sign, marker in _MARKERS.items():
        here = strand == sign
        tip = edges[1][here] if sign == "+" else edges[0][here]
        ax.plot(tip, rows[here] + 0.725, marker, color=colour(0), markersize=5)
