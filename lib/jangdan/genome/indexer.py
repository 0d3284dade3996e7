"""GenomicIndexer: the i-th window's place in the genome, for millions of windows in a few numpy arrays."""

from collections.abc import Collection, Iterator, Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError, RegionIndexError, whole_number
from jangdan.formats.bed import write_bed
from jangdan.formats.region_table import region_table
from jangdan.formats.registry import read_regions
from jangdan.genome.interval import STRANDS, Interval
from jangdan.genome.windows import Windows


class GenomicIndexer:
    """Maps integers to genomic windows.

    Columns, each of shape (windows,): `chrom` (int32, a place in `chroms`), `start` and `end`
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
        self.windows = Windows(binsize, stepsize, flank, zero_padding, collapse)
        self.random_state = None if random_state is None else whole_number("random_state", random_state, 0)
        self.chroms: tuple[str, ...] = ()
        self.chrom = np.zeros(0, dtype=np.int32)
        self.start = np.zeros(0, dtype=np.int64)
        self.end = np.zeros(0, dtype=np.int64)
        self.strand = np.zeros(0, dtype=np.int8)

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
        codes, names = pd.factorize(table["chrom"])
        region, self.start, self.end = self.windows.cut(table["start"].to_numpy(), table["end"].to_numpy())
        if len(region) == 0:
            raise DataError(f"{source}: no window of {self.windows.binsize} bp fits into its {len(table)} regions")
        self.chroms = tuple(names)
        self.chrom = codes[region].astype(np.int32)
        strand = table["strand"].map({s: i for i, s in enumerate(STRANDS)}).fillna(0) if "strand" in table else 0
        self.strand = np.broadcast_to(np.asarray(strand, dtype=np.int8), len(table))[region].copy()
        self._require_one_length(source)
        if self.random_state is not None:
            self._reorder(np.random.default_rng(self.random_state).permutation(len(self)))

    def _require_one_length(self, source: object) -> None:
        if self.windows.binsize is not None or self.windows.collapse:
            return
        lengths = np.unique(self.end - self.start)
        if len(lengths) > 1:
            raise OptionError(
                f"{source}: regions are of unequal length ({lengths[0]} to {lengths[-1]} bp); give a binsize, "
                "or resolution=None for one value a region"
            )

    def _reorder(self, order: NDArray[Any]) -> None:
        for column in ("chrom", "start", "end", "strand"):
            setattr(self, column, getattr(self, column)[order])

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
        return Interval(self.chroms[self.chrom[i]], start, end, STRANDS[self.strand[i]])

    def __iter__(self) -> Iterator[Interval]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        shape = f"{len(self)} windows of {self.binsize} bp + 2 x {self.flank} bp"
        return f"GenomicIndexer({shape} on {len(self.chroms)} contigs)"

    def take(self, indices: ArrayLike) -> "GenomicIndexer":
        """Return a new indexer with the windows at `indices` (integers or a boolean mask), in that order."""
        taken = GenomicIndexer(**self._options())
        taken.chroms = self.chroms
        for column in ("chrom", "start", "end", "strand"):
            setattr(taken, column, getattr(self, column)[np.asarray(indices)])
        return taken

    def shuffle(self, seed: int) -> "GenomicIndexer":
        """Return a new indexer with the same windows in an order drawn from the seed."""
        return self.take(np.random.default_rng(whole_number("seed", seed, 0)).permutation(len(self)))

    def with_flank(self, flank: int) -> "GenomicIndexer":
        """Return the same windows with another flank in bp."""
        other = GenomicIndexer(**{**self._options(), "flank": flank})
        other.chroms = self.chroms
        for column in ("chrom", "start", "end", "strand"):
            setattr(other, column, getattr(self, column))
        return other

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
        touched = np.zeros(len(self), dtype=bool)
        for place in [places] if isinstance(places, str) else places:
            chrom = place if isinstance(place, str) else place.chrom
            if chrom not in self.chroms:
                continue
            on_chrom = self.chrom == self.chroms.index(chrom)
            if isinstance(place, Interval):
                on_chrom &= (self.start - self.flank < place.end) & (self.end + self.flank > place.start)
            touched |= on_chrom
        return touched

    def to_table(self) -> pd.DataFrame:
        """Return the windows, without flanks, as a region table."""
        names = np.asarray(self.chroms, dtype=object)
        strands = np.asarray(STRANDS, dtype=object)
        return region_table(names[self.chrom], self.start, self.end, strand=strands[self.strand])

    def export_to_bed(self, path: str | PathLike[str]) -> None:
        """Write the windows, without flanks, to a BED6 file."""
        write_bed(self.to_table(), path)

    def _options(self) -> dict[str, Any]:
        w = self.windows
        return {
            "binsize": w.binsize,
            "stepsize": w.stepsize,
            "flank": w.flank,
            "zero_padding": w.zero_padding,
            "collapse": w.collapse,
        }
