"""Evaluate a trained model on the test regions."""

import logging
from collections.abc import Mapping
from os import PathLike

import pandas as pd

from jangdan.evaluation.metrics import score_table
from jangdan.files import replacing
from jangdan.models.description import ModelDescription
from jangdan.models.folder import load_model
from jangdan.models.predict import predict
from jangdan.pipeline.build import indexer_of
from jangdan.pipeline.inputs import Files, open_inputs, open_target
from jangdan.pipeline.predictions import save_predictions
from jangdan.plots.scores import plot_history
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
    """Predict the windows of `test`; write metrics, predictions and (where asked for) the picture of the training.

    model: paths of model, description, history. files: dataset files of inputs and target. outputs:
    metrics, predictions, history.
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
    if "history" in outputs:
        save(plot_history(pd.read_csv(model["history"], sep="\t"), title=description.name), outputs["history"])
    with replacing(outputs["metrics"]) as temporary:
        scores.insert(0, "model", description.name)
        scores.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")
