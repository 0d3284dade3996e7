"""Each architecture of the config is built and trained by the workflow's call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jangdan.jobs.model_inputs import open_files, open_inputs
from jangdan.jobs.train import train
from jangdan.jobs.windows import indexer_of
from jangdan.models.folder import load_model
from jangdan.models.predict import predict
from jangdan.networks.description import ModelDescription
from jangdan.records.kinds import ARCHITECTURES

SMALL: dict[str, dict[str, Any]] = {
    "cnn": {"filters": 4, "hidden": 4},
    "jund": {},
    "deepsea": {"filters": 4, "middle_filters": 4, "deep_filters": 4, "hidden": 4},
    "danq": {"filters": 4, "units": 4, "hidden": 4},
    "cage": {"filters": 4, "hidden": 4, "chromatin_hidden": 2},
    "threelayer": {},
}
JOINT = ("cnn", "jund", "cage")


def test_every_architecture_of_the_config_is_here() -> None:
    # bpnet, whose target is a profile, is trained in test_profiles.py
    assert {*SMALL, "bpnet"} == set(ARCHITECTURES.names())


@pytest.mark.parametrize(
    ("architecture", "inputs"),
    [
        ("cnn", ["dna", "atac"]),
        *(pytest.param(name, ["dna"], marks=pytest.mark.slow) for name in SMALL),
        *(pytest.param(name, ["dna", "atac"], marks=pytest.mark.slow) for name in JOINT if name != "cnn"),
    ],
)
def test_an_architecture_trains_two_epochs(
    small_training: Callable[..., Any], architecture: str, inputs: list[str]
) -> None:
    training = small_training(architecture=architecture, parameters=SMALL[architecture], inputs=inputs, order=2)
    model, files, regions, outputs = training
    train(model, files, regions, outputs, device="cpu", threads=2, seed=1)
    history = pd.read_csv(outputs["history"], sep="\t")
    assert history["epoch"].tolist() == [1, 2]
    assert np.isfinite(history.to_numpy()).all()
    description = ModelDescription.read(outputs["description"])
    assert (description.architecture, description.conditions) == (architecture, ("Abf1", "Reb1"))
    data = open_inputs(description, open_files(files, inputs), indexer_of(regions, model["windows"], "test"))
    predicted = predict(load_model(outputs["model"]), data)
    assert predicted.shape == (20, 2)
    assert np.ptp(predicted) > 0
    assert not Path(outputs["model"] + ".checkpoint").exists()
