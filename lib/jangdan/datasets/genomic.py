"""GenomicDataset: a genomic array read through the windows of an indexer."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import Dataset
from jangdan.errors import ContigError, OptionError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.storage.dataset_file import AnyArray
from jangdan.storage.genomic_array import GenomicArray

_REVERSE = STRANDS.index("-")


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
        self._numbers = None if gindexer is None else self._contig_numbers(gindexer)

    def _contig_numbers(self, gindexer: GenomicIndexer) -> NDArray[np.int64]:
        try:
            return np.array([self.garray.number(c) for c in gindexer.chroms], dtype=np.int64)
        except ContigError as error:
            raise ContigError(f"dataset {self.name!r}: {error}") from None

    def view(self, gindexer: GenomicIndexer) -> Self:
        """Return a dataset over the same data with other windows."""
        other = self.copy()
        other.gindexer = gindexer
        return other

    def __len__(self) -> int:
        return len(self.gindexer)

    @property
    def window(self) -> int:
        """Length in bp of what is read for a region, flanks included."""
        return self.gindexer.binsize + 2 * self.gindexer.flank

    def _gather(self, indices: NDArray[np.int64]) -> NDArray[Any]:
        """Return raw windows, shape (windows, bins, strands, conditions), in the genome's orientation."""
        indexer = self.gindexer
        assert self._numbers is not None
        chrom = self._numbers[indexer.chrom[indices]]
        start, end = indexer.start[indices], indexer.end[indices]
        if not isinstance(self.garray, GenomicArray):
            return self.garray.gather(chrom, start, end)
        windows = self.garray.gather(chrom, start - indexer.flank, self.window)
        if indexer.windows.zero_padding and indexer.windows.binsize is not None:
            self._pad_short(windows, end - start)
        return windows

    def _pad_short(self, windows: NDArray[Any], length: NDArray[np.int64]) -> None:
        """Overwrite with padding what lies past the region's end in windows that their region cuts short."""
        assert isinstance(self.garray, GenomicArray)
        for i in np.flatnonzero(length < self.gindexer.binsize):
            kept = -(-(int(length[i]) + self.gindexer.flank) // self.garray.resolution)
            windows[i, kept:] = self.garray.padding

    def _is_reverse(self, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self.gindexer.strand[indices] == _REVERSE

    def _arrange(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.channel_last else np.moveaxis(values, -1, 1)

    def _arranged_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape if self.channel_last else (shape[0], shape[-1], *shape[1:-1])
