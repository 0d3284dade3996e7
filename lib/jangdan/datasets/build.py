"""Build arrays from files: in memory, sparse, or straight into a dataset file. One order for every format."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from tqdm import tqdm

from jangdan.datasets.genomic import read_lengths
from jangdan.datasets.runs import Stretches
from jangdan.datasets.sources import Source, Wanted
from jangdan.errors import InputFileError, OptionError
from jangdan.formats.genome import Genome
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.intervals import Intervals
from jangdan.sequence.alphabet import DNA, UNKNOWN, Alphabet
from jangdan.storage.any_array import AnyArray
from jangdan.storage.dataset_file import save, writing
from jangdan.storage.genomic_array import GenomicArray, require_fit
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import DenseValues, SparseValues

Sources = Mapping[str, Sequence[Source]]
"""Condition -> its files."""

Finish = Callable[[AnyArray], None]
"""What is done to an array before it is kept: normalization."""

FilePath = str | PathLike[str]
STORAGES = ("ndarray", "sparse", "hdf5")


@dataclass(frozen=True)
class Place:
    """Where an array comes to lie.

    contigs: the genome, with lengths; regions: what to store of it (None: all); resolution: bp a bin;
    dtype: of the values; path: a dataset file to write, None for memory; sparse: keep only what is not padding.
    """

    contigs: Contigs
    regions: Intervals | None = None
    resolution: int = 1
    dtype: str = "float32"
    path: FilePath | None = None
    sparse: bool = False

    def layout(self) -> Layout:
        """Return the stretches of the genome that are stored."""
        if self.regions is None:
            return Layout.of_genome(self.contigs, self.resolution)
        return Layout.of_intervals(self.regions, self.resolution)

    def wanted(self) -> Wanted:
        """Return the stretches that readers must give, None for all."""
        if self.regions is None:
            return None
        return self.regions.clip().align(self.resolution).merge().by_name()

    @contextmanager
    def opened(self, conditions: tuple[str, ...], *, strands: int = 1, padding: float = 0, meta: Any = None) -> Any:
        """Give an array to fill; at the end it is kept where it belongs."""
        layout = self.layout()
        if self.path is not None and not self.sparse:
            options = {"strands": strands, "dtype": self.dtype, "padding": padding, "meta": meta}
            with writing(self.path, layout, conditions, **options) as array:
                yield array
            return
        if self.sparse:
            values = SparseValues((len(layout), strands, len(conditions)), self.dtype, padding)
            array = GenomicArray(layout, values, conditions, padding, dict(meta or {}))
        else:
            array = GenomicArray.empty(layout, conditions, strands=strands, dtype=self.dtype, padding=padding)
            array.meta = dict(meta or {})
        yield array
        if self.path is not None:
            save(array, self.path)


def build_coverage(
    sources: Sources, place: Place, meta: Mapping[str, Any] | None = None, finish: Finish | None = None
) -> GenomicArray:
    """Read each file once, in one linear pass, into its condition of an array; then `finish` it."""
    wanted, needed = place.wanted(), np.ones(len(place.contigs), dtype=bool)
    if wanted is not None:
        needed[:] = False
        needed[place.contigs.numbers(list(wanted))] = True
    with place.opened(tuple(sources), strands=_strands(sources), meta=meta) as array:
        for number, source, add in _each(sources):
            for runs in source.runs(place.contigs, place.resolution, wanted):
                if needed[runs.contig].any():
                    array.put_runs(*runs, number, add=add)
                del runs  # a contig's memory is free before the next one's is taken
        if finish is not None:
            finish(array)
    return array


def build_region_values(
    sources: Sources, windows: GenomicIndexer, place: Place, *, bins: int = 1, finish: Finish | None = None
) -> RegionArray:
    """Read each file once and collapse it to `bins` values a window, flanks included.

    What lies past a contig's ends is left out of a value; a bin that lies outside altogether is 0.
    """
    start = windows.start - windows.flank
    end = start + read_lengths(windows)
    number = windows.chrom.astype(np.int64)
    conditions = tuple(sources)
    shape = (len(windows) * bins, _strands(sources), len(conditions))
    array = RegionArray(
        windows.contigs, number, start, end, DenseValues(np.zeros(shape, dtype=place.dtype)), conditions, {}, bins
    )
    chrom, low, high = array.bounds()
    numbers = place.contigs.find(windows.contigs.names)[chrom]
    row = np.flatnonzero(numbers >= 0)
    stretches = Stretches(len(place.contigs), numbers[row], low[row], high[row])
    for condition, source, add in _each(sources):
        for here, values in source.over(place.contigs, stretches):
            require_fit(values, array.data.dtype, source.path)
            there = row[here]
            array.data[there, :, condition] = values + (array.data[there, :, condition] if add else 0)
    if finish is not None:
        finish(array)
    if place.sparse:
        array.values = SparseValues.of_dense(array.data, array.padding)
    if place.path is not None:
        save(array, place.path)
    return array


def build_sequence(
    genome: Genome, place: Place, meta: Mapping[str, Any] | None = None, alphabet: Alphabet = DNA
) -> GenomicArray:
    """Keep a genome as order-1 codes (uint8); what is not there is UNKNOWN.

    Each file is read once, in pieces; through its index where that gives the regions faster. Raises
    InputFileError where a contig is not as long as the genome's sizes say.
    """
    contigs = place.contigs
    read = np.zeros(len(contigs), dtype=np.int64)  # where the last letter of each contig that was read stands
    with (
        place.opened((alphabet.name,), padding=UNKNOWN, meta=meta) as array,
        tqdm(desc="sequence", unit="bp", unit_scale=True, leave=False) as progress,
    ):
        for pieces in genome.pieces(alphabet, place.wanted()):
            progress.update(len(pieces.codes))
            number = contigs.find(pieces.contig)
            known, number = pieces.take(number >= 0), number[number >= 0]
            np.maximum.at(read, number, known.start + known.length)
            array.put_runs(number, known.start, known.length, known.codes[:, None], 0)
        wrong = read > contigs.lengths if place.regions is not None else read != contigs.lengths
        if wrong.any():
            first = int(np.argmax(wrong))
            raise InputFileError(
                ", ".join(genome.paths) or "refgenome",
                f"contig {contigs.names[first]!r} has {read[first]:,} letters, expected {contigs.lengths[first]:,}; "
                "was it changed meanwhile?",
            )
    return array


def _each(sources: Sources) -> Iterator[tuple[int, Source, bool]]:
    """Yield (number of the condition, file, whether it adds to an earlier file) with progress."""
    files = [(n, source, i > 0) for n, group in enumerate(sources.values()) for i, source in enumerate(group)]
    for number, source, add in tqdm(files, desc="coverage", unit="file", leave=False):
        if add and not source.additive:
            raise OptionError(f"conditions: several files of one condition, but {source.path} is no file of counts")
        yield number, source, add


def _strands(sources: Sources) -> int:
    return max(source.strands for group in sources.values() for source in group)
