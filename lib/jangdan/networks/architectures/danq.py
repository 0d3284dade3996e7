"""DanQ (Quang and Xie, Nucleic Acids Research 44, 2016): a convolution, then a bidirectional LSTM."""

from dataclasses import dataclass

import keras
from keras import layers

from jangdan.networks.building_blocks import Checked, least_rows, one_hot, the_sequence, with_output
from jangdan.networks.description import ModelDescription
from jangdan.networks.layers import DualStrandConv1D


@dataclass(frozen=True)
class DanqParameters(Checked):
    """The published sizes (methods and supplement of Quang and Xie), for 1000 bp and 919 conditions.

    filters, kernel: 320 of length 26; pool: 13; dropout: 0.2, after the pooling; units: 320 of the LSTM in each
    direction; deep_dropout: 0.5, after it; hidden: 925 units of the fully connected layer.
    """

    filters: int = 320
    kernel: int = 26
    pool: int = 13
    dropout: float = 0.2
    units: int = 320
    deep_dropout: float = 0.5
    hidden: int = 925


def build(description: ModelDescription) -> keras.Model:
    """Return the model of one sequence.

    Adapted as in the Janggu paper (Kopp et al. 2020, methods, "published models"): the convolution scans both strands
    with the same kernels, of words of `order` letters. At order 1 that leaves the number of parameters, 46 926 479 at
    the published size. A shorter window makes a smaller fully connected layer; raises OptionError for one below
    38 + order - 1 bp (at the published sizes).
    """
    p = DanqParameters(**description.parameters)
    rows = least_rows([(p.kernel, p.pool)])
    each = the_sequence(description, "danq")
    codes, x = one_hot(each, description.binsize, "danq", rows)
    x = DualStrandConv1D(p.filters, p.kernel, each.order, name="scan")(x)
    x = layers.MaxPooling1D(p.pool, name="pool")(x)
    x = layers.Dropout(p.dropout, name="dropout")(x)
    x = layers.Bidirectional(layers.LSTM(p.units, return_sequences=True), name="grammar")(x)
    x = layers.Dropout(p.deep_dropout, name="deep_dropout")(x)
    x = layers.Dense(p.hidden, activation="relu", name="hidden")(layers.Flatten(name="features")(x))
    return with_output(description, [codes], x, "danq")
