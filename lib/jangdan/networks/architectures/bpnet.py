"""BPNet (Avsec et al., Nature Genetics 53, 2021): dilated residual convolutions, a profile head and a count head."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jangdan.errors import OptionError
from jangdan.records.kinds import Architecture
from jangdan.records.options import Options, option

if TYPE_CHECKING:
    from jangdan.networks.description import ModelDescription


@dataclass(frozen=True)
class BpnetOptions(Options):
    """The published sizes (methods, "BPNet architecture"), for 1000 bp.

    filters: 64, of all layers; kernel: 25, of the first; dilated: 9 residual layers of length 3, dilated by 2, 4 ...
    512; profile_kernel: 25, of the profile head. resolution: bp a bin of the target; 1 in the paper.
    """

    filters: int = option("filters of all layers", 64, minimum=1)
    kernel: int = option("length of the first convolution (bp)", 25, minimum=1)
    dilated: int = option("residual layers, dilated by 2, 4, 8 ...", 9, minimum=1)
    profile_kernel: int = option("length of the profile head (bp)", 25, minimum=1)
    resolution: int = option("bp per bin of the target; the workflow sets it to the target's", 1, minimum=1)


def build(description: "ModelDescription", options: BpnetOptions) -> Any:
    """Return the model of one sequence; its output holds expected counts, shape (region, bins, condition), float32.

    Both heads are one output: "profile" gives logits, (region, binsize // resolution, condition), "counts" the log of
    the expected total, (region, condition); "logits" is log_softmax(profile) over bins + counts, the log of the
    expected counts a bin; the output, named as the target, is its exponential, whatever the description's activation.
    Its shape is what the multinomial sees, its sum over bins the count head's, so that no head is lost: fit it with
    `jangdan.networks.likelihoods`. Give each strand of a stranded target as a condition.

    Departures from the paper: the total's log instead of log(1 + total), which the loss makes of it; a convolution
    where it has a deconvolution, the same at stride 1 but for the kernel's direction; no control track. Only the given
    strand is scanned, since the profile has a direction. Flanks are read and cut off the profile; words of `order`
    letters are padded with zeros to the window's length. Raises OptionError for a window, with flanks, shorter than
    the first kernel (+ order - 1), a resolution that does not divide binsize, or a sigmoid output.
    """
    import keras
    from keras import layers

    from jangdan.networks.building_blocks import one_hot, the_sequence

    each = the_sequence(description, "bpnet")
    _check(description, options)
    codes, x = one_hot(each, description.binsize, "bpnet", options.kernel)
    before = (each.order - 1) // 2
    x = layers.ZeroPadding1D((before, each.order - 1 - before), name="whole_window")(x)
    x = _trunk(x, options)
    log_total = layers.Dense(len(description.conditions), name="counts")(layers.GlobalAveragePooling1D(name="mean")(x))
    profile = _profile(x, description, each.flank, options)
    logits = _expected(profile, log_total, len(description.conditions))
    output = layers.Activation("exponential", dtype="float32", name=description.target)(logits)
    return keras.Model([codes], output, name="bpnet")


def _check(description: "ModelDescription", options: BpnetOptions) -> None:
    if description.binsize % options.resolution:
        raise OptionError(
            f"bpnet: parameters: resolution={options.resolution}: "
            f"expected a divisor of binsize, {description.binsize} bp"
        )
    if description.activation == "sigmoid":
        raise OptionError("bpnet: the output holds counts; loss: take multinomial, profile_and_counts or poisson_nll")


def _trunk(x: Any, options: BpnetOptions) -> Any:
    from keras import layers

    x = layers.Conv1D(options.filters, options.kernel, padding="same", activation="relu", name="scan")(x)
    for i in range(1, options.dilated + 1):
        wide = layers.Conv1D(
            options.filters, 3, padding="same", dilation_rate=2**i, activation="relu", name=f"dilated_{2**i}"
        )(x)
        x = layers.Add(name=f"residual_{2**i}")([x, wide])
    return x


def _profile(x: Any, description: "ModelDescription", flank: int, options: BpnetOptions) -> Any:
    from keras import layers

    x = layers.Cropping1D(flank, name="without_flanks")(
        layers.Conv1D(len(description.conditions), options.profile_kernel, padding="same", name="profile_bp")(x)
    )
    return layers.AveragePooling1D(options.resolution, name="profile")(x)


def _expected(profile: Any, log_total: Any, conditions: int) -> Any:
    from keras import layers

    # layers of Keras only, so that the model loads without this module; in float32, since float16 ends at 65504
    by_condition = layers.Permute((2, 1), dtype="float32", name="profile_by_condition")(profile)
    shares = layers.Activation("log_softmax", dtype="float32", name="profile_log_shares")(by_condition)
    log_shares = layers.Permute((2, 1), dtype="float32", name="profile_log_shares_by_bin")(shares)
    total = layers.Reshape((1, conditions), dtype="float32", name="log_total")(log_total)
    return layers.Add(dtype="float32", name="logits")([log_shares, total])


_LAYERS = (
    "counts",
    "dilated_*",
    "log_total",
    "logits",
    "mean",
    "profile",
    "profile_bp",
    "profile_by_condition",
    "profile_log_shares",
    "profile_log_shares_by_bin",
    "residual_*",
    "scan",
    "whole_window",
    "without_flanks",
    "{input}_onehot",
)

RECORD = Architecture(
    "bpnet",
    "BPNet: dilated residual convolutions, a profile head and a count head",
    BpnetOptions,
    build,
    predicts="profile",
    layers=_LAYERS,
    reads="sequence",
)
