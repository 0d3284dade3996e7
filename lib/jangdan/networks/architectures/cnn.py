"""A convolutional net for bins with flanks: one branch an input, which keeps positions apart, then dense layers."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.layers import DualStrandConv1D, OneHotSequence


@dataclass(frozen=True)
class CnnParameters:
    """filters, kernel: of the first scan; pool: bp (or bins) pooled after it; deep_filters: of the second
    convolution; hidden: units of the dense layer; dropout, input_dropout: fractions."""

    filters: int = 32
    kernel: int = 15
    pool: int = 12
    deep_filters: int = 32
    hidden: int = 32
    dropout: float = 0.3
    input_dropout: float = 0.0


def build(description: ModelDescription) -> keras.Model:
    """Return the model: inputs by name, "logits" before the output, the output named as the target."""
    parameters = CnnParameters(**description.parameters)
    inputs, branches = [], []
    for each in description.inputs:
        branch = _sequence_branch if each.kind == "sequence" else _coverage_branch
        tensor, features = branch(each, each.shape(description.binsize), parameters)
        inputs.append(tensor)
        branches.append(features)
    joined = layers.Concatenate(name="joined")(branches) if len(branches) > 1 else branches[0]
    hidden = layers.Dense(parameters.hidden, activation="relu", name="hidden")(joined)
    hidden = layers.Dropout(parameters.dropout, name="dropout")(hidden)
    logits = layers.Dense(len(description.conditions), name="logits")(hidden)
    output = layers.Activation(description.activation, dtype="float32", name=description.target)(logits)
    return keras.Model(inputs, output, name="cnn")


def _sequence_branch(each: InputDescription, shape: tuple[int, ...], parameters: CnnParameters) -> tuple[Any, Any]:
    codes = keras.Input(shape, dtype="uint8", name=each.name)
    rows = OneHotSequence(each.order, name=f"{each.name}_onehot")(codes)
    x = layers.Dropout(parameters.input_dropout, name=f"{each.name}_input_dropout")(rows)
    x = DualStrandConv1D(parameters.filters, parameters.kernel, each.order, name=f"{each.name}_scan")(x)
    x = layers.MaxPooling1D(parameters.pool, padding="same", name=f"{each.name}_pool")(x)
    x = layers.Conv1D(parameters.deep_filters, 3, padding="same", activation="relu", name=f"{each.name}_deep")(x)
    return codes, layers.Flatten(name=f"{each.name}_features")(x)


def _coverage_branch(each: InputDescription, shape: tuple[int, ...], parameters: CnnParameters) -> tuple[Any, Any]:
    values = keras.Input(shape, name=each.name)
    x = layers.Reshape((shape[0], shape[1] * shape[2]), name=f"{each.name}_tracks")(values)
    kernel = min(3, shape[0])
    x = layers.Conv1D(parameters.deep_filters, kernel, padding="same", activation="relu", name=f"{each.name}_scan")(x)
    return values, layers.Flatten(name=f"{each.name}_features")(x)
