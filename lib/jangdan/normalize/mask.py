"""Mask: merged stretches of the genome, and how many of their bases lie in a bin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import ContigError, DataError
from jangdan.formats.registry import read_regions
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.regions import merge
from jangdan.normalize.bin_positions import Ints, Places


@dataclass(frozen=True)
class Mask:
    """stretches: contig -> sorted, disjoint [start, end) in bp, 0-based, int64 of shape (n, 2)."""

    stretches: Mapping[str, NDArray[np.int64]] = field(repr=False)

    @classmethod
    def of(cls, regions: Any) -> "Mask":
        """Merge regions of either strand: a GenomicIndexer (without its flanks), or what `read_regions` takes.

        Every row of a file counts, so that a GTF with its rows of genes masks no intron.
        Raises DataError where there is none, OptionError where one ends before it starts.
        """
        table = regions.to_table() if isinstance(regions, GenomicIndexer) else read_regions(regions)
        if table.empty:
            source = regions if isinstance(regions, (str, PathLike)) else type(regions).__name__
            raise DataError(f"regionmask={source}: holds no region")
        merged = merge(table).sort_values(["chrom", "start"])
        groups = merged.groupby("chrom", sort=False)[["start", "end"]]
        return cls({str(chrom): rows.to_numpy(dtype=np.int64) for chrom, rows in groups})

    @classmethod
    def from_json(cls, stretches: Mapping[str, Any]) -> "Mask":
        """Return the mask that `to_json` gave. Raises DataError where its stretches are not sorted pairs."""
        mask = {}
        for chrom, pairs in stretches.items():
            try:
                found = np.asarray(pairs)
            except ValueError:  # rows of different length
                found = np.zeros(0)
            if found.dtype.kind != "i" or found.shape[1:] != (2,) or (np.diff(found.ravel()) <= 0).any():
                raise DataError(f"regionmask: the stretches of {chrom} are not sorted pairs of start and end")
            mask[chrom] = found.astype(np.int64)
        return cls(mask)

    def to_json(self) -> dict[str, Any]:
        """Return contig -> list of [start, end]."""
        return {chrom: pairs.tolist() for chrom, pairs in self.stretches.items()}

    def bases(self, places: Places) -> NDArray[np.int64]:
        """Return how many bases of each bin lie in the mask, shape (bins,).

        Raises ContigError where the mask has none of the contigs, so that its names must be others.
        """
        chroms, chrom, start, end = places.bounds()
        if chroms and not self.stretches.keys() & set(chroms):
            raise ContigError(
                f"regionmask: lies on {next(iter(self.stretches))!r}, ..., and the dataset on {chroms[0]!r}, ...; "
                "give a mask with the dataset's contig names"
            )
        bases = np.zeros(len(start), dtype=np.int64)
        for number in np.unique(chrom[chrom >= 0]):
            here = chrom == number
            pairs = self.stretches.get(chroms[number])
            if pairs is not None:
                bases[here] = _covered(pairs, end[here]) - _covered(pairs, start[here])
        return bases


def _covered(pairs: NDArray[np.int64], position: Ints) -> NDArray[np.int64]:
    """Return how many bases before each position lie in the stretches."""
    length = pairs[:, 1] - pairs[:, 0]
    before = np.concatenate([[0], np.cumsum(length)])
    last = np.searchsorted(pairs[:, 0], position, side="right") - 1
    inside = np.minimum(position - pairs[last, 0], length[last])
    return np.where(last < 0, 0, before[last] + inside)
