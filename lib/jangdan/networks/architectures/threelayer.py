"""The three-layer net of keras_dna's documentation: sequence to a density, or to a class."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import ModelDescription


@dataclass(frozen=True)
class ThreelayerOptions(Options):
    """The documented sizes ("Building a 1d CNN with keras", windows of 2001 and of 551 bp).

    filters, kernel: 16 of length 3, of the first convolution; middle: 32 of 10; deep: 64 of 20; pool: 2, after each.
    """

    filters: int = option("filters of the first convolution", 16, minimum=1)
    kernel: int = option("its length (bp)", 3, minimum=1)
    middle_filters: int = option("filters of the second convolution", 32, minimum=1)
    middle_kernel: int = option("length of the second (bp)", 10, minimum=1)
    deep_filters: int = option("filters of the third convolution", 64, minimum=1)
    deep_kernel: int = option("length of the third (bp)", 20, minimum=1)
    pool: int = option("rows pooled after each", 2, minimum=1)


def build(description: "ModelDescription", options: ThreelayerOptions) -> Any:
    """Return the model of one sequence; it scans the given strand only, as documented.

    61 617 parameters for 2001 bp, order 1 and one condition. A shorter window makes a smaller last layer; raises
    OptionError for one below 66 + order - 1 bp (at the documented sizes).
    """
    from keras import layers

    from jangdan.networks.building_blocks import least_rows, one_hot, the_sequence, with_output

    kernels = [options.kernel, options.middle_kernel, options.deep_kernel]
    rows = least_rows([(kernel, options.pool) for kernel in kernels])
    codes, x = one_hot(the_sequence(description, "threelayer"), description.binsize, "threelayer", rows)
    stages = zip(
        ("scan", "middle", "deep"),
        (options.filters, options.middle_filters, options.deep_filters),
        kernels,
        strict=True,
    )
    for name, filters, kernel in stages:
        x = layers.Conv1D(filters, kernel, activation="relu", name=name)(x)
        x = layers.MaxPooling1D(options.pool, name=f"{name}_pool")(x)
    return with_output(description, [codes], layers.Flatten(name="features")(x), "threelayer")


_LAYERS = ("deep", "deep_pool", "features", "logits", "middle", "middle_pool", "scan", "scan_pool", "{input}_onehot")

RECORD = Architecture(
    "threelayer",
    "three convolutions, each with a pooling: sequence to a density or a class",
    ThreelayerOptions,
    build,
    layers=_LAYERS,
    reads="sequence",
)
