"""Cross-entropy of classes: each condition is 0 or 1."""

from typing import Any

from jangdan.records.kinds import Loss
from jangdan.records.options import NoOptions


def build(options: NoOptions, *, mean_total: float | None = None) -> Any:
    """Return Keras's own; PyTorch's stops at NaN, on a GPU for good, before a loss can be seen, so there it is ours."""
    import keras

    from jangdan.networks.likelihoods import WeightedBinaryCrossentropy

    return WeightedBinaryCrossentropy() if keras.backend.backend() == "torch" else "binary_crossentropy"


RECORD = Loss(
    "binary_crossentropy",
    "likelihood of classes, each condition 0 or 1",
    NoOptions,
    build,
    activation="sigmoid",
    targets="classes",
)
