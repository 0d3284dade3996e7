"""The state of a training after an epoch: weights, optimizer and what the loop knows. Killed runs go on from it."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from jangdan.files import replacing

FORMAT = 1
Weights = list[NDArray[Any]]


def save_state(
    path: str | PathLike[str], model: keras.Model, progress: Mapping[str, Any], best: Weights | None
) -> None:
    """Write all variables of a compiled model and its optimizer, the `best` weights so far, and `progress` as JSON."""
    arrays: dict[str, Any] = {f"variable{i}": value for i, value in enumerate(values_of(model))}
    arrays |= {f"best{i}": value for i, value in enumerate(best or [])}
    document = {"format": FORMAT, "names": _names(model), **progress}
    text = np.frombuffer(json.dumps(document).encode(), dtype=np.uint8)
    with replacing(path) as temporary, open(temporary, "wb") as stream:
        np.savez(stream, progress=text, **arrays)


def load_state(
    path: str | PathLike[str], model: keras.Model, expected: Mapping[str, Any]
) -> tuple[dict[str, Any], Weights] | None:
    """Give a compiled model the state that was saved; return progress and best weights.

    None, and the model unchanged, where there is none, or it is damaged, of another model, or its progress
    holds something else under the keys of `expected`.
    """
    if not Path(path).is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            document = json.loads(file["progress"].tobytes())
            if document.pop("format") != FORMAT or document.pop("names") != _names(model):
                return None
            if any(document.get(key) != json.loads(json.dumps(value)) for key, value in expected.items()):
                return None
            values = [file[f"variable{i}"] for i in range(len(state_variables(model)))]
            best = [file[f"best{i}"] for i in range(sum(name.startswith("best") for name in file.files))]
    except (OSError, ValueError, KeyError, EOFError):
        return None
    set_values(model, values)
    return document, best


def values_of(model: keras.Model) -> Weights:
    """Return copies of the values of `state_variables`; of one device, where each has its own."""
    return [np.array(variable.numpy()) for variable in state_variables(model)]


def set_values(model: keras.Model, values: Weights) -> None:
    """Go back to what `values_of` returned."""
    for variable, value in zip(state_variables(model), values, strict=True):
        variable.assign(value)


def state_variables(model: keras.Model) -> list[Any]:
    """Return all variables of a compiled model and of its optimizer."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    # also the state of the layers' random generators, so that dropout goes on where it was
    return [*model.variables, *model.optimizer.variables]


def _names(model: keras.Model) -> list[list[Any]]:
    # Keras counts its automatic names on from model to model: shapes and types tell models apart
    return [[str(v.dtype), list(v.shape)] for v in state_variables(model)]
