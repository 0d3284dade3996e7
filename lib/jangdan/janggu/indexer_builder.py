"""IndexerBuilder: windows that are added one after the other, as scripts written for Janggu do."""

import pandas as pd

from jangdan.errors import DataError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS, Interval
from jangdan.genome.windows import Windows


class IndexerBuilder:
    """Gathers windows for a GenomicIndexer, which itself does not change.

    binsize, stepsize, flank, zero_padding, collapse: as of GenomicIndexer; they may be set at any time. The first
    two and `zero_padding` count for intervals that are added afterwards, `flank` for all windows.
    random_state: shuffles the windows that `build` returns.

    >>> builder = IndexerBuilder(binsize=100, stepsize=50)
    >>> builder.add_interval("chr1", 0, 200, "+")
    >>> [str(window) for window in builder.build()]
    ['chr1:0-100:+', 'chr1:50-150:+', 'chr1:100-200:+']
    """

    def __init__(
        self,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        zero_padding: bool = True,
        collapse: bool = False,
        random_state: int | None = None,
    ) -> None:
        self.binsize, self.stepsize, self.flank = binsize, stepsize, flank
        self.zero_padding, self.collapse, self.random_state = zero_padding, collapse, random_state
        self._tables: list[pd.DataFrame] = []

    def add_interval(self, chrom: str, start: int, end: int, strand: str = ".") -> None:
        """Cut an interval (bp, 0-based, half-open) into windows and add them.

        Raises DataError where no window fits into it.
        """
        self._add(GenomicIndexer.create_from_file([Interval(chrom, start, end, strand)], *self._cut()))

    def add_gindexer(self, othergindexer: "GenomicIndexer | IndexerBuilder") -> None:
        """Add the windows of another indexer as they are, without its flanks."""
        other = othergindexer.build() if isinstance(othergindexer, IndexerBuilder) else othergindexer
        if not isinstance(other, GenomicIndexer):
            raise OptionError(f"othergindexer: found {type(other).__name__}, expected a GenomicIndexer")
        self._add(other)

    def build(self) -> GenomicIndexer:
        """Return the windows added until now, in their order, or in that of `random_state`.

        Raises DataError where none were added, OptionError where they are of different lengths, without `collapse`.
        """
        if not self._tables:
            raise DataError("no window was added; call add_interval or add_gindexer first")
        table = pd.concat(self._tables, ignore_index=True)
        contigs, chrom = Contigs.of_column(table["chrom"])
        strand = table["strand"].map({strand: place for place, strand in enumerate(STRANDS)})
        windows = Windows(self.binsize, self.stepsize, self.flank, self.zero_padding, self.collapse)
        indexer = GenomicIndexer.of_columns(windows, contigs, chrom, table["start"], table["end"], strand)
        return indexer if self.random_state is None else indexer.shuffle(self.random_state)

    def __len__(self) -> int:
        return sum(map(len, self._tables))

    def _cut(self) -> tuple[int | None, int | None, int, bool, bool]:
        return self.binsize, self.stepsize, 0, self.zero_padding, self.collapse

    def _add(self, indexer: GenomicIndexer) -> None:
        self._tables.append(indexer.to_table())
