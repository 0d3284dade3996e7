"""Train one model of the grid on one fold with one seed."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from jangdan.files import replacing
from jangdan.jobs.model_inputs import (
    Files,
    OpenFiles,
    describe_input,
    describe_profile,
    normalizers_in,
    open_files,
    open_inputs,
    open_target,
)
from jangdan.jobs.profile_loss import loss_for
from jangdan.jobs.windows import indexer_of
from jangdan.models.folder import require_known_layers, save_model
from jangdan.networks.description import ModelDescription
from jangdan.networks.registry import build_model
from jangdan.records.kinds import LOSSES
from jangdan.training.fit import Part, fit_model
from jangdan.training.hardware import use_device
from jangdan.training.options import Training, TrainingOptions
from jangdan.training.transfer import copy_weights, freeze

log = logging.getLogger(__name__)


def describe(
    model: Mapping[str, Any], arrays: OpenFiles, conditions: tuple[str, ...], origin: Mapping[str, Any]
) -> ModelDescription:
    """Return the description of a grid model (`plan.expand_models`, with `datasets`, `binsize` and `name`).

    arrays: of the inputs and the target.
    """
    inputs = tuple(describe_input(n, model["datasets"][n], arrays[n], model["order"]) for n in model["inputs"])
    profile = describe_profile(arrays[model["target"]]) if predicts_profile(model) else {}
    own = {"resolution": profile["target_resolution"]} if profile else {}
    return ModelDescription(
        name=model["name"],
        architecture=model["architecture"],
        parameters={**model["parameters"], **own},
        binsize=model["windows"]["window"],
        inputs=inputs,
        target=model["target"],
        conditions=conditions,
        loss=model["loss"],
        activation=LOSSES[model["loss"]].activation,
        origin=origin,
        target_normalizers=normalizers_in(arrays[model["target"]]),
        **profile,
    )


def predicts_profile(model: Mapping[str, Any]) -> bool:
    """Tell whether a model predicts the values of bins, and not one value per window."""
    return LOSSES[model["loss"]].predicts == "profile"


def train(
    model: Mapping[str, Any],
    files: Files,
    regions: str,
    outputs: Mapping[str, str],
    *,
    device: str,
    threads: int,
    seed: int,
) -> None:
    """Train and write model, description and history.

    files: dataset files of the inputs and the target. regions: a file with the splits train and validation.
    outputs: paths of model, description, history, and of the folder tensorboard where the model's training asks for
    event files. Raises HardwareError where device is "gpu" and there is none, before anything is read.
    """
    with use_device(device, threads):
        _train(model, files, regions, outputs, seed)


def _train(model: Mapping[str, Any], files: Files, regions: str, outputs: Mapping[str, str], seed: int) -> None:
    asked = Training(**model["training"])
    events = outputs["tensorboard"] if asked.tensorboard else None
    training = TrainingOptions(**vars(asked), event_folder=events, seed=seed)
    keras.config.set_dtype_policy(training.precision)
    keras.utils.set_random_seed(seed)
    parts = {split: indexer_of(regions, model["windows"], split) for split in ("train", "validation")}
    name, profile = model["target"], predicts_profile(model)
    arrays = open_files(files, [*model["inputs"], name])
    targets = {part: open_target(name, arrays[name], windows, profile=profile) for part, windows in parts.items()}
    conditions = tuple(targets["train"].conditions or ())
    description = describe(model, arrays, conditions, {"seed": seed, "regions": regions})
    network = _network(description, training)
    network.summary(print_fn=log.info)
    data = {p: Part(open_inputs(description, arrays, windows), targets[p]) for p, windows in parts.items()}
    log.info("%d training and %d validation regions", len(parts["train"]), len(parts["validation"]))
    checkpoint = f"{outputs['model']}.checkpoint"
    # a state that a killed run left is of no use once the data are others
    identity = {path: list(_stamp(path)) for path in sorted({*files.values(), regions})}
    loss = loss_for(model["loss"], targets["train"])
    history = fit_model(network, loss, data["train"], data["validation"], training, checkpoint, identity)
    description.write(outputs["description"])
    with replacing(outputs["history"]) as temporary:
        history.to_csv(temporary, sep="\t", index=False, float_format="%.6g")
    save_model(network, outputs["model"])
    Path(checkpoint).unlink(missing_ok=True)


def _stamp(path: str) -> tuple[int, int]:
    stat = os.stat(path)
    return stat.st_size, stat.st_mtime_ns


def _network(description: ModelDescription, training: TrainingOptions) -> keras.Model:
    """Build the model, with the weights that it begins with."""
    network = build_model(description)
    require_known_layers(network, description.architecture)
    if training.initial_weights is not None:
        copy_weights(network, training.initial_weights)
    freeze(network, training.freeze)
    return network
