"""DanQ (Quang and Xie, Nucleic Acids Research 44, 2016): a convolution, then a bidirectional LSTM."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import ModelDescription


@dataclass(frozen=True)
class DanqOptions(Options):
    """The published sizes (methods and supplement of Quang and Xie), for 1000 bp and 919 conditions.

    filters, kernel: 320 of length 26; pool: 13; dropout: 0.2, after the pooling; units: 320 of the LSTM in each
    direction; deep_dropout: 0.5, after it; hidden: 925 units of the fully connected layer.
    """

    filters: int = option("filters of the convolution", 320, minimum=1)
    kernel: int = option("its length (bp)", 26, minimum=1)
    pool: int = option("rows pooled after it", 13, minimum=1)
    dropout: float = option("fraction dropped after the pooling", 0.2, minimum=0, below=1)
    units: int = option("units of the LSTM in each direction", 320, minimum=1)
    deep_dropout: float = option("fraction dropped after the LSTM", 0.5, minimum=0, below=1)
    hidden: int = option("units of the dense layer", 925, minimum=1)


def build(description: "ModelDescription", options: DanqOptions) -> Any:
    """Return the model of one sequence.

    Adapted as in the Janggu paper (Kopp et al. 2020, methods, "published models"): the convolution scans both strands
    with the same kernels, of words of `order` letters. At order 1 that leaves the number of options, 46 926 479 at
    the published size. A shorter window makes a smaller fully connected layer; raises OptionError for one below
    38 + order - 1 bp (at the published sizes).
    """
    from keras import layers

    from jangdan.networks.building_blocks import least_rows, one_hot, the_sequence, with_output
    from jangdan.networks.layers import DualStrandConv1D

    rows = least_rows([(options.kernel, options.pool)])
    each = the_sequence(description, "danq")
    codes, x = one_hot(each, description.binsize, "danq", rows)
    x = DualStrandConv1D(options.filters, options.kernel, each.order, name="scan")(x)
    x = layers.MaxPooling1D(options.pool, name="pool")(x)
    x = layers.Dropout(options.dropout, name="dropout")(x)
    x = layers.Bidirectional(layers.LSTM(options.units, return_sequences=True), name="grammar")(x)
    x = layers.Dropout(options.deep_dropout, name="deep_dropout")(x)
    x = layers.Dense(options.hidden, activation="relu", name="hidden")(layers.Flatten(name="features")(x))
    return with_output(description, [codes], x, "danq")


_LAYERS = ("deep_dropout", "dropout", "features", "grammar", "hidden", "logits", "pool", "scan", "{input}_onehot")

RECORD = Architecture(
    "danq",
    "DanQ: a convolution, then a bidirectional LSTM",
    DanqOptions,
    build,
    layers=_LAYERS,
    reads="sequence",
)
