"""bigWig: read base pairs or bins, whole contigs or stretches of them; `writer` writes them."""

from collections.abc import Iterator
from os import PathLike

import numpy as np
from numpy.typing import NDArray

from jangdan.formats.bigwig.blocks import check_heads, read_items
from jangdan.formats.bigwig.index import BigwigFile, open_bigwig, read_contigs, read_leaves
from jangdan.formats.bigwig.totals import Totals
from jangdan.formats.collapse import Collapser, collapse, require_collapser
from jangdan.formats.piecewise import expand, without_nan
from jangdan.formats.roi import Roi

# costs in blocks inflated: what a stretch takes besides its blocks, and the base pairs filled in the time of one block
_STRETCH_COST, _BASES_A_BLOCK = 0.5, 50_000


def bigwig_sizes(path: str | PathLike[str]) -> dict[str, int]:
    """Return contig -> length in bp, in the file's order; raises InputFileError where it is no whole bigWig."""
    with open_bigwig(path) as bigwig:
        return read_contigs(bigwig)


def read_bigwig(
    path: str | PathLike[str],
    *,
    resolution: int = 1,
    collapser: Collapser = "mean",
    nan_to_num: bool = True,
    roi: Roi | None = None,
) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    """Yield (contig, start in bp, values of shape (bins, 1), float32), in bins of `resolution` bp from start on.

    roi: each start a multiple of the resolution; of its contigs come either whole ones or a piece a region,
    whichever is cheaper. None: all contigs, whole, in the file's order.
    nan_to_num: gaps are 0 and count as bases; else they do not count, and a bin of gaps only is NaN (a
    function as `collapser` is given the NaN). The last bin of a contig counts only the bases that exist.
    Raises InputFileError where the file is damaged: what is read is held against the index and the blocks'
    checksums, and at the end of a whole read against the file's total summary. Contig names and lengths
    stand in the file only once, so compare these with the genome's.
    """
    require_collapser(collapser)
    with open_bigwig(path) as bigwig:
        contigs = read_contigs(bigwig)
        blocks = _Blocks(bigwig, np.array(list(contigs.values()), dtype=np.int64))
        totals = Totals() if roi is None else None
        for number, (contig, size) in enumerate(contigs.items()):
            stretches = np.array([[0, size]])
            if roi is not None:
                if contig not in roi:
                    continue
                stretches = blocks.cheapest(number, _whole_bins(roi[contig], resolution, size), size)
                blocks.check_neighbours(number, stretches)
            for low, high in stretches.tolist():
                values = blocks.bases(number, low, high, nan_to_num=nan_to_num, totals=totals)
                bins = collapse(values[:, None], resolution, collapser, skip_nan=not nan_to_num)
                del values  # a contig's memory is free before the next one's is taken
                yield contig, low, bins.astype(np.float32, copy=False)
                del bins
        if totals is not None:
            totals.require(bigwig)


class _Blocks:
    """The blocks of a file in the order of their places in the genome."""

    def __init__(self, bigwig: BigwigFile, sizes: NDArray[np.int64]) -> None:
        self._bigwig = bigwig
        self._leaves = read_leaves(bigwig, sizes)
        chrom = self._leaves["chrom"].astype(np.int64) << 32
        self._start, self._end = chrom + self._leaves["start"], chrom + self._leaves["end"]

    def touched(self, number: int, stretches: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the first block that touches each stretch of contig `number`, and the first behind it."""
        places = (number << 32) + stretches
        first = np.searchsorted(self._end, places[:, 0], side="right")
        return first, np.maximum(np.searchsorted(self._start, places[:, 1], side="left"), first)

    def cheapest(self, number: int, stretches: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        """Return the stretches, or the whole contig as one where that takes less time."""
        whole = np.array([[0, size]])
        first, last = self.touched(number, stretches)
        all_first, all_last = self.touched(number, whole)
        cost = (last - first).sum() + _STRETCH_COST * len(stretches)
        return stretches if cost < all_last[0] - all_first[0] + size / _BASES_A_BLOCK else whole

    def check_neighbours(self, number: int, stretches: NDArray[np.int64]) -> None:
        """Compare the blocks before and behind each stretch with the index.

        Entries are sorted and apart, so that one whose bounds were damaged stands next to the place where
        it hides its block.
        """
        first, last = self.touched(number, stretches)
        beside = np.unique(np.concatenate([first - 1, last]))
        check_heads(self._bigwig, self._leaves[beside[(beside >= 0) & (beside < len(self._leaves))]])

    def bases(
        self, number: int, low: int, high: int, *, nan_to_num: bool, totals: Totals | None
    ) -> NDArray[np.float32]:
        """Return the value of each base pair of [low, high), gaps as 0 or NaN; items read are added to `totals`."""
        gap = 0.0 if nan_to_num else np.nan
        (first,), (last,) = self.touched(number, np.array([[low, high]]))
        values, done = np.empty(high - low, dtype=np.float32), low
        for items in read_items(self._bigwig, self._leaves[first:last]):
            if totals is not None:
                totals.add(items)
            stop = min(int(items.end[-1]), high)
            known = without_nan(items) if nan_to_num else items
            values[done - low : stop - low] = expand(known, done, stop, gap)
            done = stop
        values[done - low :] = gap
        return values


def _whole_bins(stretches: NDArray[np.int64], resolution: int, size: int) -> NDArray[np.int64]:
    """Return the stretches up to the end of their last bin, cut at the contig's end; those behind it are left out."""
    low, high = stretches[:, 0], np.minimum(-(-stretches[:, 1] // resolution) * resolution, size)
    return np.stack([low, high], axis=1)[low < high]
