"""Scores of windows, turned to the genome's direction and laid on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.genome.intervals import Intervals
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout


def letters_forward(letters: NDArray[Any], indexer: GenomicIndexer) -> NDArray[Any]:
    """Return scores of letters, (window, position, letter), in the genome's direction: reverse windows complemented.

    Letters stand in such an order that the last is the complement of the first, and so on, as A, C, G, T.
    """
    return np.where(_is_reverse(indexer)[:, None, None], letters[:, ::-1, ::-1], letters)


def bins_forward(values: NDArray[Any], indexer: GenomicIndexer) -> NDArray[Any]:
    """Return values, (window, bin, strand, condition), in the genome's direction: bins and strands of reverse windows
    turned."""
    return np.where(_is_reverse(indexer)[:, None, None, None], values[:, ::-1, ::-1], values)


def mean_on_genome(
    values: NDArray[Any],
    indexer: GenomicIndexer,
    contigs: Contigs,
    conditions: Sequence[str],
    resolution: int = 1,
) -> GenomicArray:
    """Lay values of windows with their flanks onto the genome; where windows overlap, the mean counts.

    values: (window, bin, strand, condition), in the genome's direction. Returns float64 over what the windows cover.
    """
    number = contigs.numbers(indexer.contigs)[indexer.chrom]
    covered = Intervals.of(contigs, number, indexer.start - indexer.flank, indexer.end + indexer.flank)
    layout = Layout.of_intervals(covered, resolution)
    garray = GenomicArray.empty(layout, conditions, strands=values.shape[2], dtype=np.float64)
    start = (indexer.start - indexer.flank) // resolution
    place, stored = layout.locate(number, start, values.shape[1])
    data, count = garray.data, np.zeros(len(layout))
    np.add.at(data, place[stored], values[stored])
    np.add.at(count, place[stored], 1)
    data /= np.maximum(count, 1)[:, None, None]
    return garray


def _is_reverse(indexer: GenomicIndexer) -> NDArray[np.bool_]:
    return np.asarray(indexer.strand == STRANDS.index("-"))
