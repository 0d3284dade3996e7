"""Scores of several models, folds and seeds side by side."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jangdan.errors import DataError
from jangdan.plots.style import GREY, NORMAL, SMALL, colour, new_figure, tidy

MOST_PANELS = 12
"""Panels (a metric and a condition each) that are drawn; further conditions stand in the table."""

_ROW, _WIDTH, _SPREAD = 0.28, 6.5, 0.12


def plot_comparison(scores: pd.DataFrame, *, most: int = MOST_PANELS) -> Figure:
    """Draw a row of dots a model, a dot a fold and seed, with a box from five on; a cross is the ensemble of seeds.

    scores: columns model, fold, seed, condition, metric, value; NaN (not defined) is left out. One panel for
    each metric and condition. Raises DataError where there is no score.
    """
    if scores.empty:
        raise DataError("comparison: there is no score to draw")
    groups = [(key, rows, list(dict.fromkeys(rows["model"]))) for key, rows in _grouped(scores)]
    colours = {model: colour(i) for i, model in enumerate(dict.fromkeys(scores["model"]))}
    shown = groups[:most]
    heights = [_ROW * len(models) + 0.75 for *_, models in shown]
    figure = new_figure(_WIDTH, sum(heights))
    grid = figure.add_gridspec(len(shown), 1, height_ratios=heights)
    for number, ((metric, condition), rows, models) in enumerate(shown):
        ax = figure.add_subplot(grid[number])
        for place, model in enumerate(models):
            _draw_model(ax, place, rows[rows["model"] == model], colours[model])
        ax.set_yticks(range(len(models)), models)
        ax.set_ylim(len(models) - 0.5, -0.5)
        ax.grid(axis="x", color=GREY, alpha=0.3, linewidth=0.5)
        tidy(ax, xlabel=str(metric), title=str(condition))
    if len(groups) > len(shown):
        figure.supxlabel(f"{len(groups) - len(shown)} more conditions stand in the table", fontsize=SMALL)
    return figure


def _grouped(scores: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    groups = scores.groupby(["metric", "condition"], sort=False)
    return [((str(metric), str(condition)), rows) for (metric, condition), rows in groups]


def _draw_model(ax: Axes, place: int, rows: pd.DataFrame, shade: str) -> None:
    rows = rows[np.isfinite(rows["value"])]
    together = rows["seed"].astype(str) == "ensemble"
    single = rows.loc[~together, "value"].to_numpy()
    if len(single) >= 5:
        ax.boxplot(single, positions=[place], orientation="horizontal", widths=0.55, showfliers=False,
                   medianprops={"color": shade}, manage_ticks=False)  # fmt: skip
    # spread evenly, not at random: the same table gives the same picture
    offset = (np.arange(len(single)) % 3 - 1) * _SPREAD if len(single) > 1 else np.zeros(len(single))
    ax.scatter(single, place + offset, s=14, color=shade, zorder=3)
    ax.scatter(rows.loc[together, "value"], [place] * int(together.sum()), s=42, marker="x", color="black", zorder=4)
    if not len(rows):
        ax.annotate("not defined", (0.5, place), xycoords=("axes fraction", "data"), fontsize=NORMAL, color=GREY,
                    ha="center", va="center")  # fmt: skip
