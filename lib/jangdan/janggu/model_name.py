"""The name of a model, by default a hash of its architecture, the same in every session; and its place."""

import hashlib
import json
from pathlib import Path
from typing import Any

import keras

from jangdan.errors import OptionError
from jangdan.storage.cache import output_root


def name_of(model: keras.Model) -> str:
    """Return the MD5 of a model's layers, their options and how they are joined, in hexadecimal.

    Names that Keras gives by counting (dense_3) do not count, those of inputs and outputs do.
    """
    numbers = {layer.name: number for number, layer in enumerate(model.layers)}
    named = {tensor.name for tensor in model.inputs} | set(model.output_names)
    described = [
        [type(layer).__name__, layer.name if layer.name in named else "", _config(layer), _parents(layer, numbers)]
        for layer in model.layers
    ]
    text = json.dumps(described, sort_keys=True, default=str)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def model_path(name: str) -> Path:
    """Return where the model of a name is kept."""
    return output_root() / "models" / f"{checked_name(name)}.keras"


def checked_name(name: str) -> str:
    """Return a name; raises OptionError where it cannot be a file's."""
    if not isinstance(name, str) or not name or "/" in name or name.startswith("."):
        raise OptionError(
            f"name={name!r}: expected a name that can be a file's, without / and not beginning with a dot"
        )
    return name


def _config(layer: keras.Layer) -> Any:
    return _without_names(keras.saving.serialize_keras_object(layer)["config"])


def _parents(layer: keras.Layer, numbers: dict[str, int]) -> list[int]:
    tensors = [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]
    return [numbers.get(tensor._keras_history.operation.name, -1) for tensor in tensors]


def _without_names(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_names(value) for key, value in part.items() if key not in ("name", "shared_object_id")}
    if isinstance(part, (list, tuple)):
        return [_without_names(value) for value in part]
    return part
