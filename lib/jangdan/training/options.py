"""What a training is told."""

from dataclasses import dataclass
from math import cos, pi

from jangdan.errors import OptionError, whole_number
from jangdan.training.weights import checked_weight

SCHEDULES = ("constant", "cosine", "plateau")
MONITORS = {"val_loss": "min", "loss": "min", "val_auroc": "max", "val_auprc": "max"}
"""What the best epoch is chosen by, and whether less or more is better."""

_DROP = 0.5  # of the learning rate, at a plateau


@dataclass(frozen=True)
class TrainingOptions:
    """epochs: at most; patience: epochs without a better `monitor` before it stops; learning_rate: of Adam;
    schedule: "constant", "cosine" (to 0 at the last epoch) or "plateau" (halved after half the patience);
    amsgrad: the variant of Reddi et al., 2018; clipnorm: the largest norm of a variable's gradient;
    reverse_complement, shift (bp): augmentation of inputs and target together, but a target
    of one value a region stays; class_weight: of binary cross-entropy, "balanced" or what a positive counts for
    (`weights.class_weights`), also in val_loss; tensorboard: a folder for event files; seed: of weights, dropout,
    augmentation and order of regions."""

    epochs: int = 30
    batch_size: int = 64
    learning_rate: float = 1e-3
    patience: int = 5
    seed: int = 1
    monitor: str = "val_loss"
    schedule: str = "constant"
    amsgrad: bool = False
    clipnorm: float | None = None
    reverse_complement: bool = False
    shift: int = 0
    class_weight: float | str | None = None
    tensorboard: str | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            whole_number(f"training: {name}", getattr(self, name), 1)
        if self.class_weight is not None:
            checked_weight(self.class_weight)
        if self.monitor not in MONITORS:
            raise OptionError(f"training: monitor: {self.monitor!r}: expected one of {', '.join(MONITORS)}")
        if self.schedule not in SCHEDULES:
            raise OptionError(f"training: schedule: {self.schedule!r}: expected one of {', '.join(SCHEDULES)}")

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
