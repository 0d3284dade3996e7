"""A dataset in bounded pieces: what is computed of all its regions never needs all of them in memory."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.datasets.wrappers import innermost
from jangdan.storage.values import CHUNK


def chunk_slices(dataset: Dataset, most: int = CHUNK) -> Iterator[slice]:
    """Yield slices of the regions, in order, for each of which at most `most` values are read (or one region)."""
    # a wrapper that reduces axes reads all that it reduces
    values = max(int(np.prod(each.shape[1:])) for each in (dataset, innermost(dataset)))
    step = max(most // max(values, 1), 1)
    for first in range(0, len(dataset), step):
        yield slice(first, min(first + step, len(dataset)))


def chunks(dataset: Dataset, most: int = CHUNK) -> Iterator[NDArray[Any]]:
    """Yield the values of the regions, in order, a slice of them at a time, as `chunk_slices`."""
    for regions in chunk_slices(dataset, most):
        yield dataset[regions]
