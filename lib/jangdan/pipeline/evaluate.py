"""Evaluate a trained model on the test regions."""

import logging
from collections.abc import Mapping
from os import PathLike

import pandas as pd
from matplotlib.figure import Figure

from jangdan.evaluation.curves import pr_points, roc_points
from jangdan.evaluation.metrics import score_table
from jangdan.files import replacing
from jangdan.models.description import ModelDescription
from jangdan.models.folder import load_model
from jangdan.models.predict import predict
from jangdan.pipeline.build import indexer_of
from jangdan.pipeline.inputs import Files, open_inputs, open_target
from jangdan.pipeline.predictions import load_predictions, save_predictions
from jangdan.plots.scores import plot_history, plot_prc, plot_roc, plot_scatter
from jangdan.plots.style import save

log = logging.getLogger(__name__)

Path = str | PathLike[str]


def evaluate(
    model: Mapping[str, Path],
    files: Files,
    test: Path,
    outputs: Mapping[str, Path],
    *,
    windows: Mapping[str, int],
    bootstrap: int,
) -> None:
    """Predict the test windows; write metrics, predictions and the picture of the training.

    model: paths of model, description, history. files: dataset files of inputs and target. outputs:
    metrics, history, predictions.
    """
    description = ModelDescription.read(model["description"])
    indexer = indexer_of(test, windows)
    target = open_target(description.target, files[description.target], indexer)
    predicted = predict(load_model(model["model"]), open_inputs(description, files, indexer))
    observed = target[:]
    kind = "classification" if description.activation == "sigmoid" else "regression"
    scores = score_table(observed, predicted, description.conditions, kind=kind, bootstrap=bootstrap)
    log.info("\n%s", scores.to_string(index=False))
    save_predictions(predicted, observed, indexer, description.conditions, outputs["predictions"])
    save(plot_history(pd.read_csv(model["history"], sep="\t"), title=description.name), outputs["history"])
    with replacing(outputs["metrics"]) as temporary:
        scores.insert(0, "model", description.name)
        scores.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")


def score_figure(predictions: Path, conditions: list[str], curve: str, title: str) -> Figure:
    """Draw "roc", "prc" or "scatter" of all conditions from saved predictions."""
    tables = {c: load_predictions(predictions, c) for c in conditions}
    if curve == "scatter":
        joined = pd.concat(tables.values())
        return plot_scatter(joined["observed"], joined["predicted"], title=title)
    points, draw = {"roc": (roc_points, plot_roc), "prc": (pr_points, plot_prc)}[curve]
    return draw({c: points(t["observed"], t["predicted"]) for c, t in tables.items()}, title=title)
