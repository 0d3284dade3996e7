"""Datasets to Keras: shuffled batches from a seed, sequences as codes."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.datasets.batches import Arrays, Inputs, named_regions, read_inputs, require_one_length
from jangdan.datasets.dataset import STILL, Dataset, Jitter
from jangdan.datasets.wrappers import innermost, is_placed
from jangdan.errors import DataError, JangdanError
from jangdan.training.augment import Augmentation
from jangdan.training.parallel import even_weights, evenly

Targets = Dataset | Mapping[str, Dataset]


class Feed(keras.utils.PyDataset):
    """Batches of (inputs by name, targets), with sample weights as a third where these are given.

    target: a dataset, or name -> dataset for models of several outputs; targets are float32. With a
    `seed`, every epoch visits all regions in an order of its own, the same in every run; without one, in
    order. sample_weight: one number a region. augment: how regions are read otherwise in each epoch, inputs
    and targets alike. Raises DataError where the numbers of regions differ.
    """

    def __init__(
        self,
        inputs: Inputs,
        target: Targets,
        batch_size: int,
        seed: int | None = None,
        sample_weight: ArrayLike | None = None,
        augment: Augmentation | None = None,
        **workers: Any,
    ) -> None:
        super().__init__(**{"workers": 1, "use_multiprocessing": False, **workers})
        self.inputs, self.target, self.batch_size = inputs, target, batch_size
        targets = target if isinstance(target, Mapping) else {target.name: target}
        self.length = require_one_length({**inputs, **{f"target {name}": each for name, each in targets.items()}})
        self.weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float32)
        if self.weights is not None and self.weights.shape != (self.length,):
            raise DataError(f"sample_weight of shape {self.weights.shape}: expected ({self.length},), one a region")
        self.seed, self.augment = seed, augment
        self.failure: JangdanError | None = None
        self._held = False
        self._devices = 1
        self._factor: float | None = None
        self._begin(0)

    def __len__(self) -> int:
        return math.ceil(self.length / self.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return one batch; regions in increasing order, so that reads follow the file."""
        try:
            return self._read(index)
        except JangdanError as error:
            self.failure = error
            raise

    def share_out(self, devices: int, mean_of: str = "batch") -> None:
        """From now on fill each batch up to a multiple of `devices` regions, with repeated ones that weigh nothing.

        mean_of: what stays the mean over the dataset's own regions: the loss of each "batch", which is what training
        follows, or of the whole "epoch", which is what validation reports. One device: nothing changes.
        """
        sizes = [len(self.regions(i)) for i in range(len(self))]
        missing = sum(-size % devices for size in sizes)
        self._devices, self._factor = devices, None if mean_of == "batch" else 1 + missing / self.length

    def regions(self, index: int) -> NDArray[np.int64]:
        """Return the numbers of the regions of a batch, in the order in which it holds them."""
        return np.sort(self.order[index * self.batch_size : (index + 1) * self.batch_size])

    def named_regions(self, index: int) -> str:
        """Return the places of the first regions of a batch, or their numbers where they have no place."""
        placed = [dataset for dataset in self.inputs.values() if is_placed(dataset)]
        return named_regions(placed[0] if placed else next(iter(self.inputs.values())), self.regions(index))

    def set_epoch(self, epoch: int) -> None:
        """Stay with an epoch, 0-based, whose order depends on seed and epoch alone, until the next call."""
        self._held = True
        self._begin(epoch)

    def on_epoch_end(self) -> None:
        """Go on to the next epoch, unless `set_epoch` says when; Keras calls this also before the first one."""
        if not self._held:
            self._begin(self.epoch + 1)

    def _begin(self, epoch: int) -> None:
        self.epoch = epoch
        self.order = np.arange(self.length)
        if self.seed is not None:
            self.order = np.random.default_rng([self.seed, epoch]).permutation(self.length)

    def _read(self, index: int) -> tuple[Any, ...]:
        indices = self.regions(index)
        jitter = STILL
        if self.augment is not None:
            jitter = self.augment.jitter(indices, self.epoch, self.seed or 0, self.length)
        batch = (read_inputs(self.inputs, indices, jitter), self._targets(indices, jitter))
        if self._devices > 1:
            return self._shared_out(batch, indices)
        return batch if self.weights is None else (*batch, self.weights[indices])

    def _shared_out(self, batch: tuple[Any, ...], indices: NDArray[np.int64]) -> tuple[Any, ...]:
        weights = np.ones(len(indices), dtype=np.float32) if self.weights is None else self.weights[indices]
        shares = (evenly(part, self._devices) for part in batch)
        return (*shares, even_weights(weights, self._devices, self._factor))

    def _targets(self, indices: NDArray[np.int64], jitter: Jitter) -> NDArray[Any] | Arrays:
        if isinstance(self.target, Mapping):
            return {name: _target(dataset, indices, jitter) for name, dataset in self.target.items()}
        return _target(self.target, indices, jitter)


@contextmanager
def reading(feed: Any) -> Iterator[None]:
    """Raise an error of reading a batch of `feed` as it was: TensorFlow makes another of it, with a traceback.

    feed: anything; nothing changes for what is no Feed.
    """
    try:
        yield
    except Exception as error:
        failure = getattr(feed, "failure", None)
        if isinstance(error, JangdanError) or failure is None:
            raise
        raise failure from None


def _target(dataset: Dataset, indices: NDArray[np.int64], jitter: Jitter) -> NDArray[np.float32]:
    """Return targets; one value a region is a label, which stays where its region is shifted."""
    array = getattr(innermost(dataset), "garray", None)
    if array is None or not array.continuous:
        jitter = Jitter(flip=jitter.flip)
    return dataset.read(indices, jitter).astype(np.float32)
