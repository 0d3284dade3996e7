"""Evaluate a trained model on the test regions."""

import logging
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import keras
import pandas as pd
from numpy.typing import NDArray

from jangdan.files import replacing
from jangdan.genome.indexer import GenomicIndexer
from jangdan.jobs.model_inputs import Files, OpenFiles, open_files, open_inputs
from jangdan.jobs.predictions import Predictions, save_predictions
from jangdan.jobs.profiles import bins_of, on_genome
from jangdan.jobs.scoring import score_classes_or_values, score_profiles
from jangdan.jobs.windows import indexer_of
from jangdan.models.folder import load_model
from jangdan.models.predict import predictions
from jangdan.networks.description import ModelDescription
from jangdan.plots.scores import plot_history
from jangdan.plots.style import save
from jangdan.records.kinds import LOSSES

log = logging.getLogger(__name__)

Path = str | PathLike[str]


def evaluate(
    model: Mapping[str, Path],
    files: Files,
    regions: Path,
    outputs: Mapping[str, Path],
    *,
    windows: Mapping[str, int],
    bootstrap: int,
) -> None:
    """Predict the windows of the test regions; write metrics, predictions and (where asked for) the training's picture.

    model: paths of model, description, history. files: dataset files of inputs and target. regions: a file with the
    split test. outputs:
    metrics, predictions, history. A profile's predictions have a row per bin, in the genome's direction.
    Predictions are written batch by batch, and scored some conditions at a time.
    """
    description = ModelDescription.read(model["description"])
    arrays = open_files(files, [*(each.name for each in description.inputs), description.target])
    indexer = indexer_of(regions, windows, "test")
    _predict(load_model(model["model"]), description, arrays, indexer, outputs["predictions"])
    scores = _scores(description, Predictions(outputs["predictions"], arrays[description.target]), bootstrap)
    log.info("\n%s", scores.to_string(index=False))
    if "history" in outputs:
        save(plot_history(pd.read_csv(model["history"], sep="\t"), title=description.name), outputs["history"])
    with replacing(outputs["metrics"]) as temporary:
        scores.insert(0, "model", description.name)
        scores.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")


def _predict(
    network: keras.Model, description: ModelDescription, arrays: OpenFiles, indexer: GenomicIndexer, path: Path
) -> None:
    """Write the predictions as they come, a batch at a time."""
    batches = predictions(network, open_inputs(description, arrays, indexer))
    resolution = description.target_resolution
    if resolution is None:
        save_predictions((values for _, values in batches), indexer, description.conditions, path)
        return
    turned = (on_genome(values, indexer.take(i), description.target_strands) for i, values in batches)
    rows = (values.reshape(-1, values.shape[2]) for values in turned)
    bins = indexer.binsize // resolution
    save_predictions(rows, bins_of(indexer, resolution), description.conditions, path, bins)


def _scores(description: ModelDescription, found: Predictions, bootstrap: int) -> pd.DataFrame:
    def read(names: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
        return found.observed(names), found.predicted(names)

    conditions, rows = description.conditions, len(found)
    if found.profile_bins is not None:
        totals = LOSSES[description.loss].trains_totals
        return score_profiles(read, conditions, rows, bins=found.profile_bins, totals=totals, bootstrap=bootstrap)
    kind = "classification" if description.activation == "sigmoid" else "regression"
    return score_classes_or_values(read, conditions, rows, kind=kind, bootstrap=bootstrap)
