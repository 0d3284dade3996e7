"""Batches: what a model is fed with, read by index from datasets."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.dataset import STILL, Dataset, Jitter
from jangdan.errors import DataError

Inputs = Mapping[str, Dataset]
Arrays = dict[str, NDArray[Any]]


def read_inputs(inputs: Inputs, indices: NDArray[np.int64], jitter: Jitter = STILL) -> Arrays:
    """Return input arrays by name: letter codes (uint8) of sequences, values (float32) of all else."""
    return {name: _read(dataset, indices, jitter) for name, dataset in inputs.items()}


def batches(inputs: Inputs, batch_size: int) -> Iterator[tuple[NDArray[np.int64], Arrays]]:
    """Yield (indices, input arrays) over all regions, in order."""
    length = require_one_length(inputs)
    for start in range(0, length, batch_size):
        indices = np.arange(start, min(start + batch_size, length))
        yield indices, read_inputs(inputs, indices)


def require_one_length(datasets: Inputs) -> int:
    """Return the number of regions; raise DataError where datasets differ in it."""
    lengths = {name: len(dataset) for name, dataset in datasets.items()}
    if len(set(lengths.values())) != 1:
        found = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise DataError(f"datasets differ in their number of regions ({found}); build them over the same regions")
    return next(iter(lengths.values()))


def _read(dataset: Dataset, indices: NDArray[np.int64], jitter: Jitter) -> NDArray[Any]:
    if isinstance(dataset, Bioseq):
        return dataset.letters(indices, jitter)
    return dataset.read(indices, jitter).astype(np.float32, copy=False)
