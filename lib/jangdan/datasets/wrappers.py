"""Wrappers: datasets that show another dataset differently, and never change it. They can be stacked."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import STILL, Dataset, Index, Indices, Jitter
from jangdan.datasets.genomic import GenomicDataset
from jangdan.errors import OptionError
from jangdan.genome.indexer import GenomicIndexer

Aggregator = str | Callable[..., NDArray[Any]]
AGGREGATORS: dict[str, Callable[..., NDArray[Any]]] = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min}


class Wrapper(Dataset):
    """Delegates all to the dataset that it wraps; a kind of wrapper overrides `_transform`, and `shape` with it."""

    def __init__(self, array: Dataset) -> None:
        if not isinstance(array, Dataset):
            raise OptionError(f"array: found {type(array).__name__}, expected a dataset, such as Cover or Array")
        super().__init__(array.name)
        self.wrapped = array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the wrapped dataset."""
        return self.wrapped.shape

    @property
    def conditions(self) -> tuple[str, ...] | None:
        """Names of the wrapped dataset."""
        return self.wrapped.conditions

    @property
    def gindexer(self) -> GenomicIndexer:
        """The windows of the wrapped dataset; raises OptionError where it has none."""
        return indexer_of(self.wrapped)

    def view(self, gindexer: GenomicIndexer) -> Self:
        """Return this wrapper around a view of the wrapped dataset."""
        return self._around(self._placed.view(gindexer))

    @property
    def _placed(self) -> "GenomicDataset | Wrapper":
        if not isinstance(self.wrapped, (GenomicDataset, Wrapper)):
            raise OptionError(f"dataset {self.name!r} has no place on the genome")
        return self.wrapped

    def subset(self, index: Index) -> Self:
        """Return this wrapper around some regions of the wrapped dataset."""
        return self._around(self.wrapped.subset(index))

    def _around(self, wrapped: Dataset) -> Self:
        other = self.copy()
        other.wrapped = wrapped
        return other

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        return self._transform(self.wrapped._read(indices, jitter))

    def _transform(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return what is shown in place of `values`, a fresh array."""
        return values


class ReduceDim(Wrapper):
    """Reduce axes (by default the middle two of four), so (region, bins, strand, condition) becomes
    (region, condition). `aggregator` is "sum" (by default), "mean", "max", "min", or a function of (array, axis)."""

    def __init__(
        self, array: Dataset, aggregator: Aggregator | None = None, axis: int | Sequence[int] | None = None
    ) -> None:
        super().__init__(array)
        if isinstance(aggregator, str) and aggregator not in AGGREGATORS:
            raise OptionError(
                f"aggregator={aggregator!r}: expected one of {', '.join(AGGREGATORS)}, or a function of (array, axis)"
            )
        self.aggregator: Aggregator = "sum" if aggregator is None else aggregator
        self.axis = _axes(array, (1, 2) if axis is None else axis)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape without the reduced axes."""
        return tuple(n for i, n in enumerate(self.wrapped.shape) if i not in self.axis)

    def _transform(self, values: NDArray[Any]) -> NDArray[Any]:
        reduce = AGGREGATORS[self.aggregator] if isinstance(self.aggregator, str) else self.aggregator
        return np.asarray(reduce(values, axis=self.axis))


class SqueezeDim(Wrapper):
    """Drop axes of length 1: those of `axis`, or all but the regions."""

    def __init__(self, array: Dataset, axis: int | Sequence[int] | None = None) -> None:
        super().__init__(array)
        single = tuple(i for i, n in enumerate(array.shape) if n == 1 and i > 0)
        self.axis = single if axis is None else _axes(array, axis)
        longer = [i for i in self.axis if i not in single]
        if longer:
            raise OptionError(f"axis={axis}: axis {longer[0]} of shape {array.shape} is not of length 1")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape without the dropped axes."""
        return tuple(n for i, n in enumerate(self.wrapped.shape) if i not in self.axis)

    def _transform(self, values: NDArray[Any]) -> NDArray[Any]:
        return np.squeeze(values, axis=self.axis)


class Transpose(Wrapper):
    """Reorder axes; `axis` is the order of all axes, the regions (0) first."""

    def __init__(self, array: Dataset, axis: Sequence[int]) -> None:
        super().__init__(array)
        if sorted(axis) != list(range(array.ndim)) or axis[0] != 0:
            raise OptionError(
                f"axis={tuple(axis)}: expected an order of the axes 0 to {array.ndim - 1} that begins with 0"
            )
        self.axis = tuple(axis)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape in the new order."""
        return tuple(self.wrapped.shape[i] for i in self.axis)

    @property
    def conditions(self) -> tuple[str, ...] | None:
        """Names of the wrapped dataset, where its last axis is still the last."""
        return self.wrapped.conditions if self.axis[-1] == len(self.axis) - 1 else None

    def _transform(self, values: NDArray[Any]) -> NDArray[Any]:
        return np.transpose(values, self.axis)


class StrandsAsConditions(Wrapper):
    """Show (region, bins, strand, condition) as (region, bins, condition), where each of two strands is a condition.

    Conditions are named x.plus, x.minus, and keep their name where there is one strand. Of a region that is read on
    the reverse strand, or flipped, "plus" is its own strand, as in the wrapped Cover. Raises OptionError where
    axes are others.
    """

    def __init__(self, array: Dataset) -> None:
        super().__init__(array)
        if array.ndim != 4:
            raise OptionError(f"dataset {array.name!r} has the shape {array.shape}, expected 4 axes, as of a Cover")

    @property
    def shape(self) -> tuple[int, ...]:
        """(region, bins, condition * strands)."""
        regions, bins, strands, conditions = self.wrapped.shape
        return (regions, bins, strands * conditions)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the last axis."""
        names = self.wrapped.conditions or ()
        return names if self.wrapped.shape[2] == 1 else tuple(f"{n}.{s}" for n in names for s in ("plus", "minus"))

    def _transform(self, values: NDArray[Any]) -> NDArray[Any]:
        return np.swapaxes(values, 2, 3).reshape(len(values), *self.shape[1:])


class NanToNumConverter(Wrapper):
    """Show NaN as 0."""

    def _transform(self, values: NDArray[Any]) -> NDArray[Any]:
        return np.where(np.isnan(values), np.zeros((), dtype=values.dtype), values)


def innermost(dataset: Dataset) -> Dataset:
    """Return the dataset inside all wrappers."""
    while isinstance(dataset, Wrapper):
        dataset = dataset.wrapped
    return dataset


def is_placed(dataset: Dataset) -> bool:
    """Tell whether a dataset, or what it wraps, has its regions on a genome."""
    return isinstance(innermost(dataset), GenomicDataset)


def indexer_of(dataset: Dataset) -> GenomicIndexer:
    """Return the windows of a dataset; raises OptionError where it has no place on the genome."""
    if isinstance(dataset, (GenomicDataset, Wrapper)):
        return dataset.gindexer
    raise OptionError(f"dataset {dataset.name!r} has no place on the genome")


def _axes(array: Dataset, axis: int | Sequence[int]) -> tuple[int, ...]:
    """Return axes as non-negative numbers; raise OptionError for the regions' axis and those that are not there."""
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    if not all(isinstance(a, (int, np.integer)) for a in axes):
        raise OptionError(f"axis={axis!r}: expected a whole number, or several")
    positive = tuple(int(a) + array.ndim if a < 0 else int(a) for a in axes)
    if 0 in positive or any(not 0 < a < array.ndim for a in positive) or len(set(positive)) != len(positive):
        raise OptionError(f"axis={axis}: expected axes from 1 to {array.ndim - 1}; axis 0 is the regions")
    return positive
