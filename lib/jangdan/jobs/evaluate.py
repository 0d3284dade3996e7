"""Evaluate a trained model on the test regions."""

import logging
from collections.abc import Mapping
from os import PathLike
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from jangdan.files import replacing
from jangdan.jobs.model_inputs import Files, open_inputs, open_target
from jangdan.jobs.predictions import save_predictions
from jangdan.jobs.profiles import bins_of, on_genome
from jangdan.jobs.windows import indexer_of
from jangdan.metrics.profiles import profile_table
from jangdan.metrics.scores import score_table
from jangdan.models.folder import load_model
from jangdan.models.predict import predict
from jangdan.networks.description import ModelDescription
from jangdan.plots.scores import plot_history
from jangdan.plots.style import save
from jangdan.records.kinds import LOSSES

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
    metrics, predictions, history. A profile's predictions have a row a bin, in the genome's direction.
    """
    description = ModelDescription.read(model["description"])
    indexer = indexer_of(test, windows)
    resolution = description.target_resolution
    target = open_target(description.target, files[description.target], indexer, profile=resolution is not None)
    predicted = predict(load_model(model["model"]), open_inputs(description, files, indexer))
    observed = target[:]
    if resolution is not None:
        predicted, observed = (on_genome(v, indexer, description.target_strands) for v in (predicted, observed))
    scores = _scores(description, observed, predicted, bootstrap)
    log.info("\n%s", scores.to_string(index=False))
    bins = 1
    if resolution is not None:
        indexer, bins = bins_of(indexer, resolution), predicted.shape[1]
        predicted, observed = (v.reshape(len(indexer), -1) for v in (predicted, observed))
    save_predictions(predicted, observed, indexer, description.conditions, outputs["predictions"], bins)
    if "history" in outputs:
        save(plot_history(pd.read_csv(model["history"], sep="\t"), title=description.name), outputs["history"])
    with replacing(outputs["metrics"]) as temporary:
        scores.insert(0, "model", description.name)
        scores.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")


def _scores(
    description: ModelDescription, observed: NDArray[Any], predicted: NDArray[Any], bootstrap: int
) -> pd.DataFrame:
    if description.target_resolution is not None:
        totals = LOSSES[description.loss].trains_totals
        return profile_table(observed, predicted, description.conditions, totals=totals, bootstrap=bootstrap)
    kind = "classification" if description.activation == "sigmoid" else "regression"
    return score_table(observed, predicted, description.conditions, kind=kind, bootstrap=bootstrap)
