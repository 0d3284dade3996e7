"""Where bins lie on the genome and how long they are, for normalizers that ask."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.genome.contigs import Contigs
from jangdan.storage.dataset_file import AnyArray
from jangdan.storage.genomic_array import GenomicArray

Ints = NDArray[np.integer[Any]]
Rows = slice | Ints
Bounds = tuple[Contigs, Ints, Ints, Ints]
"""Contigs; the number of each bin's contig, its start and its end in bp, each of shape (bins,)."""

EVERYTHING = slice(None)


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
    if isinstance(array, GenomicArray):
        return Places(int(array.resolution), partial(_genome_bounds, array, rows))
    if array.resolution is not None:
        return Places(int(array.resolution), partial(_region_bounds, array, rows))
    return Places.of_regions(*_region_bounds(array, rows))


def _genome_bounds(array: GenomicArray, rows: Rows) -> Bounds:
    layout = array.layout
    row = np.arange(len(layout))[rows] if isinstance(rows, slice) else rows
    segment = np.searchsorted(layout.offset, row, side="right") - 1
    start = (row - layout.offset[segment] + layout.start[segment]) * array.resolution
    return layout.contigs, layout.chrom[segment], start, start + array.resolution


def _region_bounds(array: Any, rows: Rows) -> Bounds:
    chrom, start, end = (column[rows] for column in array.bounds())
    return array.contigs, chrom, start, end


def _one_if_alike(length: Ints) -> int | Ints:
    alike = len(length) > 0 and bool((length == length[0]).all())
    return int(length[0]) if alike else length
