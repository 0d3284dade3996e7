"""GenomicDataset: a genomic array read through the windows of an indexer."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset, Index, Indices, Jitter, resolve_index
from jangdan.errors import ContigError, IntervalError, OptionError, RegionIndexError
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS, Interval
from jangdan.genome.intervals import Intervals
from jangdan.storage.any_array import EVERYTHING, AnyArray
from jangdan.storage.values import Ints

_REVERSE = STRANDS.index("-")

PADDED, SPANNED = "padded", "spanned"
"""Keys of an array's meta: what is not stored is padding; chromosomes are only known to span the regions."""


class GenomicDataset(Dataset):
    """Base of Cover and Bioseq. `gindexer` may be set later, or replaced."""

    def __init__(self, name: str, garray: AnyArray, gindexer: GenomicIndexer | None, channel_last: bool = True) -> None:
        super().__init__(name)
        self.garray = garray
        self.channel_last = channel_last
        self.gindexer = gindexer

    @property
    def gindexer(self) -> GenomicIndexer:
        """The windows. Raises OptionError where none are set yet."""
        if self._gindexer is None:
            raise OptionError(f"dataset {self.name!r} has no regions yet; give roi, or set gindexer")
        return self._gindexer

    @gindexer.setter
    def gindexer(self, gindexer: GenomicIndexer | None) -> None:
        self._gindexer = gindexer
        self._known_places: Ints | None = None
        self._numbers = np.zeros(0, dtype=np.int64) if gindexer is None else self._contig_numbers(gindexer)
        self._any_reverse = gindexer is not None and bool((gindexer.strand == _REVERSE).any())
        self._any_short = gindexer is not None and _has_short(gindexer)
        if gindexer is not None and not self.garray.meta.get(PADDED):
            self._require_stored(gindexer)

    def _contig_numbers(self, gindexer: GenomicIndexer) -> NDArray[np.int64]:
        try:
            return self.garray.contigs.numbers(gindexer.contigs, "this dataset")
        except ContigError as error:
            raise ContigError(f"dataset {self.name!r}: {error}") from None

    def _require_stored(self, gindexer: GenomicIndexer) -> None:
        """Raise IntervalError where a window reaches over what is stored, and not over the chromosome's end."""
        garray, start, length = self.garray, gindexer.start - gindexer.flank, read_lengths(gindexer)
        chrom = self._numbers[gindexer.chrom]
        stored = garray.stored(chrom, start, length)
        if garray.meta.get(SPANNED):
            # where chromosomes end is not known
            stored &= start + length <= garray.contigs.lengths[chrom]
        if not stored.all():
            region = gindexer[int(np.argmin(stored))]
            hint = (
                "is it of another assembly?"
                if garray.whole
                else ("build it over the regions that are read, or with store_whole_genome=True")
            )
            raise IntervalError(f"dataset {self.name!r}: region {region} is not stored; {hint}")

    def view(self, gindexer: GenomicIndexer) -> Self:
        """Return a dataset over the same data with other windows."""
        other = self.copy()
        other.gindexer = gindexer
        return other

    def subset(self, index: Index) -> Self:
        """Return the dataset of some regions only, over the same data."""
        return self.view(self.gindexer.take(resolve_index(index, len(self))))

    def __len__(self) -> int:
        return len(self.gindexer)

    def __getitem__(self, index: Any) -> NDArray[Any]:
        """Return data by integer, slice, integers, boolean mask, Interval, or (chrom, start, end[, strand]).

        The region axis stays, also for one region. Raises RegionIndexError (an IndexError) where an
        integer is out of range, ContigError for an unknown contig.
        """
        if isinstance(index, tuple) and index and isinstance(index[0], str):
            if len(index) not in (3, 4):
                raise RegionIndexError(f"index {index!r}: expected (chrom, start, end) or (chrom, start, end, strand)")
            index = Interval(*index)
        if isinstance(index, Interval):
            return self._at(index)._read(np.zeros(1, dtype=np.int64))
        return super().__getitem__(index)

    def _at(self, interval: Interval) -> Self:
        """Return a dataset of this one interval, without flanks."""
        # an interval is read as it is: nothing is added or cut off at its ends
        return self.view(GenomicIndexer.create_from_file([interval], zero_padding=False))

    @property
    def window(self) -> int:
        """Length in bp of what is read for a region, flanks included."""
        return self.gindexer.binsize + 2 * self.gindexer.flank

    def _gather(self, indices: Indices, shift: NDArray[np.int64] | None) -> NDArray[Any]:
        """Return raw windows, shape (windows, bins, strands, conditions), in the genome's orientation."""
        place = self._places[indices] if shift is None else None
        if place is not None and (len(place) == 0 or place.min() >= 0):
            windows = self.garray.values.windows(place, self.garray.bins_in(self.window))
        else:
            windows = self._gather_anywhere(indices, shift, place)
        if self._any_short:
            self._pad_short(windows, indices)
        return windows

    def _gather_anywhere(self, indices: Indices, shift: NDArray[np.int64] | None, place: Ints | None) -> NDArray[Any]:
        indexer = self.gindexer
        chrom = self._numbers[indexer.chrom[indices]]
        start = indexer.start[indices] - indexer.flank + (0 if shift is None else shift)
        return self.garray.gather(chrom, start, self._length(indices), place)

    @property
    def _places(self) -> Ints:
        """Where each window lies in the values, -1 where not all of it is stored: looked up once."""
        if self._known_places is None:
            indexer = self.gindexer
            chrom, start = self._numbers[indexer.chrom], indexer.start - indexer.flank
            self._known_places = self.garray.places(chrom, start, self._length(EVERYTHING))
        return self._known_places

    def _length(self, indices: Indices | slice) -> int | Ints:
        """Return the length in bp of what is read: one for all, or each region's own."""
        if self.garray.continuous or not self.gindexer.windows.collapse:
            return self.window
        return read_lengths(self.gindexer)[indices]

    def _pad_short(self, windows: NDArray[Any], indices: Indices) -> None:
        """Overwrite with padding what lies past the region's end in windows that their region cuts short."""
        indexer = self.gindexer
        length = indexer.end[indices] - indexer.start[indices] + indexer.flank
        kept = -(-length // (self.garray.resolution or self.window))
        kept[length >= indexer.binsize + indexer.flank] = windows.shape[1]
        windows[np.arange(windows.shape[1]) >= kept[:, None]] = self.garray.padding

    def _is_reverse(self, indices: Indices, jitter: Jitter) -> NDArray[np.bool_] | None:
        """Tell which windows are read on the reverse strand; None for none."""
        if not self._any_reverse:
            return jitter.flip
        reverse = self.gindexer.strand[indices] == _REVERSE
        return reverse if jitter.flip is None else reverse ^ jitter.flip

    def _arrange(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.channel_last else np.moveaxis(values, -1, 1)

    def _arranged_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape if self.channel_last else (shape[0], shape[-1], *shape[1:-1])

    def __repr__(self) -> str:
        if self._gindexer is None:
            return f"{type(self).__name__}({self.name!r}, no regions yet)"
        return super().__repr__()


def read_lengths(indexer: GenomicIndexer) -> NDArray[np.int64]:
    """Return the length in bp of what is read for each window, flanks included: one for all, or their own."""
    length = indexer.end - indexer.start if indexer.windows.collapse else np.full(len(indexer), indexer.binsize)
    return length + 2 * indexer.flank


def read_intervals(indexer: GenomicIndexer, contigs: Contigs) -> Intervals:
    """Return what is read for its windows, flanks included, with the numbers of `contigs`, which has them all."""
    start = indexer.start - indexer.flank
    return Intervals.of(contigs, contigs.numbers(indexer.contigs)[indexer.chrom], start, start + read_lengths(indexer))


def require_on_genome(indexer: GenomicIndexer, contigs: Contigs, where: str = "the genome") -> None:
    """Raise ContigError where `contigs`, those of `where`, lack one of the windows', IntervalError where a window lies
    outside its chromosome altogether."""
    try:
        size = contigs.lengths[contigs.numbers(indexer.contigs, where)][indexer.chrom]
    except ContigError as error:
        raise ContigError(f"roi: {error}") from None
    outside = (indexer.start - indexer.flank >= size) | (indexer.end + indexer.flank <= 0)
    if outside.any():
        i = int(np.argmax(outside))
        raise IntervalError(
            f"roi: region {indexer[i]} lies outside its chromosome, {size[i]:,} bp long; is it of another assembly?"
        )


def view(dataset: Any, use_regions: Any) -> Any:
    """Return a dataset (or a wrapped one) over the same data with other regions.

    use_regions: a GenomicIndexer, or regions as of `GenomicIndexer.create_from_file`, which are cut into
    windows like those of the dataset.
    """
    if not hasattr(dataset, "gindexer"):
        raise OptionError(f"view: found {type(dataset).__name__}, expected a dataset with places on the genome")
    if isinstance(use_regions, GenomicIndexer):
        return dataset.view(use_regions)
    windows = dataset.gindexer.windows
    return dataset.view(
        GenomicIndexer.create_from_file(
            use_regions,
            windows.binsize,
            windows.stepsize,
            windows.flank,
            windows.zero_padding,
            windows.collapse,
            dataset.gindexer.random_state,
        )
    )


def _has_short(indexer: GenomicIndexer) -> bool:
    windows = indexer.windows
    if not windows.zero_padding or windows.binsize is None or windows.collapse:
        return False
    return bool((indexer.end - indexer.start < windows.binsize).any())
