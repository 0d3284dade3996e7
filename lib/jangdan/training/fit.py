"""Fit a model: early stopping on the validation regions, a readable log, a history table."""

import logging
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from jangdan.datasets.batches import Inputs
from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError
from jangdan.training.feed import Feed

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingOptions:
    """epochs: at most; patience: epochs without a better validation loss before it stops; learning_rate:
    of Adam; seed: of weights, dropout and order of regions."""

    epochs: int = 30
    batch_size: int = 64
    learning_rate: float = 1e-3
    patience: int = 5
    seed: int = 1


@dataclass(frozen=True)
class Part:
    """Inputs and target over the regions of one part of the split."""

    inputs: Inputs
    target: Dataset


class EpochLog(keras.callbacks.Callback):
    """One line a epoch in the log, and the history's rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the epoch; raise DataError where the loss is no number any more."""
        values = {key: float(value) for key, value in (logs or {}).items()}
        self.rows.append({"epoch": epoch + 1, **values})
        log.info("epoch %d: %s", epoch + 1, ", ".join(f"{k} {v:.4f}" for k, v in values.items()))
        if not np.isfinite(values.get("loss", 0.0)):
            raise DataError(f"the loss is {values['loss']} in epoch {epoch + 1}; lower learning_rate, or look for NaN")


def fit_model(model: keras.Model, loss: str, train: Part, validation: Part, options: TrainingOptions) -> pd.DataFrame:
    """Fit `model` in place, ending with its best weights; return the history, one row an epoch.

    Raises DataError where a class target has no positive, or no negative, in the training regions.
    """
    require_both_classes(train.target, loss)
    metrics = [keras.metrics.AUC(name="auroc", multi_label=True, num_labels=train.target.shape[-1])]
    optimizer = keras.optimizers.Adam(options.learning_rate)
    model.compile(optimizer, loss=loss, metrics=metrics if loss == "binary_crossentropy" else [])
    epochs = EpochLog()
    stop = keras.callbacks.EarlyStopping("val_loss", patience=options.patience, restore_best_weights=True)
    model.fit(
        Feed(train.inputs, train.target, options.batch_size, options.seed),
        validation_data=Feed(validation.inputs, validation.target, 4 * options.batch_size),
        epochs=options.epochs,
        callbacks=[epochs, stop],
        verbose=0,
    )
    return pd.DataFrame(epochs.rows)


def require_both_classes(target: Dataset, loss: str) -> None:
    """Raise DataError where a condition of a class target is all one class, or a target holds NaN."""
    values = target[:]
    if np.isnan(values.astype(np.float64)).any():
        raise DataError(f"target {target.name!r} holds NaN in the training regions; set nan_to_num: true")
    if loss != "binary_crossentropy":
        return
    names = target.conditions or tuple(map(str, range(values.shape[-1])))
    for name, column in zip(names, values.reshape(len(values), -1).T, strict=True):
        if column.min() == column.max():
            found = "positive" if column.max() == 0 else "negative"
            raise DataError(
                f"target {target.name!r}, condition {name!r}: no {found} among the {len(column)} training regions; "
                "check its file, or extend the regions"
            )
