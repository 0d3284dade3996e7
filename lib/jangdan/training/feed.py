"""Datasets to Keras: shuffled batches from a seed, sequences as codes."""

import math
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.batches import Arrays, Inputs, read_inputs, require_one_length
from jangdan.datasets.dataset import Dataset


class Feed(keras.utils.PyDataset):
    """Batches of (inputs by name, targets of shape (batch, condition)).

    With a `seed`, every epoch visits all regions in an order of its own, the same in every run.
    """

    def __init__(self, inputs: Inputs, target: Dataset, batch_size: int, seed: int | None = None) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self.length = require_one_length({**inputs, target.name: target})
        self.inputs, self.target, self.batch_size = inputs, target, batch_size
        self.rng = None if seed is None else np.random.default_rng(seed)
        self.order = np.arange(self.length)
        self.on_epoch_end()

    def __len__(self) -> int:
        return math.ceil(self.length / self.batch_size)

    def __getitem__(self, index: int) -> tuple[Arrays, NDArray[Any]]:
        """Return one batch; regions in increasing order, so that reads follow the file."""
        indices = np.sort(self.order[index * self.batch_size : (index + 1) * self.batch_size])
        return read_inputs(self.inputs, indices), self.target[indices].astype(np.float32)

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order."""
        if self.rng is not None:
            self.order = self.rng.permutation(self.length)
