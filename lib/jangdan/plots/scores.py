"""Figures of how good a model is: ROC, precision-recall, predicted against observed, training history."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError
from jangdan.plots.style import FAINT, GREY, LARGE, SEQUENTIAL, SMALL, colour, new_figure, tidy

MOST_NAMED = 10
"""Curves that get a colour and a legend entry each; more are drawn alike and summed up in one entry."""

MOST_DOTS = 2000
"""Points drawn as dots; more are counted in hexagons."""

LONGEST_INSIDE = 32
"""Letters of a legend entry up to which the legend fits into the panel."""

PANEL = 3.4
"""Side of a square panel in inches."""


def plot_roc(
    curves: Mapping[str, pd.DataFrame], *, scores: Mapping[str, float] | None = None, title: str = ""
) -> Figure:
    """Draw ROC curves with their auROC in the legend, and the diagonal of a random guess.

    `curves` maps a name (a condition or a model) to a table with columns fpr and tpr; an empty table is
    listed as not defined. `scores` are the auROC to print, taken from the curve where it is None.
    """
    figure, ax = _unit_square()
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.8, zorder=1)
    if scores is None:
        scores = {name: _area(curve["fpr"], curve["tpr"]) for name, curve in curves.items()}
    _draw_curves(ax, curves, ("fpr", "tpr"), scores)
    _legend(figure, "auROC", "lower right")
    tidy(ax, xlabel="False positive rate", ylabel="True positive rate", title=title)
    return figure


def plot_prc(
    curves: Mapping[str, pd.DataFrame], *, scores: Mapping[str, float] | None = None, title: str = ""
) -> Figure:
    """Draw precision-recall curves with their auPRC in the legend, and the prevalence as dashed baseline.

    `curves` maps a name to a table with columns recall and precision that begins at recall 1, so that its
    first precision is the prevalence; otherwise as `plot_roc`.
    """
    figure, ax = _unit_square()
    for level in _baselines(curves):
        ax.axhline(level, color=GREY, linestyle="--", linewidth=0.8, zorder=1)
    if scores is None:
        scores = {name: _average_precision(curve) for name, curve in curves.items()}
    _draw_curves(ax, curves, ("recall", "precision"), scores)
    _legend(figure, "auPRC", "best")
    tidy(ax, xlabel="Recall", ylabel="Precision", title=title)
    return figure


def plot_scatter(
    observed: ArrayLike,
    predicted: ArrayLike,
    *,
    title: str = "",
    unit: str = "",
    most: int = MOST_DOTS,
    points: str = "Regions",
) -> Figure:
    """Draw predicted against observed values, shape (region,), with the identity, the regression line and Pearson's r.

    Pairs that are not finite are left out. More than `most` points are drawn as counts in hexagons, of what `points`
    says.
    """
    true, pred = _finite_pairs(observed, predicted)
    figure = new_figure(PANEL + (1.0 if len(true) > most else 0.1), PANEL + 0.3)
    ax = figure.add_subplot()
    low, high = _limits(true, pred)
    if len(true) > most:
        bins = ax.hexbin(true, pred, gridsize=50, extent=(low, high, low, high), bins="log", mincnt=1, cmap=SEQUENTIAL)
        bar = figure.colorbar(bins, ax=ax, shrink=0.8)
        bar.set_label(points, fontsize=SMALL)
        bar.ax.tick_params(labelsize=SMALL)
    else:
        ax.scatter(true, pred, s=10, color=colour(0), alpha=0.5, linewidths=0)
    ax.plot([low, high], [low, high], color=GREY, linestyle="--", linewidth=0.8)
    if len(true) > 1 and np.ptp(true) > 0:
        slope, intercept = np.polyfit(true, pred, 1)
        ax.plot([low, high], [intercept + slope * low, intercept + slope * high], color=colour(1), linewidth=1.2)
    ax.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    _corner(ax, f"r = {_fixed(_pearson(true, pred))}\nn = {len(true):,}")
    suffix = f" ({unit})" if unit else ""
    tidy(ax, xlabel=f"Observed{suffix}", ylabel=f"Predicted{suffix}", title=title)
    return figure


def plot_history(history: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the loss and each metric by epoch, training and validation in one panel each.

    `history` has a row an epoch, a column a quantity (`loss`, `auroc` ...) and `val_` before its name for
    the validation; the epochs are its column `epoch` or its index. A dotted line marks the epoch
    with the lowest validation loss. Raises DataError where there is nothing to draw.
    """
    epochs = history["epoch"] if "epoch" in history else history.index.to_series()
    columns = [str(c) for c in history.columns if c != "epoch"]
    # a column stands first under its training name, so that `val_x` joins the panel of `x`
    panels = list(dict.fromkeys(c.removeprefix("val_") for c in columns))
    if not panels or history.empty:
        raise DataError(f"the training history has {len(history)} epochs of {len(panels)} quantities: nothing to draw")
    across = min(len(panels), 3)
    down = -(-len(panels) // across)
    figure = new_figure(3.2 * across + 0.3, 2.5 * down + (0.3 if title else 0.0))
    for i, name in enumerate(panels):
        ax = figure.add_subplot(down, across, i + 1)
        _draw_history(ax, history, name, epochs.to_numpy())
    if title:
        figure.suptitle(title, fontsize=LARGE, x=0.01, ha="left")
    return figure


def _unit_square() -> tuple[Figure, Axes]:
    figure = new_figure(PANEL + 0.4, PANEL + 0.4)
    ax = figure.add_subplot()
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    return figure, ax


def _draw_curves(
    ax: Axes, curves: Mapping[str, pd.DataFrame], axes: tuple[str, str], scores: Mapping[str, float]
) -> None:
    x, y = axes
    if len(curves) > MOST_NAMED:
        for curve in curves.values():
            ax.plot(curve[x], curve[y], color=colour(0), linewidth=0.6, alpha=0.35)
        ax.lines[-1].set_label(_summary([scores[name] for name in curves]))
        return
    for i, (name, curve) in enumerate(curves.items()):
        style = "-" if i < 7 else ":"  # the palette has seven colours
        label = f"{name}  {_fixed(scores[name])}"
        ax.plot(curve[x], curve[y], color=colour(i), linewidth=1.6, linestyle=style, label=label)


def _baselines(curves: Mapping[str, pd.DataFrame]) -> list[float]:
    levels = [float(curve["precision"].iloc[0]) for curve in curves.values() if len(curve)]
    if len(levels) > MOST_NAMED:
        return [float(np.median(levels))]
    return sorted({round(level, 2) for level in levels})


def _summary(values: list[float]) -> str:
    known = np.array([v for v in values if np.isfinite(v)])
    if len(known) == 0:
        return f"{len(values)} curves, none defined"
    low, middle, high = np.percentile(known, [0, 50, 100])
    return f"{len(values)} curves, median {middle:.3f}\n({low:.3f} to {high:.3f})"


def _legend(figure: Figure, score: str, inside: Literal["lower right", "best"]) -> None:
    """Put the legend inside the panel where it is small, else to the right of it, in a wider figure."""
    ax = figure.axes[0]
    labels = ax.get_legend_handles_labels()[1]
    if not labels:
        return
    longest = max(len(line) for label in labels for line in label.splitlines())
    legend = ax.legend(title=score, fontsize=SMALL, title_fontsize=SMALL, facecolor="white", edgecolor="none")
    legend.set_loc(inside)
    if len(labels) > 4 or longest > LONGEST_INSIDE:
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((1.0, 1.0), transform=ax.transAxes)
        ax.set_anchor("W")
        figure.set_size_inches(PANEL + 1.1 + 0.073 * longest, PANEL + 0.4)


def _draw_history(ax: Axes, history: pd.DataFrame, name: str, epochs: NDArray[np.float64]) -> None:
    marker = "o" if len(history) <= 30 else ""
    for i, (column, label) in enumerate([(name, "training"), (f"val_{name}", "validation")]):
        if column in history:
            ax.plot(
                epochs,
                history[column].to_numpy(dtype=np.float64),
                color=colour(i),
                label=label,
                marker=marker,
                markersize=3,
            )
    if "val_loss" in history and history["val_loss"].notna().any():
        best = epochs[int(np.nanargmin(history["val_loss"].to_numpy(dtype=np.float64)))]
        ax.axvline(best, color=FAINT, linestyle=":", linewidth=1.2, zorder=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if len(ax.get_legend_handles_labels()[0]) > 1:
        ax.legend(fontsize=SMALL, frameon=False)
    tidy(ax, xlabel="Epoch", title=name)


def _finite_pairs(observed: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    true, pred = np.asarray(observed, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if true.ndim != 1 or true.shape != pred.shape:
        raise DataError(f"observed of shape {true.shape} and predicted of shape {pred.shape}: expected (region,) twice")
    kept = np.isfinite(true) & np.isfinite(pred)
    return true[kept], pred[kept]


def _limits(true: NDArray[np.float64], pred: NDArray[np.float64]) -> tuple[float, float]:
    if len(true) == 0:
        return 0.0, 1.0
    low, high = float(min(true.min(), pred.min())), float(max(true.max(), pred.max()))
    margin = 0.03 * (high - low) or 0.5
    return low - margin, high + margin


def _pearson(true: NDArray[np.float64], pred: NDArray[np.float64]) -> float:
    if len(true) < 2 or np.ptp(true) == 0 or np.ptp(pred) == 0:
        return np.nan
    return float(np.corrcoef(true, pred)[0, 1])


def _area(x: pd.Series, y: pd.Series) -> float:
    return float(np.trapezoid(y, x)) if len(x) else np.nan


def _average_precision(curve: pd.DataFrame) -> float:
    recall, precision = curve["recall"].to_numpy(), curve["precision"].to_numpy()
    return float(-np.sum(np.diff(recall) * precision[:-1])) if len(curve) else np.nan


def _fixed(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "n/a"


def _corner(ax: Axes, text: str) -> None:
    ax.text(0.04, 0.96, text, transform=ax.transAxes, ha="left", va="top", fontsize=SMALL)
