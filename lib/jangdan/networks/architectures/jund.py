"""Binding of a factor, as JunD's, from DNA, from coverage, or from both, whichever inputs are given."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from jangdan.errors import OptionError
from jangdan.networks.building_blocks import Checked, coverage, join, least_rows, one_hot, with_output
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.layers import DualStrandConv1D


@dataclass(frozen=True)
class JundParameters(Checked):
    """The layers' sizes: not the paper's, whose supplementary tables 1 and 2 are not at hand.

    filters, kernel: of the scan, 30 of length 21 as in the tutorial of Janggu's documentation (section 2.2);
    input_dropout: of the one-hot, which the paper tries (results, "Prediction of JunD binding"), 0 or e.g. 0.2;
    track_filters, track_kernel (bins): of the two convolutions over coverage; hidden: units of each input's top-most
    hidden layer; dropout: after it. These are ours.
    """

    filters: int = 30
    kernel: int = 21
    input_dropout: float = 0.0
    track_filters: int = 16
    track_kernel: int = 5
    hidden: int = 32
    dropout: float = 0.2


def build(description: ModelDescription) -> keras.Model:
    """Return the DNA, the coverage, or the joint model.

    From the paper (Kopp et al. 2020, methods, "JunD prediction"): DNA of 500 bp scanned on both strands, DNase of 1100
    bp in bins of 50 bp, and the joint model, which concatenates the top-most hidden layers before a new output layer.
    Ours: the best match of each kernel anywhere in the window, batch-normalized, so that the DNA model gives a sequence
    and its reverse complement the same output; over coverage, positions are kept. Raises OptionError for a window
    shorter than the kernel (+ order - 1), or without a bin.
    """
    parameters = JundParameters(**description.parameters)
    if not description.inputs:
        raise OptionError("jund: inputs: none: expected a sequence, coverage, or both")
    inputs, branches = [], []
    for each in description.inputs:
        branch = _sequence_branch if each.kind == "sequence" else _coverage_branch
        tensor, x = branch(each, description.binsize, parameters)
        x = layers.Dense(parameters.hidden, activation="relu", name=f"{each.name}_hidden")(x)
        inputs.append(tensor)
        branches.append(layers.Dropout(parameters.dropout, name=f"{each.name}_dropout")(x))
    return with_output(description, inputs, join(branches), "jund")


def _sequence_branch(each: InputDescription, binsize: int, p: JundParameters) -> tuple[Any, Any]:
    codes, x = one_hot(each, binsize, "jund", least_rows([(p.kernel, 1)]))
    x = layers.Dropout(p.input_dropout, name=f"{each.name}_input_dropout")(x)
    x = DualStrandConv1D(p.filters, p.kernel, each.order, name=f"{each.name}_scan")(x)
    x = layers.GlobalMaxPooling1D(name=f"{each.name}_motif")(x)
    # best matches are far above zero, and units of the next layer would die of it in the first epoch
    return codes, layers.BatchNormalization(name=f"{each.name}_centred")(x)


def _coverage_branch(each: InputDescription, binsize: int, p: JundParameters) -> tuple[Any, Any]:
    values, x = coverage(each, binsize, "jund")
    same = {"padding": "same", "activation": "relu"}
    x = layers.Conv1D(p.track_filters, p.track_kernel, name=f"{each.name}_scan", **same)(x)
    x = layers.Conv1D(p.track_filters, p.track_kernel, name=f"{each.name}_deep", **same)(x)
    return values, layers.Flatten(name=f"{each.name}_features")(x)
