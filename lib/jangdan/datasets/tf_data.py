"""Datasets as a tf.data.Dataset: batches read at once, shuffled from a seed; TensorFlow is loaded when needed."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from jangdan.datasets.batches import require_one_length
from jangdan.datasets.dataset import Dataset

Arranged = Dataset | Mapping[str, Dataset]
"""One dataset, or several by name; batches are arranged in the same way."""


def to_tf_dataset(
    inputs: Arranged, targets: Arranged | None = None, *, batch_size: int = 128, seed: int | None = None
) -> Any:
    """Return a tf.data.Dataset of batches of inputs, or of (inputs, targets).

    Each batch is one read of its regions; the last may be smaller. With `seed` each epoch has an order of its own,
    the same in every run. Raises DataError where the datasets differ in their number of regions.
    """
    # the data floors work where no framework is installed; this function alone needs TensorFlow
    tf = import_module("tensorflow")
    parts = (inputs,) if targets is None else (inputs, targets)
    named = {f"{i}:{name}": dataset for i, part in enumerate(parts) for name, dataset in _by_name(part).items()}
    length = require_one_length(named)
    epochs = np.random.default_rng(seed)

    def batches() -> Iterator[Any]:
        order = np.arange(length) if seed is None else epochs.permutation(length)
        for start in range(0, length, batch_size):
            indices = np.sort(order[start : start + batch_size])
            read = tuple(_arranged(part, lambda dataset: dataset[indices]) for part in parts)  # noqa: B023 (called here)
            yield read[0] if targets is None else read

    def spec(dataset: Dataset) -> Any:
        first = dataset[:0]
        return tf.TensorSpec((None, *dataset.shape[1:]), first.dtype)

    signature = tuple(_arranged(part, spec) for part in parts)
    stream = tf.data.Dataset.from_generator(batches, output_signature=signature[0] if targets is None else signature)
    return stream.apply(tf.data.experimental.assert_cardinality(-(-length // batch_size))).prefetch(tf.data.AUTOTUNE)


def _by_name(part: Arranged) -> Mapping[str, Dataset]:
    return part if isinstance(part, Mapping) else {part.name: part}


def _arranged(part: Arranged, function: Callable[[Dataset], Any]) -> Any:
    if isinstance(part, Mapping):
        return {name: function(dataset) for name, dataset in part.items()}
    return function(part)
