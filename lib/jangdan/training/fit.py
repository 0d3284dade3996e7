"""Fit a model, epoch after epoch: the best weights by a chosen metric, a readable log, and a state to go on from."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from jangdan.datasets.batches import Inputs
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.labels import LabelSummary, require_positives, summarize_labels
from jangdan.datasets.wrappers import innermost
from jangdan.errors import DataError, OptionError
from jangdan.networks.likelihoods import WeightedBinaryCrossentropy
from jangdan.networks.registry import build_loss, is_of_classes
from jangdan.records.schema import plain
from jangdan.training.augment import Augmentation
from jangdan.training.batch_feed import Feed, reading
from jangdan.training.checkpoint import Weights, load_state, save_state, set_values, values_of
from jangdan.training.options import TrainingOptions
from jangdan.training.out_of_memory import memory_named
from jangdan.training.parallel import replicas
from jangdan.training.randomness import SeededEpoch
from jangdan.training.tensorboard import EventLog
from jangdan.training.weights import class_weights

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """Inputs and target over the regions of one part of the split; sample_weight: one number a region, or none."""

    inputs: Inputs
    target: Dataset
    sample_weight: ArrayLike | None = None


@dataclass
class Progress:
    """The epochs so far: `rows` of the history, the best value of the monitor, epochs since then after each epoch."""

    rows: list[dict[str, float]] = field(default_factory=list)
    best: float | None = None
    waited: list[int] = field(default_factory=list)

    def add(self, row: dict[str, float], options: TrainingOptions) -> bool:
        """Add an epoch; tell whether it is the best so far."""
        if options.monitor not in row:
            raise OptionError(f"training: monitor: {options.monitor} is not measured here, but {', '.join(row)}")
        better = options.is_better(row[options.monitor], self.best)
        self.best = row[options.monitor] if better else self.best
        self.waited.append(0 if better else (self.waited[-1] if self.waited else 0) + 1)
        self.rows.append(row)
        return better


def fit_model(
    model: keras.Model,
    loss: Any,
    train: Part,
    validation: Part,
    options: TrainingOptions,
    checkpoint: str | PathLike[str] | None = None,
    identity: Any = None,
) -> pd.DataFrame:
    """Fit `model` in place, ending with its best weights; return the history, one row an epoch.

    checkpoint: a file for the state after each epoch. Where it holds one of the same model, options and
    `identity` (JSON types that tell the data), training goes on from there, to the same end, on a CPU to
    the bit; the caller removes it. A model that was built in `parallel.data_parallel` is fitted on several devices,
    each with its share of a batch. Raises DataError where a class target has no positive in the training regions,
    or the loss is no number; it names the batch's regions.
    """
    _require_shape(model, train.target)
    summary = require_labels(train.target, loss)
    _compile(model, loss, train.target, options, summary)
    feed, held_out = _feeds(train, validation, options, replicas(model))
    told = {key: value for key, value in plain(options).items() if key not in ("tensorboard", "event_folder")}
    made_of = {"options": told, "regions": [feed.length, held_out.length], "data": identity}
    progress, best = _resumed(model, checkpoint, made_of)
    with _events(options, progress) as events:
        for epoch in range(len(progress.rows), options.epochs):
            if progress.waited and progress.waited[-1] >= options.patience:
                break
            rate = options.rate(epoch, progress.waited)
            model.optimizer.learning_rate = rate
            row = {"epoch": epoch + 1, **_run_epoch(model, feed, held_out, epoch)}
            log.info("epoch %d: %s", epoch + 1, ", ".join(f"{k} {v:.4f}" for k, v in row.items() if k != "epoch"))
            if progress.add(row, options):
                best = model.get_weights()
            if checkpoint is not None:
                save_state(checkpoint, model, {"made_of": made_of, "progress": vars(progress)}, best)
            if events is not None:
                events.write(row, rate)
    if best:
        model.set_weights(best)
    return pd.DataFrame(progress.rows)


def _require_shape(model: keras.Model, target: Dataset) -> None:
    # a loss would broadcast them against each other, and say nothing
    if len(model.outputs) == 1 and tuple(model.outputs[0].shape[1:]) != tuple(target.shape[1:]):
        raise DataError(
            f"target {target.name!r} has the shape {target.shape}, and the model's output {model.outputs[0].shape}: "
            "expected the same but for the regions; look at the target's resolution and conditions"
        )


def require_labels(target: Dataset, loss: Any) -> LabelSummary:
    """Return what a target holds, read in bounded pieces.

    Raises DataError where it holds NaN, or a class target no positive; warns of conditions of one class.
    """
    summary = summarize_labels(target)
    if summary.has_nan:
        raise DataError(f"target {target.name!r} holds NaN in the training regions; set nan_to_num: true")
    if is_of_classes(loss):
        require_positives(target, "training", summary)
    return summary


def _compile(model: keras.Model, loss: Any, target: Dataset, options: TrainingOptions, summary: LabelSummary) -> None:
    labels = {"multi_label": True, "num_labels": target.shape[-1]}
    metrics = [keras.metrics.AUC(name="auroc", **labels), keras.metrics.AUC(name="auprc", curve="PR", **labels)]
    optimizer = keras.optimizers.Adam(options.learning_rate, amsgrad=options.amsgrad, clipnorm=options.clipnorm)
    # weighted: of weights that `Feed.share_out` gives, so that repeated regions are not measured
    measured = {"weighted_metrics": metrics} if is_of_classes(loss) else {}
    model.compile(optimizer, loss=_loss(loss, target, options, summary), **measured)


def _loss(loss: Any, target: Dataset, options: TrainingOptions, summary: LabelSummary) -> Any:
    if options.positive_weight is None:
        return build_loss(loss)
    if loss != "binary_crossentropy":
        raise OptionError(f"training: positive_weight: is of loss binary_crossentropy, not of {loss}; leave it out")
    positives, negatives = class_weights(summary, options.positive_weight)
    names = target.conditions or range(len(positives))
    words = (f"{name} {a:.4g} and {b:.4g}" for name, a, b in zip(names, positives, negatives, strict=True))
    log.info("weights of positives and negatives: %s", ", ".join(words))
    return WeightedBinaryCrossentropy(positives, negatives)


def _feeds(train: Part, validation: Part, options: TrainingOptions, devices: int) -> tuple[Feed, Feed]:
    step = _step([*train.inputs.values(), train.target]) if options.max_shift else 1
    augment = Augmentation(options.reverse_complement, options.max_shift, step)
    feed = Feed(train.inputs, train.target, options.batch_size, options.seed, train.sample_weight, augment)
    held_out = Feed(validation.inputs, validation.target, 4 * options.batch_size, None, validation.sample_weight)
    feed.share_out(devices)
    held_out.share_out(devices, mean_of="epoch")
    return feed, held_out


@contextmanager
def _events(options: TrainingOptions, progress: Progress) -> Iterator[EventLog | None]:
    """Yield the event files, with the epochs so far, or None where none are wanted."""
    if options.event_folder is None:
        yield None
        return
    with EventLog(options.event_folder) as events:
        for epoch, row in enumerate(progress.rows):
            events.write(row, options.rate(epoch, progress.waited[:epoch]))
        yield events


def _resumed(
    model: keras.Model, checkpoint: str | PathLike[str] | None, made_of: dict[str, Any]
) -> tuple[Progress, Weights]:
    state = None if checkpoint is None else load_state(checkpoint, model, {"made_of": made_of})
    if state is None:
        return Progress(), []
    progress = Progress(**state[0]["progress"])
    log.info("going on after epoch %d, from %s", len(progress.rows), checkpoint)
    return progress, state[1]


def _run_epoch(model: keras.Model, feed: Feed, held_out: Feed, epoch: int) -> dict[str, float]:
    """Train one epoch and validate; return loss and metrics."""
    before, seeded = values_of(model), SeededEpoch(feed.seed or 0, epoch)
    options: dict[str, Any] = {"epochs": 1, "verbose": 0, "shuffle": False}
    feed.set_epoch(epoch)
    with memory_named(feed.batch_size, "training: batch_size: "), reading(feed), reading(held_out):
        history = model.fit(feed, validation_data=held_out, callbacks=[seeded], **options).history
    row = {name: float(values[0]) for name, values in history.items()}
    if not np.isfinite(row["loss"]):
        # the same epoch once more, to see with which batch it began
        set_values(model, before)
        feed.set_epoch(epoch)
        model.fit(feed, callbacks=[seeded, _NotANumber(feed, epoch)], **options)
        raise DataError(f"the loss is {row['loss']} in epoch {epoch + 1}; lower learning_rate, or set clipnorm")
    return row


class _NotANumber(keras.callbacks.Callback):
    """Raises DataError with the regions of the first batch whose loss is no number."""

    def __init__(self, feed: Feed, epoch: int) -> None:
        super().__init__()
        self.feed, self.epoch = feed, epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not np.isfinite(loss):
            raise DataError(
                f"the loss is {loss} in epoch {self.epoch + 1}, batch {batch + 1}, of the regions "
                f"{self.feed.named_regions(batch)}; look at the values there, lower learning_rate, or set clipnorm"
            )


def _step(datasets: Iterable[Dataset]) -> int:
    """Return the smallest shift (bp) that all datasets can be read with."""
    inner = [innermost(dataset) for dataset in datasets]
    resolutions = [getattr(getattr(dataset, "garray", None), "resolution", None) or 1 for dataset in inner]
    return int(np.lcm.reduce(resolutions))
