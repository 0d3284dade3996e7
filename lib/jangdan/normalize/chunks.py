"""Values and their places some rows at a time, so that fitting takes little memory whatever the number of windows."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from jangdan.normalize.bin_positions import Places, places_of
from jangdan.storage.any_array import AnyArray

Values = NDArray[np.floating]
Chunks = Callable[[], Iterator[tuple[Values, Places]]]
"""Called for each pass: yields values of shape (bins, strands, conditions), float64, and their places."""

_VALUES = 1 << 20  # handled at once


def one_chunk(values: Values, places: Places) -> Chunks:
    """Return values that are in memory as the only chunk."""
    return lambda: iter([(values, places)])


def chunks_of(array: AnyArray, ranges: NDArray[np.int64] | None = None) -> Chunks:
    """Return the rows of an array in sorted, disjoint `ranges`, shape (n, 2); None: all of them."""
    bounds = np.array([[0, len(array.values)]]) if ranges is None else ranges
    offset = np.concatenate([[0], np.cumsum(bounds[:, 1] - bounds[:, 0])])
    step = max(_VALUES // int(np.prod(array.values.shape[1:])), 1)

    def chunks() -> Iterator[tuple[Values, Places]]:
        for low in range(0, int(offset[-1]), step):
            place = np.arange(low, min(low + step, int(offset[-1])))
            first, last = np.searchsorted(offset, [place[0], place[-1]], side="right") - 1
            cuts = np.clip(offset[first : last + 2], low, low + len(place))
            ahead = bounds[first : last + 1, 0] - offset[first : last + 1]
            rows = place + np.repeat(ahead, cuts[1:] - cuts[:-1])
            yield array.values.take(rows).astype(np.float64), places_of(array, rows)

    return chunks
