"""What a training is told: a section of the config. Standard library only: the Snakefile imports it."""

from dataclasses import dataclass
from math import cos, pi
from typing import Literal

from jangdan.records.options import Options, option

SCHEDULES = ("constant", "cosine", "plateau")
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
MONITORS = {"val_loss": "min", "loss": "min", "val_auroc": "max", "val_auprc": "max"}
"""What the best epoch is chosen by, and whether less or more is better."""

_DROP = 0.5  # of the learning rate, at a plateau


@dataclass(frozen=True, kw_only=True)
class Training(Options):
    """What a config says of a training; `amsgrad` is the variant of Reddi et al., 2018."""

    epochs: int = option("epochs at most", 30, minimum=1)
    batch_size: int = option("windows per step", 64, minimum=1)
    learning_rate: float = option("learning rate of Adam", 1e-3, above=0)
    patience: int = option("epochs without a better monitor before training stops", 5, minimum=1)
    monitor: str = option("what the best epoch is chosen by", "val_loss", choices=tuple(MONITORS))
    schedule: str = option(
        "learning rate: constant, cosine (to 0 at the last epoch), or plateau (halved after half the patience)",
        "constant",
        choices=SCHEDULES,
    )
    amsgrad: bool = option("AMSGrad, the variant of Adam", False)
    clipnorm: float | None = option("largest norm of a variable's gradient", None, above=0)
    reverse_complement: bool = option(
        "half of the regions, drawn anew each epoch, are read in the other direction, inputs and target together", False
    )
    max_shift: int = option(
        "regions are read up to so many bp further on or back, inputs and target together", 0, minimum=0
    )
    precision: str = option("dtype policy of Keras", "float32", choices=PRECISIONS)
    initial_weights: str | None = option(
        "model.keras of another run, whose layers of the same names and shapes give the first weights", None
    )
    freeze: tuple[str, ...] = option("names of layers whose weights are kept", (), unique=True)
    positive_weight: Literal["balanced"] | float | None = option(
        "of binary_crossentropy, one condition at a time: balanced, where positives weigh together as much as "
        "negatives, or what a positive counts for, a negative counting 1",
        None,
        above=0,
    )
    tensorboard: bool = option("event files for TensorBoard, in tensorboard/ beside the model", False)


@dataclass(frozen=True, kw_only=True)
class TrainingOptions(Training):
    """What one training is told: with its seed, and the folder of its event files."""

    seed: int = option("of weights, dropout, augmentation and order of regions", 1, minimum=0)
    event_folder: str | None = option("where event files for TensorBoard go", None)

    def rate(self, epoch: int, waited: list[int]) -> float:
        """Return the learning rate of an epoch, 0-based; `waited`: epochs since the best one, after each so far."""
        if self.schedule == "cosine":
            return self.learning_rate * (1 + cos(pi * epoch / self.epochs)) / 2
        if self.schedule == "plateau":
            wait = max(self.patience // 2, 1)
            drops = sum(count > 0 and count % wait == 0 for count in waited)
            return self.learning_rate * _DROP**drops
        return self.learning_rate

    def is_better(self, value: float, best: float | None) -> bool:
        """Tell whether a value of `monitor` is better than the best so far; NaN never is."""
        if best is None:
            return value == value
        return value < best if MONITORS[self.monitor] == "min" else value > best
