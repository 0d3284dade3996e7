"""From a numpy array over windows, such as predictions, to an array on the genome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.build import Place, store
from jangdan.datasets.coverage import NUMBERS, spanned
from jangdan.datasets.genomic import PADDED, read_lengths
from jangdan.datasets.storing import Recipe
from jangdan.errors import DataError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.genome.intervals import Intervals
from jangdan.storage.any_array import AnyArray
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.region_array import RegionArray


@dataclass(frozen=True)
class OnGenome(Recipe):
    """Values over windows without flanks, in the genome's direction, and how they are to be kept."""

    values: NDArray[Any]
    indexer: GenomicIndexer
    contigs: Contigs
    conditions: tuple[str, ...]
    padding: float
    whole: bool

    def build(self, path: Path | None, sparse: bool) -> AnyArray:
        """Return the array, in a dataset file at `path` if there is one."""
        array = self._by_bin() if self._on_bins() else self._by_region()
        array.meta = {PADDED: True}
        store(array, path, sparse=sparse)
        return array

    def options(self) -> Any:
        """Return all that the array depends on."""
        i = self.indexer
        places = [i.contigs.digest, i.chrom, i.start, i.end, read_lengths(i)]
        return ["array", self.values, places, self.contigs.digest, self.conditions, self.padding, self.whole]

    @property
    def _resolution(self) -> int:
        return self.indexer.binsize // self.values.shape[1]

    def _on_bins(self) -> bool:
        if self.indexer.windows.collapse:
            return False
        aligned = not (self.indexer.start % self._resolution).any()
        if self.whole and not aligned:
            raise OptionError(
                f"store_whole_genome=True: windows do not start at multiples of {self._resolution} bp, the resolution"
            )
        return aligned

    def _by_bin(self) -> GenomicArray:
        plain = self.indexer
        numbers = self.contigs.numbers(plain.contigs)[plain.chrom]
        roi = None if self.whole else Intervals.of(self.contigs, numbers, plain.start, plain.end)
        place = Place(self.contigs, roi, self._resolution)
        array = GenomicArray.empty(
            place.layout(), self.conditions, strands=self.values.shape[2], dtype=self.values.dtype, padding=self.padding
        )
        start = plain.start // self._resolution
        where, stored = array.layout.locate(numbers, start, self.values.shape[1])
        array.data[where[stored]] = self.values[stored]
        return array

    def _by_region(self) -> RegionArray:
        i, bins = self.indexer, self.values.shape[1]
        data = self.values.reshape(-1, *self.values.shape[2:]).copy()
        end = i.start + read_lengths(i)
        chrom = i.chrom.astype(np.int64)
        return RegionArray(i.contigs, chrom, i.start, end, data, self.conditions, {}, bins, self.padding)  # type: ignore[arg-type]


def window_values(array: Any, channel_last: bool) -> NDArray[Any]:
    """Return values as an array of shape (region, bins, strand, condition); raises DataError where they are not."""
    try:
        values = np.asarray(array)
    except ValueError as error:
        raise DataError(f"array: rows of different shapes ({error}); expected one array") from error
    if values.ndim != 4 or values.dtype.kind not in NUMBERS:
        raise DataError(
            f"array of shape {values.shape}, {values.dtype}: expected numbers, as (region, bins, strand, condition)"
        )
    values = values if channel_last else np.moveaxis(values, 1, -1)
    if values.shape[2] not in (1, 2):
        raise DataError(f"array of shape {np.shape(array)}: found {values.shape[2]} strands, expected 1 or 2")
    return values


def array_on_genome(
    values: NDArray[Any],
    gindexer: GenomicIndexer,
    genomesize: Mapping[str, int] | None,
    conditions: Sequence[str] | None,
    padding: float,
    whole: bool,
    resolution: int | None,
) -> OnGenome:
    """Check values, shape (region, bins, strand, condition), against their windows, and turn them to the genome.

    Raises DataError where shape and windows do not fit, OptionError where `resolution` is another one.
    """
    if not isinstance(gindexer, GenomicIndexer):
        raise OptionError(
            f"gindexer: found {type(gindexer).__name__}, expected a GenomicIndexer: the windows of the array"
        )
    plain = gindexer.with_flank(0)
    bins = values.shape[1] if values.ndim == 4 else 0
    if not bins or len(values) != len(plain) or (plain.windows.collapse and bins != 1) or plain.binsize % bins:
        raise DataError(
            f"array of shape {values.shape}: expected ({len(plain)}, bins, strand, condition) "
            f"with bins dividing {plain.binsize} bp"
        )
    if resolution is not None and resolution != plain.binsize // bins:
        raise OptionError(
            f"resolution={resolution}: {bins} bins of {plain.binsize} bp are {plain.binsize // bins} bp each"
        )
    names = tuple(conditions) if conditions is not None else tuple(f"Cond_{i}" for i in range(values.shape[3]))
    if len(names) != values.shape[3]:
        raise DataError(f"conditions: {len(names)} names for a last axis of {values.shape[3]}")
    reverse = plain.strand == STRANDS.index("-")
    turned = np.where(reverse[:, None, None, None], values[:, ::-1, ::-1], values) if reverse.any() else values
    sizes = genomesize if genomesize and whole else spanned(plain)
    return OnGenome(turned, plain, Contigs.of_sizes(sizes), names, padding, whole)
