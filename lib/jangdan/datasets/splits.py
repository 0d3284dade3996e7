"""Dividing datasets over the same regions into training and test parts."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.datasets.wrappers import indexer_of, is_placed
from jangdan.errors import DataError, OptionError
from jangdan.genome.interval import Interval

Datasets = TypeVar("Datasets", bound=Any)
"""A dataset, a list or tuple of them, or a mapping of names to them."""


def split_train_test(
    datasets: Datasets,
    holdout: Collection[str | Interval] | str | None = None,
    test_size: float | None = None,
    seed: int = 0,
) -> tuple[Datasets, Datasets]:
    """Return (training, test) parts, of the same form as `datasets`, over the same data.

    holdout: chromosomes (or Intervals) of the test part: a window that overlaps one is not in training.
    test_size: instead, the fraction of regions drawn for the test part; neighbours may then overlap
    between the parts, so prefer `holdout` for regions of one genome. Raises OptionError unless one of the two is
    given, DataError where datasets differ in their regions or a part is empty.
    """
    each = _list(datasets)
    if (holdout is None) == (test_size is None):
        raise OptionError("split_train_test: give either holdout (chromosomes) or test_size (a fraction)")
    chosen = _random(each, test_size, seed) if test_size is not None else _held_out(each, holdout or ())
    if not 0 < len(chosen) < len(each[0]):
        raise DataError(f"split_train_test: {len(chosen)} of {len(each[0])} regions are for the test; a part is empty")
    rest = np.setdiff1d(np.arange(len(each[0])), chosen)
    return _like(datasets, rest), _like(datasets, chosen)


def _held_out(datasets: list[Dataset], holdout: Collection[str | Interval] | str) -> NDArray[np.int64]:
    indexers = [indexer_of(d) for d in datasets if is_placed(d)]
    if not indexers:
        raise OptionError("holdout: no dataset has a place on the genome; use test_size")
    chosen = [indexer.idx_by_region(include=holdout) for indexer in indexers]
    if any(not np.array_equal(chosen[0], other) for other in chosen[1:]):
        raise DataError("split_train_test: the datasets do not have the same regions; build them over one roi")
    return chosen[0]


def _random(datasets: list[Dataset], test_size: float, seed: int) -> NDArray[np.int64]:
    if not 0 < test_size < 1:
        raise OptionError(f"test_size={test_size}: expected a fraction between 0 and 1")
    count = round(len(datasets[0]) * test_size)
    return np.sort(np.random.default_rng(seed).permutation(len(datasets[0]))[:count])


def _list(datasets: Any) -> list[Dataset]:
    each = list(datasets.values()) if isinstance(datasets, Mapping) else datasets
    each = [each] if isinstance(each, Dataset) else list(each)
    lengths = {dataset.name: len(dataset) for dataset in each}
    if len(set(lengths.values())) != 1:
        raise DataError(f"split_train_test: expected datasets of one length, found {lengths}")
    return each


def _like(datasets: Any, index: NDArray[np.int64]) -> Any:
    if isinstance(datasets, Dataset):
        return datasets.subset(index)
    if isinstance(datasets, Mapping):
        return {name: dataset.subset(index) for name, dataset in datasets.items()}
    return type(datasets)(dataset.subset(index) for dataset in datasets)
