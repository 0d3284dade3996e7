"""The three-layer net of keras_dna's documentation: sequence to a density, or to a class."""

from dataclasses import dataclass

import keras
from keras import layers

from jangdan.networks.building_blocks import Checked, least_rows, one_hot, the_sequence, with_output
from jangdan.networks.description import ModelDescription


@dataclass(frozen=True)
class ThreelayerParameters(Checked):
    """The documented sizes ("Building a 1d CNN with keras", windows of 2001 and of 551 bp).

    filters, kernel: 16 of length 3, of the first convolution; middle: 32 of 10; deep: 64 of 20; pool: 2, after each.
    """

    filters: int = 16
    kernel: int = 3
    middle_filters: int = 32
    middle_kernel: int = 10
    deep_filters: int = 64
    deep_kernel: int = 20
    pool: int = 2


def build(description: ModelDescription) -> keras.Model:
    """Return the model of one sequence; it scans the given strand only, as documented.

    61 617 parameters for 2001 bp, order 1 and one condition. A shorter window makes a smaller last layer; raises
    OptionError for one below 66 + order - 1 bp (at the documented sizes).
    """
    p = ThreelayerParameters(**description.parameters)
    kernels = [p.kernel, p.middle_kernel, p.deep_kernel]
    rows = least_rows([(kernel, p.pool) for kernel in kernels])
    codes, x = one_hot(the_sequence(description, "threelayer"), description.binsize, "threelayer", rows)
    stages = zip(("scan", "middle", "deep"), (p.filters, p.middle_filters, p.deep_filters), kernels, strict=True)
    for name, filters, kernel in stages:
        x = layers.Conv1D(filters, kernel, activation="relu", name=name)(x)
        x = layers.MaxPooling1D(p.pool, name=f"{name}_pool")(x)
    return with_output(description, [codes], layers.Flatten(name="features")(x), "threelayer")
