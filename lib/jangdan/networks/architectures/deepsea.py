"""DeepSEA (Zhou and Troyanskaya, Nature Methods 12, 2015): three convolutions, then a fully connected layer."""

from dataclasses import dataclass

import keras
from keras import layers

from jangdan.networks.building_blocks import Checked, least_rows, one_hot, the_sequence, with_output
from jangdan.networks.description import ModelDescription
from jangdan.networks.layers import DualStrandConv1D


@dataclass(frozen=True)
class DeepseaParameters(Checked):
    """The published sizes (supplementary note of Zhou and Troyanskaya), for 1000 bp and 919 conditions.

    filters: kernels of the three convolutions, 320, 480, 960; kernel: 8, of all three; pool: 4, after the first and
    the second; dropout: 0.2, after these two; deep_dropout: 0.5, after the third; hidden: 925 units.
    """

    filters: int = 320
    middle_filters: int = 480
    deep_filters: int = 960
    kernel: int = 8
    pool: int = 4
    dropout: float = 0.2
    deep_dropout: float = 0.5
    hidden: int = 925


def build(description: ModelDescription) -> keras.Model:
    """Return the model of one sequence.

    Adapted as in the Janggu paper (Kopp et al. 2020, methods, "published models"): the first convolution scans both
    strands with the same kernels, of words of `order` letters. At order 1 that leaves the number of parameters, which
    is 52 843 119 at the published size. Weight decay and norm constraints of the original are left out. A shorter
    window makes a smaller fully connected layer; raises OptionError for one below 163 + order - 1 bp (at the published
    sizes).
    """
    p = DeepseaParameters(**description.parameters)
    rows = least_rows([(p.kernel, p.pool), (p.kernel, p.pool), (p.kernel, 1)])
    each = the_sequence(description, "deepsea")
    codes, x = one_hot(each, description.binsize, "deepsea", rows)
    x = DualStrandConv1D(p.filters, p.kernel, each.order, name="scan")(x)
    x = layers.MaxPooling1D(p.pool, name="pool")(x)
    x = layers.Dropout(p.dropout, name="dropout")(x)
    x = layers.Conv1D(p.middle_filters, p.kernel, activation="relu", name="middle")(x)
    x = layers.MaxPooling1D(p.pool, name="middle_pool")(x)
    x = layers.Dropout(p.dropout, name="middle_dropout")(x)
    x = layers.Conv1D(p.deep_filters, p.kernel, activation="relu", name="deep")(x)
    x = layers.Dropout(p.deep_dropout, name="deep_dropout")(x)
    x = layers.Dense(p.hidden, activation="relu", name="hidden")(layers.Flatten(name="features")(x))
    return with_output(description, [codes], x, "deepsea")
