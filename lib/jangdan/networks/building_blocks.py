"""What the architectures share: inputs by name, least lengths, and the output."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from jangdan.errors import OptionError
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.layers import OneHotSequence


def the_sequence(description: ModelDescription, architecture: str) -> InputDescription:
    """Return the only input; raises OptionError where there are others, or it is no sequence."""
    found = [f"{each.name} ({each.kind})" for each in description.inputs]
    if [each.kind for each in description.inputs] != ["sequence"]:
        raise OptionError(f"{architecture}: inputs: {', '.join(found) or 'none'}: expected one sequence and no other")
    return description.inputs[0]


def least_rows(stages: Sequence[tuple[int, int]]) -> int:
    """Return how many rows leave one position after convolutions ("valid"), each (kernel, pool after it).

    >>> least_rows([(8, 4), (8, 4), (8, 1)])
    163
    """
    rows = 1
    for kernel, pool in reversed(stages):
        rows = rows * pool + kernel - 1
    return rows


def one_hot(each: InputDescription, binsize: int, architecture: str, rows: int) -> tuple[Any, Any]:
    """Return an input of codes, shape (length,), uint8, and its one-hot rows, (length - order + 1, 4 ** order).

    Raises OptionError where the window, with its flanks, has fewer than `rows` of them.
    """
    (length,) = each.shape(binsize)
    least = rows + each.order - 1
    if length < least:
        raise OptionError(
            f"{architecture}: input {each.name!r} has windows of {length} bp, expected at least {least} bp with order "
            f"{each.order}; set a larger binsize or flank, or smaller kernels and pools"
        )
    codes = keras.Input((length,), dtype="uint8", name=each.name)
    return codes, OneHotSequence(each.order, name=f"{each.name}_onehot")(codes)


def coverage(each: InputDescription, binsize: int, architecture: str) -> tuple[Any, Any]:
    """Return an input, shape (bins, strands, conditions), and its tracks, (bins, strands * conditions).

    Raises OptionError where the window, with its flanks, is shorter than a bin.
    """
    bins, strands, conditions = each.shape(binsize)
    if bins < 1:
        raise OptionError(
            f"{architecture}: input {each.name!r} has windows of {binsize + 2 * each.flank} bp, expected at least "
            f"{each.resolution} bp, which is one value; set a larger binsize or flank"
        )
    values = keras.Input((bins, strands, conditions), name=each.name)
    return values, layers.Reshape((bins, strands * conditions), name=f"{each.name}_tracks")(values)


def join(branches: Sequence[Any]) -> Any:
    """Return the branches' features side by side: "joined", where there are several."""
    return layers.Concatenate(name="joined")(list(branches)) if len(branches) > 1 else branches[0]


def with_output(description: ModelDescription, inputs: Sequence[Any], features: Any, architecture: str) -> keras.Model:
    """Return the model: "logits", one a condition, then the activation, named as the target, in float32."""
    logits = layers.Dense(len(description.conditions), name="logits")(features)
    output = layers.Activation(description.activation, dtype="float32", name=description.target)(logits)
    return keras.Model(list(inputs), output, name=architecture)
