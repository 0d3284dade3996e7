"""Scores against what was varied between models: boxes over runs, and pairs of models, a dot a condition."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from jangdan.plots.style import FAINT, GREY, SMALL, colour, new_figure, tidy

MOST_PANELS = 12
"""Conditions that are drawn; further ones stand in the table."""

_ACROSS, _NAMED = 4, 6


def plot_boxes(scores: pd.DataFrame, *, xlabel: str, colour: str, ylabel: str) -> Figure:
    """Draw a panel a condition: for each value of x, a box a value of colour, and a dot a run.

    scores: columns condition, x, colour (both text), value. xlabel, colour: what these are called. Boxes hold
    the quartiles and the median, whiskers reach to 1.5 times their distance.
    """
    conditions = list(dict.fromkeys(scores["condition"]))[:MOST_PANELS]
    places, shades = list(dict.fromkeys(scores["x"])), list(dict.fromkeys(scores["colour"]))
    across = min(len(conditions), _ACROSS)
    down = -(-len(conditions) // across)
    width = max(0.35 * len(places) * len(shades) + 0.9, 2.2)
    figure = new_figure(width * across + (1.2 if len(shades) > 1 else 0.1), 2.7 * down + 0.3)
    axes = figure.subplots(down, across, squeeze=False).flatten()
    for ax, condition in zip(axes, conditions, strict=False):
        _draw_boxes(ax, scores[scores["condition"] == condition], places, shades)
        tidy(ax, xlabel=xlabel, ylabel=ylabel if ax in axes[::across] else "", title=str(condition))
    for ax in axes[len(conditions) :]:
        ax.set_axis_off()
    if len(shades) > 1:
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, title=colour, loc="outside right upper", fontsize=SMALL, title_fontsize=SMALL,
                      frameon=False)  # fmt: skip
    return figure


def plot_pairs(scores: pd.DataFrame, names: Sequence[str], *, metric: str) -> Figure:
    """Draw a dot a condition: its score by one model against that by another, coloured by group.

    scores: columns condition, group, x, y. names: of the models on the axes. The conditions that differ most
    are named.
    """
    groups = scores["group"].value_counts(sort=False)
    # room for the names of groups, to the right
    longest = max(len(f"{group} ({count})") for group, count in groups.items())
    figure = new_figure(5.2 + 0.075 * longest, 4.4)
    ax = figure.add_subplot()
    for i, (group, rows) in enumerate(scores.groupby("group", sort=False)):
        ax.scatter(rows["x"], rows["y"], s=16, color=colour(i), alpha=0.8, linewidth=0, label=f"{group} ({len(rows)})")
    both = scores[["x", "y"]].to_numpy()
    low, high = float(both.min()), float(both.max())
    margin = 0.04 * (high - low) or 0.05
    ax.plot([low - margin, high + margin], [low - margin, high + margin], color=GREY, linewidth=0.8, zorder=0)
    ax.set(xlim=(low - margin, high + margin), ylim=(low - margin, high + margin), box_aspect=1)
    for name, x, y in _farthest(scores, margin):
        ax.annotate(name, (x, y), xytext=(3, 3), textcoords="offset points", fontsize=SMALL)
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), fontsize=SMALL, frameon=False)
    tidy(ax, xlabel=f"{metric}, {names[0]}", ylabel=f"{metric}, {names[1]}")
    return figure


def plot_differences(scores: pd.DataFrame, names: Sequence[str], *, metric: str) -> Figure:
    """Draw a box a group of what the second model scores more than the first; columns as of `plot_pairs`."""
    groups = list(scores.groupby("group", sort=False))
    figure = new_figure(max(0.95 * len(groups) + 1.4, 3.2), 3.6)
    ax = figure.add_subplot()
    ax.axhline(0, color=GREY, linewidth=0.8, zorder=0)
    for i, (_, rows) in enumerate(groups):
        _box(ax, (rows["y"] - rows["x"]).to_numpy(), i, 0.6, colour(i))
    ax.set_xticks(range(len(groups)), [f"{group}\nn = {len(rows)}" for group, rows in groups], rotation=30, ha="right")
    tidy(ax, ylabel=f"Δ {metric}\n{names[1]}\nminus {names[0]}")
    return figure


def _farthest(scores: pd.DataFrame, apart: float) -> list[tuple[str, float, float]]:
    """Return the conditions whose scores differ most, leaving out those whose names would lie on others'."""
    order = (scores["y"] - scores["x"]).abs().sort_values(ascending=False).index
    named: list[tuple[str, float, float]] = []
    for name, x, y in scores.loc[order, ["condition", "x", "y"]].to_numpy().tolist():
        if all(abs(y - other) > apart or abs(x - at) > 4 * apart for _, at, other in named):
            named.append((str(name), x, y))
        if len(named) == _NAMED:
            break
    return named


def _draw_boxes(ax: Axes, scores: pd.DataFrame, places: list[str], shades: list[str]) -> None:
    width = 0.8 / len(shades)
    for j, shade in enumerate(shades):
        ax.plot([], [], "s", color=colour(j), label=shade)
        for i, place in enumerate(places):
            rows = scores[(scores["x"] == place) & (scores["colour"] == shade)]
            _box(ax, rows["value"].to_numpy(), i + (j - (len(shades) - 1) / 2) * width, 0.85 * width, colour(j))
    ax.set_xticks(range(len(places)), places, rotation=30 if max(map(len, places)) > 8 else 0)
    ax.set_xlim(-0.5, len(places) - 0.5)
    ax.grid(axis="y", color=FAINT, linewidth=0.5)


def _box(ax: Axes, values: NDArray[Any], place: float, width: float, shade: str) -> None:
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return
    ax.boxplot(values, positions=[place], widths=width, showfliers=False, manage_ticks=False,
               medianprops={"color": shade, "linewidth": 1.6}, boxprops={"color": shade},
               whiskerprops={"color": shade}, capprops={"color": shade})  # fmt: skip
    # spread evenly, not at random: the same table gives the same picture
    offset = (np.arange(len(values)) % 5 - 2) * width / 8
    ax.scatter(place + offset, values, s=8, color=shade, alpha=0.7, linewidth=0, zorder=3)
