"""Signal at promoters, as CAGE tags, from DNA, from chromatin, or from both, whichever inputs are given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.errors import OptionError
from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import InputDescription, ModelDescription


@dataclass(frozen=True)
class CageOptions(Options):
    """The layers' sizes: not the paper's, whose supplementary tables 3 and 4 are not at hand; these are ours.

    filters, kernel: of the scan over DNA; pool: bp pooled after it; hidden, dropout: of the DNA's top-most hidden
    layer; chromatin_hidden: units of the dense layer over all coverage inputs together, which has the same dropout.
    """

    filters: int = option("filters of the scan over DNA", 32, minimum=1)
    kernel: int = option("its length (bp)", 15, minimum=1)
    pool: int = option("rows pooled after it", 100, minimum=1)
    hidden: int = option("units of the DNA's last hidden layer", 32, minimum=1)
    chromatin_hidden: int = option("units of the dense layer over all coverage inputs", 16, minimum=1)
    dropout: float = option("fraction dropped after the hidden layers", 0.2, minimum=0, below=1)


def build(description: "ModelDescription", options: CageOptions) -> Any:
    """Return the DNA, the chromatin, or the joint model.

    From the paper (Kopp et al. 2020, methods, "CAGE-tag prediction"): DNA of the promoter and 350 bp on either side,
    scanned on both strands; DNase and H3K4me3, each one value a promoter (a window of one bin); the joint model
    concatenates the top-most hidden layers before a new output layer. Ours: positions are kept, in batch-normalized
    pools over DNA and in bins where the coverage has several, so that a sequence and its reverse complement differ.
    Raises OptionError for a window shorter than kernel + pool - 1 (+ order - 1), or without a bin.
    """
    from keras import layers

    from jangdan.networks.building_blocks import coverage, join, with_output

    if not description.inputs:
        raise OptionError("cage: inputs: none: expected a sequence, coverage, or both")
    tensors: dict[str, Any] = {}
    branches, tracks = [], []
    for each in description.inputs:
        if each.kind == "sequence":
            tensors[each.name], x = _sequence_branch(each, description.binsize, options)
            branches.append(x)
        else:
            tensors[each.name], x = coverage(each, description.binsize, "cage")
            tracks.append(layers.Flatten(name=f"{each.name}_features")(x))
    if tracks:
        x = layers.Concatenate(name="chromatin_joined")(tracks) if len(tracks) > 1 else tracks[0]
        branches.append(_hidden(x, options.chromatin_hidden, "chromatin", options.dropout))
    return with_output(description, list(tensors.values()), join(branches), "cage")


def _sequence_branch(each: "InputDescription", binsize: int, options: CageOptions) -> tuple[Any, Any]:
    from keras import layers

    from jangdan.networks.building_blocks import least_rows, one_hot
    from jangdan.networks.layers import DualStrandConv1D

    codes, x = one_hot(each, binsize, "cage", least_rows([(options.kernel, options.pool)]))
    x = DualStrandConv1D(options.filters, options.kernel, each.order, name=f"{each.name}_scan")(x)
    x = layers.MaxPooling1D(options.pool, name=f"{each.name}_pool")(x)
    # best matches are far above zero, and units of the next layer would die of it in the first epoch
    x = layers.BatchNormalization(name=f"{each.name}_centred")(x)
    return codes, _hidden(layers.Flatten(name=f"{each.name}_features")(x), options.hidden, each.name, options.dropout)


def _hidden(x: Any, units: int, name: str, dropout: float) -> Any:
    from keras import layers

    x = layers.Dense(units, activation="relu", name=f"{name}_hidden")(x)
    return layers.Dropout(dropout, name=f"{name}_dropout")(x)


_LAYERS = (
    "chromatin_dropout",
    "chromatin_hidden",
    "chromatin_joined",
    "joined",
    "logits",
    "{input}_centred",
    "{input}_dropout",
    "{input}_features",
    "{input}_hidden",
    "{input}_onehot",
    "{input}_pool",
    "{input}_scan",
    "{input}_tracks",
)

RECORD = Architecture("cage", "signal at promoters from DNA, chromatin, or both", CageOptions, build, layers=_LAYERS)
