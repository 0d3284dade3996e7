"""The name of a model by what it is: a hash of its architecture, the same in every session."""

import hashlib
import json
from typing import Any

import keras


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
