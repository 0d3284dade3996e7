"""Binding of a factor, as JunD's, from DNA, from coverage, or from both, whichever inputs are given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.errors import OptionError
from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import InputDescription, ModelDescription


@dataclass(frozen=True)
class JundOptions(Options):
    """The layers' sizes: not the paper's, whose supplementary tables 1 and 2 are not at hand.

    filters, kernel: of the scan, 30 of length 21 as in the tutorial of Janggu's documentation (section 2.2);
    input_dropout: of the one-hot, which the paper tries (results, "Prediction of JunD binding"), 0 or e.g. 0.2;
    track_filters, track_kernel (bins): of the two convolutions over coverage; hidden: units of each input's top-most
    hidden layer; dropout: after it. These are ours.
    """

    filters: int = option("filters of the scan over DNA", 30, minimum=1)
    kernel: int = option("its length (bp)", 21, minimum=1)
    input_dropout: float = option("fraction of the one-hot sequence that is dropped", 0.0, minimum=0, below=1)
    track_filters: int = option("filters of both convolutions over coverage", 16, minimum=1)
    track_kernel: int = option("their length (bins)", 5, minimum=1)
    hidden: int = option("units of each input's last hidden layer", 32, minimum=1)
    dropout: float = option("fraction dropped after it", 0.2, minimum=0, below=1)


def build(description: "ModelDescription", options: JundOptions) -> Any:
    """Return the DNA, the coverage, or the joint model.

    From the paper (Kopp et al. 2020, methods, "JunD prediction"): DNA of 500 bp scanned on both strands, DNase of 1100
    bp in bins of 50 bp, and the joint model, which concatenates the top-most hidden layers before a new output layer.
    Ours: the best match of each kernel anywhere in the window, batch-normalized, so that the DNA model gives a sequence
    and its reverse complement the same output; over coverage, positions are kept. Raises OptionError for a window
    shorter than the kernel (+ order - 1), or without a bin.
    """
    from keras import layers

    from jangdan.networks.building_blocks import join, with_output

    if not description.inputs:
        raise OptionError("jund: inputs: none: expected a sequence, coverage, or both")
    inputs, branches = [], []
    for each in description.inputs:
        branch = _sequence_branch if each.kind == "sequence" else _coverage_branch
        tensor, x = branch(each, description.binsize, options)
        x = layers.Dense(options.hidden, activation="relu", name=f"{each.name}_hidden")(x)
        inputs.append(tensor)
        branches.append(layers.Dropout(options.dropout, name=f"{each.name}_dropout")(x))
    return with_output(description, inputs, join(branches), "jund")


def _sequence_branch(each: "InputDescription", binsize: int, options: JundOptions) -> tuple[Any, Any]:
    from keras import layers

    from jangdan.networks.building_blocks import least_rows, one_hot
    from jangdan.networks.layers import DualStrandConv1D

    codes, x = one_hot(each, binsize, "jund", least_rows([(options.kernel, 1)]))
    x = layers.Dropout(options.input_dropout, name=f"{each.name}_input_dropout")(x)
    x = DualStrandConv1D(options.filters, options.kernel, each.order, name=f"{each.name}_scan")(x)
    x = layers.GlobalMaxPooling1D(name=f"{each.name}_motif")(x)
    # best matches are far above zero, and units of the next layer would die of it in the first epoch
    return codes, layers.BatchNormalization(name=f"{each.name}_centred")(x)


def _coverage_branch(each: "InputDescription", binsize: int, options: JundOptions) -> tuple[Any, Any]:
    from keras import layers

    from jangdan.networks.building_blocks import coverage

    values, x = coverage(each, binsize, "jund")
    same = {"padding": "same", "activation": "relu"}
    x = layers.Conv1D(options.track_filters, options.track_kernel, name=f"{each.name}_scan", **same)(x)
    x = layers.Conv1D(options.track_filters, options.track_kernel, name=f"{each.name}_deep", **same)(x)
    return values, layers.Flatten(name=f"{each.name}_features")(x)


_LAYERS = (
    "joined",
    "logits",
    "{input}_centred",
    "{input}_deep",
    "{input}_dropout",
    "{input}_features",
    "{input}_hidden",
    "{input}_input_dropout",
    "{input}_motif",
    "{input}_onehot",
    "{input}_scan",
    "{input}_tracks",
)

RECORD = Architecture("jund", "binding of a factor from DNA, coverage, or both", JundOptions, build, layers=_LAYERS)
