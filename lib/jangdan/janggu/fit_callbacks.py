"""What watches over a fit: the order of each epoch, a loss that is no number."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError, JangdanError
from jangdan.training.batch_feed import Feed


class Steps(keras.utils.PyDataset):
    """A feed as epochs of so many batches: each goes on where the one before ended, around and around the regions."""

    def __init__(self, feed: Feed, steps: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self.feed, self.steps, self.first = feed, steps, 0

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return a batch of the epoch."""
        return self.feed[self._turned_to(index)]

    @property
    def failure(self) -> JangdanError | None:
        """What reading a batch raised."""
        return self.feed.failure

    def set_epoch(self, epoch: int) -> None:
        """Begin an epoch, 0-based."""
        self.first = epoch * self.steps

    def named_regions(self, index: int) -> str:
        """Return the places of a batch's first regions."""
        return self.feed.named_regions(self._turned_to(index))

    def _turned_to(self, index: int) -> int:
        turn, batch = divmod(self.first + index, len(self.feed))
        if self.feed.epoch != turn:
            self.feed.set_epoch(turn)
        return batch


class Watch(keras.callbacks.Callback):
    """Gives each epoch its own order of regions; raises DataError after the first batch whose loss is no number.

    feed: None for batches of the user's own, whose order and regions are not known.
    """

    def __init__(self, feed: Feed | Steps | None) -> None:
        super().__init__()
        self.feed, self.epoch, self.batch = feed, 0, 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keras draws a batch before the first epoch of some fits: epochs are told rather than counted."""
        self.epoch = epoch
        if self.feed is not None:
            self.feed.set_epoch(epoch)

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Remember the batch."""
        self.batch = batch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Look at the loss."""
        loss = float((logs or {}).get("loss", 0.0))
        if not np.isfinite(loss):
            raise self.stopped(f"the loss is {loss}")

    def stopped(self, what: str) -> DataError:
        """Return the error that names the batch and, of a feed, its regions and the dataset that is to blame."""
        where = f"{what} in epoch {self.epoch + 1}, batch {self.batch + 1}"
        if self.feed is None:
            return DataError(f"{where}; look for NaN there, lower the learning rate, or give the optimizer clipnorm")
        reason = _not_finite(self.feed, self.batch) or "lower the learning rate, or give the optimizer clipnorm"
        return DataError(f"{where}, of the regions {self.feed.named_regions(self.batch)}; {reason}")


@contextmanager
def loss_named(watch: Watch) -> Iterator[None]:
    """Turn PyTorch's error for a cross-entropy of NaN into that of a loss that is no number."""
    try:
        yield
    except RuntimeError as error:
        if "should be between 0 and 1" not in str(error):
            raise
        raise watch.stopped("the loss is nan") from error


def _not_finite(feed: Feed | Steps, batch: int) -> str:
    """Say which target holds NaN or infinite values in a batch; nothing where none does."""
    inner, number = (feed.feed, feed._turned_to(batch)) if isinstance(feed, Steps) else (feed, batch)
    values_of = inner[number][1]
    if isinstance(inner.target, Dataset):
        values_of = {inner.target.name: values_of}
    for name, values in values_of.items():
        bad = int(np.sum(~np.isfinite(values)))
        if bad:
            return (
                f"target {name!r} holds {bad} NaN or infinite values there: leave these regions out, or wrap it in "
                "NanToNumConverter"
            )
    return ""
