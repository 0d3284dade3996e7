"""Profiles, (window, bins, condition): their loss, and how they lie on the genome as one row a bin."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.networks.description import ModelDescription
from jangdan.networks.registry import build_loss


def loss_for(loss: str, target: Dataset) -> Any:
    """Return what the model is fitted with: the loss's name, or of profiles the loss, built for the counts' mean total.

    target: of the training regions. Raises DataError where a profile's target has counts below 0, or none.
    """
    if len(target.shape) != 3:
        return loss
    counts = target[:]
    if counts.min() < 0:
        raise DataError(
            f"target {target.name!r} holds {counts.min():g}, expected counts of at least 0; turn the sign of its file"
        )
    if not counts.any():
        raise DataError(f"target {target.name!r} holds no count in the training regions; check its files")
    return build_loss(loss, float(counts.sum(axis=1).mean()))


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
    cut = GenomicIndexer(resolution, zero_padding=False)
    cut.chroms = indexer.chroms
    cut.chrom, cut.strand = np.repeat(indexer.chrom, per_window), np.repeat(indexer.strand, per_window)
    cut.start = (indexer.start[:, None] + resolution * np.arange(per_window)).ravel()
    cut.end = cut.start + resolution
    return cut
