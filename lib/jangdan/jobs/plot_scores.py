"""Figures of saved predictions; needs no deep-learning framework."""

from os import PathLike

import pandas as pd
from matplotlib.figure import Figure

from jangdan.jobs.predictions import bins_per_window, load_predictions
from jangdan.metrics.curves import pr_points, roc_points
from jangdan.plots.scores import plot_prc, plot_roc, plot_scatter

Path = str | PathLike[str]


def score_figure(predictions: Path, conditions: list[str], curve: str, title: str) -> Figure:
    """Draw "roc", "prc" or "scatter" of all conditions from saved predictions."""
    tables = {c: load_predictions(predictions, c) for c in conditions}
    if curve == "scatter":
        joined = pd.concat(tables.values())
        named = "Bins" if bins_per_window(predictions) > 1 else "Regions"
        return plot_scatter(joined["observed"], joined["predicted"], title=title, points=named)
    points, draw = {"roc": (roc_points, plot_roc), "prc": (pr_points, plot_prc)}[curve]
    return draw({c: points(t["observed"], t["predicted"]) for c, t in tables.items()}, title=title)
