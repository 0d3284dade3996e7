"""Signal at promoters, as CAGE tags, from DNA, from chromatin, or from both, whichever inputs are given."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from jangdan.errors import OptionError
from jangdan.networks.building_blocks import Checked, coverage, join, least_rows, one_hot, with_output
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.layers import DualStrandConv1D


@dataclass(frozen=True)
class CageParameters(Checked):
    """The layers' sizes: not the paper's, whose supplementary tables 3 and 4 are not at hand; these are ours.

    filters, kernel: of the scan over DNA; pool: bp pooled after it; hidden, dropout: of the DNA's top-most hidden
    layer; chromatin_hidden: units of the dense layer over all coverage inputs together, which has the same dropout.
    """

    filters: int = 32
    kernel: int = 15
    pool: int = 100
    hidden: int = 32
    chromatin_hidden: int = 16
    dropout: float = 0.2


def build(description: ModelDescription) -> keras.Model:
    """Return the DNA, the chromatin, or the joint model.

    From the paper (Kopp et al. 2020, methods, "CAGE-tag prediction"): DNA of the promoter and 350 bp on either side,
    scanned on both strands; DNase and H3K4me3, each one value a promoter (a window of one bin); the joint model
    concatenates the top-most hidden layers before a new output layer. Ours: positions are kept, in batch-normalized
    pools over DNA and in bins where the coverage has several, so that a sequence and its reverse complement differ.
    Raises OptionError for a window shorter than kernel + pool - 1 (+ order - 1), or without a bin.
    """
    p = CageParameters(**description.parameters)
    if not description.inputs:
        raise OptionError("cage: inputs: none: expected a sequence, coverage, or both")
    tensors: dict[str, Any] = {}
    branches, tracks = [], []
    for each in description.inputs:
        if each.kind == "sequence":
            tensors[each.name], x = _sequence_branch(each, description.binsize, p)
            branches.append(x)
        else:
            tensors[each.name], x = coverage(each, description.binsize, "cage")
            tracks.append(layers.Flatten(name=f"{each.name}_features")(x))
    if tracks:
        x = layers.Concatenate(name="chromatin_joined")(tracks) if len(tracks) > 1 else tracks[0]
        branches.append(_hidden(x, p.chromatin_hidden, "chromatin", p.dropout))
    return with_output(description, list(tensors.values()), join(branches), "cage")


def _sequence_branch(each: InputDescription, binsize: int, p: CageParameters) -> tuple[Any, Any]:
    codes, x = one_hot(each, binsize, "cage", least_rows([(p.kernel, p.pool)]))
    x = DualStrandConv1D(p.filters, p.kernel, each.order, name=f"{each.name}_scan")(x)
    x = layers.MaxPooling1D(p.pool, name=f"{each.name}_pool")(x)
    # best matches are far above zero, and units of the next layer would die of it in the first epoch
    x = layers.BatchNormalization(name=f"{each.name}_centred")(x)
    return codes, _hidden(layers.Flatten(name=f"{each.name}_features")(x), p.hidden, each.name, p.dropout)


def _hidden(x: Any, units: int, name: str, dropout: float) -> Any:
    x = layers.Dense(units, activation="relu", name=f"{name}_hidden")(x)
    return layers.Dropout(dropout, name=f"{name}_dropout")(x)
