"""Mask: merged stretches of the genome, and how many of their bases lie in a bin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from jangdan.errors import ContigError, DataError
from jangdan.formats.registry import read_regions
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.intervals import Intervals
from jangdan.normalize.bin_positions import Ints, Places


@dataclass(frozen=True)
class Mask:
    """stretches: merged intervals, over contigs of unknown length."""

    stretches: Intervals = field(repr=False)

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
        return cls(Intervals.of_table(table).merge())

    @classmethod
    def from_json(cls, stretches: Mapping[str, Any]) -> "Mask":
        """Return the mask that `to_json` gave. Raises DataError where its stretches are not sorted pairs."""
        bounds = [np.zeros((0, 2), dtype=np.int64)]
        for chrom, pairs in stretches.items():
            try:
                found = np.asarray(pairs)
            except ValueError:  # rows of different length
                found = np.zeros(0)
            if found.dtype.kind != "i" or found.shape[1:] != (2,) or (np.diff(found.ravel()) <= 0).any():
                raise DataError(f"regionmask: the stretches of {chrom} are not sorted pairs of start and end")
            bounds.append(found.astype(np.int64))
        contig = np.repeat(np.arange(len(stretches)), [len(each) for each in bounds[1:]])
        return cls(Intervals.of(Contigs.of_names(stretches), contig, *np.concatenate(bounds).T))

    def to_json(self) -> dict[str, Any]:
        """Return contig -> list of [start, end]."""
        return {chrom: pairs.tolist() for chrom, pairs in self.stretches.by_name().items()}

    def bases(self, places: Places) -> Ints:
        """Return how many bases of each bin lie in the mask, shape (bins,).

        Raises ContigError where the mask has none of the contigs, so that its names must be others.
        """
        contigs, contig, start, end = places.bounds()
        own = self.stretches.contigs.find(contigs.names)
        if len(contigs) and not (own >= 0).any():
            raise ContigError(
                f"regionmask: lies on {self.stretches.contigs.names[0]!r}, ..., and the dataset on "
                f"{contigs.names[0]!r}, ...; give a mask with the dataset's contig names"
            )
        number = np.append(own, -1)[contig]  # bins on no contig have the number -1
        return self.stretches.bases(number, start, end)
