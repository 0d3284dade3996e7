"""A convolutional net for bins with flanks: one branch an input, which keeps positions apart, then dense layers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import InputDescription, ModelDescription


@dataclass(frozen=True)
class CnnOptions(Options):
    """filters, kernel: of the first scan; pool: bp (or bins) pooled after it; deep_filters: of the second
    convolution; hidden: units of the dense layer; dropout, input_dropout: fractions."""

    filters: int = option("filters of the first scan, per strand", 32, minimum=1)
    kernel: int = option("length of the first scan (bp, or bins of coverage)", 15, minimum=1)
    pool: int = option("rows pooled after it", 12, minimum=1)
    deep_filters: int = option("filters of the second convolution", 32, minimum=1)
    hidden: int = option("units of the dense layer", 32, minimum=1)
    dropout: float = option("fraction dropped before the output", 0.3, minimum=0, below=1)
    input_dropout: float = option("fraction of the one-hot sequence that is dropped", 0.0, minimum=0, below=1)


def build(description: "ModelDescription", options: CnnOptions) -> Any:
    """Return the model: inputs by name, "logits" before the output, the output named as the target."""
    import keras
    from keras import layers

    inputs, branches = [], []
    for each in description.inputs:
        branch = _sequence_branch if each.kind == "sequence" else _coverage_branch
        tensor, features = branch(each, each.shape(description.binsize), options)
        inputs.append(tensor)
        branches.append(features)
    joined = layers.Concatenate(name="joined")(branches) if len(branches) > 1 else branches[0]
    hidden = layers.Dense(options.hidden, activation="relu", name="hidden")(joined)
    hidden = layers.Dropout(options.dropout, name="dropout")(hidden)
    logits = layers.Dense(len(description.conditions), name="logits")(hidden)
    output = layers.Activation(description.activation, dtype="float32", name=description.target)(logits)
    return keras.Model(inputs, output, name="cnn")


def _sequence_branch(each: "InputDescription", shape: tuple[int, ...], options: CnnOptions) -> tuple[Any, Any]:
    import keras
    from keras import layers

    from jangdan.networks.layers import DualStrandConv1D, OneHotSequence

    codes = keras.Input(shape, dtype="uint8", name=each.name)
    rows = OneHotSequence(each.order, name=f"{each.name}_onehot")(codes)
    x = layers.Dropout(options.input_dropout, name=f"{each.name}_input_dropout")(rows)
    x = DualStrandConv1D(options.filters, options.kernel, each.order, name=f"{each.name}_scan")(x)
    x = layers.MaxPooling1D(options.pool, padding="same", name=f"{each.name}_pool")(x)
    x = layers.Conv1D(options.deep_filters, 3, padding="same", activation="relu", name=f"{each.name}_deep")(x)
    return codes, layers.Flatten(name=f"{each.name}_features")(x)


def _coverage_branch(each: "InputDescription", shape: tuple[int, ...], options: CnnOptions) -> tuple[Any, Any]:
    import keras
    from keras import layers

    values = keras.Input(shape, name=each.name)
    x = layers.Reshape((shape[0], shape[1] * shape[2]), name=f"{each.name}_tracks")(values)
    kernel = min(3, shape[0])
    x = layers.Conv1D(options.deep_filters, kernel, padding="same", activation="relu", name=f"{each.name}_scan")(x)
    return values, layers.Flatten(name=f"{each.name}_features")(x)


_LAYERS = (
    "dropout",
    "hidden",
    "joined",
    "logits",
    "{input}_deep",
    "{input}_features",
    "{input}_input_dropout",
    "{input}_onehot",
    "{input}_pool",
    "{input}_scan",
    "{input}_tracks",
)

RECORD = Architecture(
    "cnn", "a convolutional network for bins with flanks, one branch per input", CnnOptions, build, layers=_LAYERS
)
