"""A matrix as a heat map, in the order of its clustering, with the trees beside it."""

from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.patches import Patch
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage

from jangdan.janggu.row_colours import Colouring, coloured
from jangdan.plots.style import GREY, LARGE, SEQUENTIAL, SMALL, new_figure

MOST_NAMES = 60
"""Rows, or columns, up to which their names are written."""

LONGEST = 30
"""Letters of a name that are written."""

_TREE, _STRIP = 0.8, 0.16  # inches


@dataclass
class Matrix:
    """values: shape (row, column), float64. annot: name -> labels, each of shape (row,)."""

    values: NDArray[np.float64]
    columns: list[str]
    annot: dict[str, NDArray[Any]] = field(default_factory=dict)
    row_names: NDArray[Any] | None = None


def scaled(values: NDArray[np.float64], z_score: int | None) -> NDArray[np.float64]:
    """Standardize each row (0) or column (1) of values, or none; what is constant becomes 0."""
    if z_score is None:
        return values
    axis = 1 - z_score
    away = values - values.mean(axis=axis, keepdims=True)
    constant = np.ptp(values, axis=axis, keepdims=True) == 0
    spread = np.where(constant, 1.0, values.std(axis=axis, keepdims=True))
    return np.where(constant, 0.0, away / spread)


def draw_clustermap(matrix: Matrix, method: str, figsize: tuple[float, float] | None, title: str) -> Figure:
    """Return the figure of a matrix, rows and columns clustered by the Euclidean distance."""
    rows, row_order = _tree(matrix.values, method)
    columns, column_order = _tree(matrix.values.T, method)
    strips = {name: coloured(entries) for name, entries in matrix.annot.items()}
    figure = new_figure(*(figsize or _size(matrix, strips)))
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(w_pad=0.02, h_pad=0.02, wspace=0.0, hspace=0.0)  # type: ignore[call-arg]
    width, height = figure.get_size_inches()
    grid = GridSpec(
        2,
        2 + len(strips),
        figure,
        width_ratios=[_TREE, *(_STRIP for _ in strips), max(width - 2.5, 1.0)],
        height_ratios=[_TREE, max(height - 2.0, 1.0)],
    )
    _draw_tree(figure.add_subplot(grid[1, 0]), rows, row_order, sideways=True)
    _draw_tree(figure.add_subplot(grid[0, -1]), columns, column_order, sideways=False)
    for i, (name, colouring) in enumerate(strips.items()):
        _draw_strip(figure.add_subplot(grid[1, 1 + i]), name, colouring, row_order)
    _draw_heat(figure, figure.add_subplot(grid[1, -1]), matrix, row_order, column_order)
    _add_legends(figure, strips)
    if title:
        figure.suptitle(title, fontsize=LARGE, x=0.01, ha="left")
    return figure


def _tree(values: NDArray[np.float64], method: str) -> tuple[NDArray[np.float64] | None, NDArray[np.int64]]:
    """Return the linkage and the order of the leaves; no linkage of a single row."""
    if len(values) < 2:
        return None, np.zeros(1, dtype=np.int64)
    merges = linkage(values, method)
    return merges, leaves_list(merges).astype(np.int64)


def _draw_tree(ax: Axes, merges: NDArray[np.float64] | None, order: NDArray[np.int64], *, sideways: bool) -> None:
    """Draw merges as brackets; not by scipy's `dendrogram`, which recurses as deep as the tree."""
    ax.axis("off")
    count = len(order)
    if merges is None:
        return
    place, height = np.empty(2 * count - 1), np.zeros(2 * count - 1)
    place[order] = np.arange(count)
    brackets = np.empty((count - 1, 4, 2))
    for i, (left, right, top) in enumerate(merges[:, :3]):
        a, b = int(left), int(right)
        place[count + i], height[count + i] = (place[a] + place[b]) / 2, top
        brackets[i] = [(place[a], height[a]), (place[a], top), (place[b], top), (place[b], height[b])]
    highest = float(height.max()) * 1.03 or 1.0
    if sideways:
        ax.set(ylim=(count - 0.5, -0.5), xlim=(highest, 0))
    else:
        ax.set(xlim=(-0.5, count - 0.5), ylim=(0, highest))
    width = float(np.clip(120 / count, 0.15, 0.8))
    ax.add_collection(
        LineCollection(list(brackets[..., ::-1] if sideways else brackets), colors=GREY, linewidths=width)
    )


def _draw_strip(ax: Axes, name: str, colouring: Colouring, order: NDArray[np.int64]) -> None:
    ax.imshow(colouring.rgb[order][:, None], aspect="auto", interpolation="nearest")
    ax.set_xticks([0], [_short(name)], rotation=90, fontsize=SMALL)
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _draw_heat(figure: Figure, ax: Axes, matrix: Matrix, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> None:
    values = matrix.values[rows][:, columns]
    low, high = float(values.min()), float(values.max())
    cmap = SEQUENTIAL
    if low < 0 < high:
        cmap, high = "RdBu_r", float(np.percentile(np.abs(values), 99)) or high
        low = -high
    image = ax.imshow(values, aspect="auto", interpolation="nearest", cmap=cmap, vmin=low, vmax=high)
    few = len(columns) <= MOST_NAMES
    names = [_short(matrix.columns[i]) for i in columns] if few else []
    ax.set_xticks(range(len(names)), names, rotation=90, fontsize=SMALL)
    shown = matrix.row_names if matrix.row_names is not None and len(rows) <= MOST_NAMES else None
    ax.set_yticks(range(len(rows)) if shown is not None else [])
    if shown is not None:
        ax.set_yticklabels([_short(str(shown[i])) for i in rows], fontsize=SMALL)
    ax.yaxis.tick_right()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if not few:
        ax.set_xlabel(f"{len(columns)} columns", fontsize=SMALL)
    bar = figure.colorbar(image, ax=ax, location="right", shrink=0.5, aspect=18, pad=0.02, extend=_extend(values, high))
    bar.ax.tick_params(labelsize=SMALL)


def _extend(values: NDArray[np.float64], high: float) -> str:
    return "both" if np.abs(values).max() > high and values.min() < 0 else "neither"


def _add_legends(figure: Figure, strips: dict[str, Colouring]) -> None:
    """List the labels' colours to the right; of numbers, the scale's ends."""
    handles: list[Any] = []
    for name, colouring in strips.items():
        handles.append(Patch(alpha=0, label=f"{_short(name)}:"))
        if colouring.scale is not None:
            ends = ((colouring.scale.vmin, 0.0), (colouring.scale.vmax, 1.0))
            named = {f"{value:.4g}": mpl.colormaps[SEQUENTIAL](place)[:3] for value, place in ends}
        else:
            named = colouring.named
        handles += [Patch(color=rgb, label=_short(label)) for label, rgb in named.items()]
    if handles:
        figure.legend(handles=handles, loc="outside right upper", fontsize=SMALL, frameon=False, handlelength=1.0)


def _size(matrix: Matrix, strips: dict[str, Colouring]) -> tuple[float, float]:
    rows, columns = matrix.values.shape
    width = 3.0 + min(max(0.18 * columns, 2.0), 9.0) + _STRIP * len(strips) + (1.2 if strips else 0.0)
    named = matrix.row_names is not None and rows <= MOST_NAMES
    return width + (1.0 if named else 0.0), 2.5 + (min(max(0.15 * rows, 2.5), 9.0) if named else 4.0)


def _short(name: str) -> str:
    half = LONGEST // 2 - 1
    return name if len(name) <= LONGEST else f"{name[:half]}…{name[-half:]}"
