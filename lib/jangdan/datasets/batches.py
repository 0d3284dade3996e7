"""Batches: what a model is fed with, read by index from datasets."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import STILL, Dataset, Jitter
from jangdan.datasets.stored_bioseq import StoredBioseq
from jangdan.datasets.wrappers import indexer_of, is_placed
from jangdan.errors import DataError

_NAMED = 3  # regions that an error names

Inputs = Mapping[str, Dataset]
Arrays = dict[str, NDArray[Any]]


def read_inputs(inputs: Inputs, indices: NDArray[np.int64], jitter: Jitter = STILL) -> Arrays:
    """Return input arrays by name: letter codes (uint8) of sequences, values (float32) of all else.

    Raises DataError where a value is NaN or infinite, with its regions: a relu would make a number of it.
    """
    arrays = {name: _read(dataset, indices, jitter) for name, dataset in inputs.items()}
    for name, values in arrays.items():
        _require_finite(name, inputs[name], indices, values)
    return arrays


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


def named_regions(dataset: Dataset, indices: NDArray[np.int64]) -> str:
    """Return the places of the first of some regions, or their numbers where they have no place."""
    placed = is_placed(dataset)
    names = [str(indexer_of(dataset)[i]) if placed else str(i) for i in indices[:_NAMED].tolist()]
    return ", ".join(names) + (f" and {len(indices) - _NAMED} more" if len(indices) > _NAMED else "")


def _require_finite(name: str, dataset: Dataset, indices: NDArray[np.int64], values: NDArray[Any]) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        bad = indices[~finite.all(axis=tuple(range(1, values.ndim)))]
        raise DataError(
            f"input {name!r} holds {np.sum(~finite)} NaN or infinite values in the regions "
            f"{named_regions(dataset, bad)}; leave these regions out, or set nan_to_num: true (NanToNumConverter)"
        )


def _read(dataset: Dataset, indices: NDArray[np.int64], jitter: Jitter) -> NDArray[Any]:
    if isinstance(dataset, StoredBioseq):
        return dataset.letters(indices, jitter)
    return dataset.read(indices, jitter).astype(np.float32, copy=False)
