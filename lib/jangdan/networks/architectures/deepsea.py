"""DeepSEA (Zhou and Troyanskaya, Nature Methods 12, 2015): three convolutions, then a fully connected layer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import ModelDescription


@dataclass(frozen=True)
class DeepseaOptions(Options):
    """The published sizes (supplementary note of Zhou and Troyanskaya), for 1000 bp and 919 conditions.

    filters: kernels of the three convolutions, 320, 480, 960; kernel: 8, of all three; pool: 4, after the first and
    the second; dropout: 0.2, after these two; deep_dropout: 0.5, after the third; hidden: 925 units.
    """

    filters: int = option("filters of the first convolution", 320, minimum=1)
    middle_filters: int = option("filters of the second convolution", 480, minimum=1)
    deep_filters: int = option("filters of the third convolution", 960, minimum=1)
    kernel: int = option("length of all three", 8, minimum=1)
    pool: int = option("rows pooled after the first and the second", 4, minimum=1)
    dropout: float = option("fraction dropped after these two", 0.2, minimum=0, below=1)
    deep_dropout: float = option("fraction dropped after the third", 0.5, minimum=0, below=1)
    hidden: int = option("units of the dense layer", 925, minimum=1)


def build(description: "ModelDescription", options: DeepseaOptions) -> Any:
    """Return the model of one sequence.

    Adapted as in the Janggu paper (Kopp et al. 2020, methods, "published models"): the first convolution scans both
    strands with the same kernels, of words of `order` letters. At order 1 that leaves the number of options, which
    is 52 843 119 at the published size. Weight decay and norm constraints of the original are left out. A shorter
    window makes a smaller fully connected layer; raises OptionError for one below 163 + order - 1 bp (at the published
    sizes).
    """
    from keras import layers

    from jangdan.networks.building_blocks import least_rows, one_hot, the_sequence, with_output
    from jangdan.networks.layers import DualStrandConv1D

    rows = least_rows([(options.kernel, options.pool), (options.kernel, options.pool), (options.kernel, 1)])
    each = the_sequence(description, "deepsea")
    codes, x = one_hot(each, description.binsize, "deepsea", rows)
    x = DualStrandConv1D(options.filters, options.kernel, each.order, name="scan")(x)
    x = layers.MaxPooling1D(options.pool, name="pool")(x)
    x = layers.Dropout(options.dropout, name="dropout")(x)
    x = layers.Conv1D(options.middle_filters, options.kernel, activation="relu", name="middle")(x)
    x = layers.MaxPooling1D(options.pool, name="middle_pool")(x)
    x = layers.Dropout(options.dropout, name="middle_dropout")(x)
    x = layers.Conv1D(options.deep_filters, options.kernel, activation="relu", name="deep")(x)
    x = layers.Dropout(options.deep_dropout, name="deep_dropout")(x)
    x = layers.Dense(options.hidden, activation="relu", name="hidden")(layers.Flatten(name="features")(x))
    return with_output(description, [codes], x, "deepsea")


_LAYERS = (
    "deep",
    "deep_dropout",
    "dropout",
    "features",
    "hidden",
    "logits",
    "middle",
    "middle_dropout",
    "middle_pool",
    "pool",
    "scan",
    "{input}_onehot",
)

RECORD = Architecture(
    "deepsea",
    "DeepSEA: three convolutions, then a dense layer",
    DeepseaOptions,
    build,
    layers=_LAYERS,
    reads="sequence",
)
