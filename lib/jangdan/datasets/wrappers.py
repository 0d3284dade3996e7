"""Wrappers: datasets that show another dataset differently, and never change it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.errors import OptionError

AGGREGATORS: dict[str, Callable[..., NDArray[Any]]] = {"sum": np.sum, "mean": np.mean, "max": np.max}


class ReduceDim(Dataset):
    """Reduce axes (by default the middle two of four), so (region, bins, strand, condition) becomes
    (region, condition). `aggregator` is "sum", "mean" or "max"."""

    def __init__(self, array: Dataset, aggregator: str = "sum", axis: tuple[int, ...] = (1, 2)) -> None:
        super().__init__(array.name)
        if aggregator not in AGGREGATORS:
            raise OptionError(f"aggregator={aggregator!r}: expected one of {', '.join(AGGREGATORS)}")
        if 0 in axis:
            raise OptionError(f"axis={axis}: axis 0 is the regions and cannot be reduced")
        self.wrapped, self.aggregator, self.axis = array, aggregator, axis

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape without the reduced axes."""
        return tuple(n for i, n in enumerate(self.wrapped.shape) if i not in self.axis)

    @property
    def conditions(self) -> tuple[str, ...] | None:
        """Names of the wrapped dataset."""
        return self.wrapped.conditions

    def _read(self, indices: NDArray[np.int64]) -> NDArray[Any]:
        return AGGREGATORS[self.aggregator](self.wrapped[indices], axis=self.axis)
