"""Where bins lie on the genome and how long they are, for normalizers that ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.genome.contigs import Contigs
from jangdan.storage.any_array import EVERYTHING, AnyArray

Ints = NDArray[np.integer[Any]]
Rows = slice | Ints
Bounds = tuple[Contigs, Ints, Ints, Ints]
"""Contigs; the number of each bin's contig, its start and its end in bp, each of shape (bins,)."""


@dataclass(frozen=True)
class Places:
    """The bins that values of shape (bins, strands, conditions) belong to.

    length: of the bins in bp, one number where they are alike, else of shape (bins,). bounds: called by
    the few normalizers that need coordinates, which cost more to make than most normalizers to apply.
    """

    length: int | Ints
    bounds: Callable[[], Bounds]

    @classmethod
    def of_regions(cls, contigs: Contigs, chrom: Ints, start: Ints, end: Ints) -> "Places":
        """Return the places of bins of any length, 0-based, half-open; columns of shape (bins,)."""
        return cls(_one_if_alike(end - start), lambda: (contigs, chrom, start, end))

    @classmethod
    def nowhere(cls, length: int) -> "Places":
        """Return the place of one bin of padding, `length` bp long, on no contig."""
        none = np.zeros(1, dtype=np.int64)
        return cls(int(length), lambda: (Contigs.of_names(()), none - 1, none, none + length))

    @property
    def column(self) -> int | Ints:
        """The length in bp, in a shape that goes with values: a number or (bins, 1, 1)."""
        return self.length if isinstance(self.length, int) else self.length[:, None, None]


def places_of(array: AnyArray, rows: Rows = EVERYTHING) -> Places:
    """Return the places of some rows of an array's values: a slice, or row numbers.

    A genome's bins are all `resolution` bp long, also the last one of a contig, which may reach past its end.
    """

    def bounds() -> Bounds:
        return (array.contigs, *array.bounds(rows))

    if array.resolution is not None:
        return Places(int(array.resolution), bounds)
    return Places.of_regions(*bounds())


def _one_if_alike(length: Ints) -> int | Ints:
    alike = len(length) > 0 and bool((length == length[0]).all())
    return int(length[0]) if alike else length
