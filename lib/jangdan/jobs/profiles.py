"""Profiles, (window, bins, condition): how they lie on the genome, as one row per bin."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.genome.windows import Windows
from jangdan.networks.description import ModelDescription


def on_genome(values: NDArray[Any], indexer: GenomicIndexer, strands: int) -> NDArray[Any]:
    """Turn profiles, (window, bins, condition), back to the genome's direction; returns a fresh array.

    Of windows on the reverse strand bins are reversed; with two strands, which stand side by side, they are exchanged.
    """
    turned = values.copy()
    reverse = indexer.strand == STRANDS.index("-")
    columns = other_strand(np.arange(values.shape[2])) if strands == 2 else slice(None)
    turned[reverse] = values[reverse][:, ::-1, columns]
    return turned


def other_strand(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of the conditions that are the other strand: plus and minus stand side by side."""
    return number ^ 1


def columns_of(description: ModelDescription, condition: str, indexer: GenomicIndexer) -> NDArray[np.int64]:
    """Return the number of the output, one a window, that is a condition in the genome's direction."""
    number = np.full(len(indexer), description.conditions.index(condition))
    if description.target_strands == 1:
        return number
    return np.where(indexer.strand == STRANDS.index("-"), other_strand(number), number)


def bins_of(indexer: GenomicIndexer, resolution: int) -> GenomicIndexer:
    """Return the bins of `resolution` bp of windows, each one's from left to right, with its strand."""
    per_window = indexer.binsize // resolution
    chrom, strand = np.repeat(indexer.chrom, per_window), np.repeat(indexer.strand, per_window)
    start = (indexer.start[:, None] + resolution * np.arange(per_window)).ravel()
    windows = Windows(resolution, zero_padding=False)
    return GenomicIndexer.of_columns(windows, indexer.contigs, chrom, start, start + resolution, strand)
