"""GenomicIndexer: the i-th window's place in the genome, for millions of windows in a few numpy arrays."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError, RegionIndexError, whole_number
from jangdan.formats.bed import write_bed
from jangdan.formats.region_table import region_table
from jangdan.formats.registry import read_regions
from jangdan.genome.contigs import Contigs, require_table
from jangdan.genome.interval import STRANDS, Interval
from jangdan.genome.intervals import Intervals
from jangdan.genome.windows import Windows


class GenomicIndexer:
    """Maps integers to genomic windows. It does not change: each method returns a new one.

    Columns, each of shape (windows,) and read-only: `chrom` (int32, a number of `contigs`), `start` and `end`
    (int64, 0-based, half-open, without flank), `strand` (int8, a place in ``('.', '+', '-')``).
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
        self._windows = Windows(binsize, stepsize, flank, zero_padding, collapse)
        self._random_state = None if random_state is None else whole_number("random_state", random_state, 0)
        self._set(Contigs.of_names(()), (), (), (), ())

    @classmethod
    def of_columns(
        cls,
        windows: Windows,
        contigs: Contigs,
        chrom: ArrayLike,
        start: ArrayLike,
        end: ArrayLike,
        strand: ArrayLike,
    ) -> "GenomicIndexer":
        """Return the indexer of windows that are cut already; they are copied.

        windows: how they were cut. chrom: numbers of `contigs`. Raises OptionError where one is longer than the
        binsize of `windows`, or that has none and they are not of one length.
        """
        indexer = cls(windows.binsize, windows.stepsize, windows.flank, windows.zero_padding, windows.collapse)
        indexer._set(contigs, chrom, start, end, strand)
        indexer._require_one_length("windows")
        return indexer

    def _set(self, contigs: Contigs, chrom: ArrayLike, start: ArrayLike, end: ArrayLike, strand: ArrayLike) -> None:
        self._contigs = contigs
        self._chrom, self._strand = _column(chrom, np.int32), _column(strand, np.int8)
        self._start, self._end = _column(start, np.int64), _column(end, np.int64)
        require_table(contigs, self._chrom, "windows")

    @property
    def windows(self) -> Windows:
        """How regions were cut into windows."""
        return self._windows

    @property
    def random_state(self) -> int | None:
        """The seed of their order, None where they are in the order of the regions."""
        return self._random_state

    @property
    def contigs(self) -> Contigs:
        """The table that contig numbers refer to."""
        return self._contigs

    @property
    def chrom(self) -> NDArray[np.int32]:
        """Contig number of each window."""
        return self._chrom

    @property
    def start(self) -> NDArray[np.int64]:
        """Where each window starts, in bp, without flank."""
        return self._start

    @property
    def end(self) -> NDArray[np.int64]:
        """Where each window ends, in bp, without flank."""
        return self._end

    @property
    def strand(self) -> NDArray[np.int8]:
        """Strand of each window, a place in ``('.', '+', '-')``."""
        return self._strand

    @classmethod
    def create_from_file(
        cls,
        regions: Any,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        zero_padding: bool = True,
        collapse: bool = False,
        random_state: int | None = None,
    ) -> "GenomicIndexer":
        """Cut regions into windows.

        `regions` is the path of a BED, narrowPeak, GFF or GTF file (plain or gzipped), a BedTool, a
        DataFrame with chrom, start, end, or a list of Interval. Raises OptionError where `binsize` is
        None and the regions are not of one length, unless `collapse` is set; DataError where no window
        is left. `random_state` shuffles the windows.
        """
        indexer = cls(binsize, stepsize, flank, zero_padding, collapse, random_state)
        indexer._fill(read_regions(regions), source=regions if isinstance(regions, (str, PathLike)) else "regions")
        return indexer

    @classmethod
    def create_from_table(
        cls,
        table: pd.DataFrame,
        binsize: int,
        stepsize: int,
        flank: int = 0,
        *,
        collapse: bool = False,
        source: object = "regions",
    ) -> "GenomicIndexer":
        """Cut the regions of a region table into windows, without padding; `source` is what errors call the table."""
        indexer = cls(binsize, stepsize, flank, zero_padding=False, collapse=collapse)
        indexer._fill(table, source)
        return indexer

    @classmethod
    def create_from_genomesize(
        cls, chromsizes: Mapping[str, int], binsize: int, stepsize: int | None = None, flank: int = 0
    ) -> "GenomicIndexer":
        """Cut whole chromosomes into windows; a last piece shorter than `binsize` is left out."""
        table = region_table(chromsizes, [0] * len(chromsizes), chromsizes.values())
        indexer = cls(binsize, stepsize, flank, zero_padding=False)
        indexer._fill(table, source="genome")
        return indexer

    def _fill(self, table: pd.DataFrame, source: object) -> None:
        contigs, codes = Contigs.of_column(table["chrom"])
        region, start, end = self.windows.cut(table["start"].to_numpy(), table["end"].to_numpy())
        if len(region) == 0:
            raise DataError(f"{source}: no window of {self.windows.binsize} bp fits into its {len(table)} regions")
        strand = table["strand"].map({s: i for i, s in enumerate(STRANDS)}).fillna(0) if "strand" in table else 0
        strands = np.broadcast_to(np.asarray(strand, dtype=np.int8), len(table))
        self._set(contigs, codes[region], start, end, strands[region])
        self._require_one_length(source)
        if self.random_state is not None:
            order = np.random.default_rng(self.random_state).permutation(len(self))
            self._set(contigs, *(column[order] for column in self._columns))

    def _require_one_length(self, source: object) -> None:
        if self.windows.collapse:
            return
        lengths = np.unique(self.end - self.start)
        if self.windows.binsize is not None:
            if lengths.max(initial=0) > self.windows.binsize:
                raise OptionError(
                    f"{source}: a window of {lengths[-1]} bp is longer than binsize={self.windows.binsize}"
                )
            return
        if len(lengths) > 1:
            raise OptionError(
                f"{source}: regions are of unequal length ({lengths[0]} to {lengths[-1]} bp); give a binsize, "
                "or resolution=None for one value a region"
            )

    @property
    def chroms(self) -> tuple[str, ...]:
        """The names of its contigs."""
        return self.contigs.names

    @property
    def binsize(self) -> int:
        """Length of a window in bp without flanks; of the longest one where they differ."""
        return self.windows.binsize or int((self.end - self.start).max(initial=0))

    @property
    def flank(self) -> int:
        """Context in bp at both ends of each window."""
        return self.windows.flank

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, index: int) -> Interval:
        """Return the window at `index`, flanks included; `take` gives several as an indexer."""
        i = whole_number("index", index)
        if not -len(self) <= i < len(self):
            raise RegionIndexError(f"index {i} is out of range for {len(self)} windows")
        start, end = int(self.start[i]) - self.flank, int(self.end[i]) + self.flank
        return Interval(self.contigs.names[self.chrom[i]], start, end, STRANDS[self.strand[i]])

    def __iter__(self) -> Iterator[Interval]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        shape = f"{len(self)} windows of {self.binsize} bp + 2 x {self.flank} bp"
        return f"GenomicIndexer({shape} on {len(self.chroms)} contigs)"

    def take(self, indices: ArrayLike) -> "GenomicIndexer":
        """Return a new indexer with the windows at `indices` (integers or a boolean mask), in that order."""
        chosen = np.asarray(indices)
        return self._with(self.windows, *(column[chosen] for column in self._columns))

    def shuffle(self, seed: int) -> "GenomicIndexer":
        """Return a new indexer with the same windows in an order drawn from the seed."""
        return self.take(np.random.default_rng(whole_number("seed", seed, 0)).permutation(len(self)))

    def with_flank(self, flank: int) -> "GenomicIndexer":
        """Return the same windows with another flank in bp."""
        return self._with(replace(self.windows, flank=flank), *self._columns)

    def idx_by_region(
        self, include: Collection[str | Interval] | str | None = None, exclude: Collection[str | Interval] | str = ()
    ) -> NDArray[np.int64]:
        """Return the indices of windows on the chromosomes, or overlapping the Intervals, of `include`
        (None: all) and not of `exclude`. A window overlaps with its flanks, too."""
        keep = np.ones(len(self), dtype=bool) if include is None else self._touches(include)
        return np.flatnonzero(keep & ~self._touches(exclude))

    def filter_by_region(
        self, include: Collection[str | Interval] | str | None = None, exclude: Collection[str | Interval] | str = ()
    ) -> "GenomicIndexer":
        """Return a new indexer with the windows that `idx_by_region` finds."""
        return self.take(self.idx_by_region(include, exclude))

    def _touches(self, places: Collection[str | Interval] | str) -> NDArray[np.bool_]:
        given = [places] if isinstance(places, str) else list(places)
        number = self.contigs.find(place if isinstance(place, str) else place.chrom for place in given)
        known = [(c, place) for c, place in zip(number.tolist(), given, strict=True) if c >= 0]
        whole = np.zeros(len(self.contigs), dtype=bool)
        whole[[c for c, place in known if isinstance(place, str)]] = True
        parts = [(c, place.start, place.end) for c, place in known if isinstance(place, Interval)]
        intervals = Intervals.of(self.contigs, *np.array(parts, dtype=np.int64).reshape(-1, 3).T)
        reached = intervals.overlaps(self.chrom, self.start - self.flank, self.end + self.flank)
        return np.asarray(whole[self.chrom] | reached)

    def to_table(self) -> pd.DataFrame:
        """Return the windows, without flanks, as a region table."""
        strands = np.asarray(STRANDS, dtype=object)
        return region_table(self.contigs.names_of(self.chrom), self.start, self.end, strand=strands[self.strand])

    def export_to_bed(self, path: str | PathLike[str]) -> None:
        """Write the windows, without flanks, to a BED6 file."""
        write_bed(self.to_table(), path)

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.chrom, self.start, self.end, self.strand

    def _with(self, windows: Windows, *columns: NDArray[Any]) -> "GenomicIndexer":
        other = GenomicIndexer(windows.binsize, windows.stepsize, windows.flank, windows.zero_padding, windows.collapse)
        other._set(self.contigs, *columns)
        return other


def _column(values: ArrayLike, dtype: Any) -> NDArray[Any]:
    """Return a read-only array; one that is read-only already is taken as it is."""
    given = np.asarray(values)
    if given.dtype == dtype and not given.flags.writeable:
        return given
    column = np.array(given, dtype=dtype)
    column.flags.writeable = False
    return column
