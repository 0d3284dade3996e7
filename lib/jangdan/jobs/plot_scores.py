"""Figures of saved predictions; needs no deep-learning framework."""

from os import PathLike

import pandas as pd
from matplotlib.figure import Figure

from jangdan.jobs.predictions import Predictions
from jangdan.metrics.curves import pr_points, roc_points
from jangdan.plots.scores import plot_prc, plot_roc, plot_scatter
from jangdan.storage.dataset_file import load

Path = str | PathLike[str]


def score_figure(predictions: Path, target: Path, conditions: list[str], curve: str, title: str) -> Figure:
    """Draw "roc", "prc" or "scatter" of all conditions from saved predictions and the target's dataset file."""
    found = Predictions(predictions, load(target))
    if curve == "scatter":
        joined = pd.concat([found.table(c)[["observed", "predicted"]] for c in conditions])
        named = "Bins" if (found.profile_bins or 1) > 1 else "Regions"
        return plot_scatter(joined["observed"], joined["predicted"], title=title, points=named)
    points, draw = {"roc": (roc_points, plot_roc), "prc": (pr_points, plot_prc)}[curve]
    tables = ((c, found.table(c)) for c in conditions)
    return draw({c: points(t["observed"], t["predicted"]) for c, t in tables}, title=title)
