"""Build arrays from files: each file is read once into its condition of an array, which is stored."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from jangdan.datasets.genomic import read_lengths
from jangdan.datasets.sources import Source
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
from jangdan.storage.values import DenseValues, Ints, SparseValues, Values

Sources = Mapping[str, Sequence[Source]]
"""Condition -> its files."""

Meta = Mapping[str, Any] | None
FilePath = str | PathLike[str]


@dataclass(frozen=True)
class Place:
    """Where an array comes to lie.

    contigs: the genome, with lengths; roi: what to store of it (None: all); resolution: bp a bin;
    dtype: of the values; path: a dataset file to write, None for memory; sparse: keep only what is not padding.
    """

    contigs: Contigs
    roi: Intervals | None = None
    resolution: int = 1
    dtype: str = "float32"
    path: FilePath | None = None
    sparse: bool = False

    def layout(self) -> Layout:
        """Return which bins are stored."""
        if self.roi is None:
            return Layout.of_genome(self.contigs, self.resolution)
        return Layout.of_intervals(self.roi, self.resolution)

    @contextmanager
    def array(
        self, conditions: tuple[str, ...], *, strands: int = 1, padding: float = 0, meta: Meta = None
    ) -> Iterator[GenomicArray]:
        """Give an array to fill, in memory or in its dataset file; at the end it is stored."""
        layout = self.layout()
        if self.path is not None and not self.sparse:
            options: dict[str, Any] = {"strands": strands, "dtype": self.dtype, "padding": padding, "meta": meta}
            with writing(self.path, layout, conditions, **options) as array:
                yield array
            return
        values = self._values((len(layout), strands, len(conditions)), padding)
        array = GenomicArray(layout, values, conditions, padding, dict(meta or {}))
        yield array
        if self.path is not None:
            save(array, self.path)

    def _values(self, shape: tuple[int, int, int], padding: float) -> Values:
        if self.sparse:
            return SparseValues(shape, self.dtype, padding)
        return DenseValues(np.full(shape, padding, self.dtype) if padding else np.zeros(shape, self.dtype))


def build_coverage(sources: Sources, place: Place, meta: Meta = None) -> GenomicArray:
    """Read files into an array, and store it."""
    with place.array(tuple(sources), strands=strands_of(sources), meta=meta) as array:
        read_coverage(sources, array)
    return array


def read_coverage(sources: Sources, array: GenomicArray) -> None:
    """Read each file once, in one linear pass, into its condition of an array."""
    layout = array.layout
    for condition, source, add in _each(sources):
        for runs in source.runs(layout.contigs, layout.resolution, layout.roi):
            array.put_runs(*runs, condition, add=add)
            del runs  # a contig's memory is free before the next one's is taken


def read_windows(sources: Sources, windows: GenomicIndexer, place: Place, *, bins: int = 1) -> RegionArray:
    """Read each file once and collapse it to `bins` values a window, flanks included.

    What lies past a contig's ends is left out of a value; a bin that lies outside altogether is 0.
    """
    shape = (len(windows) * bins, strands_of(sources), len(sources))
    values = DenseValues(np.zeros(shape, dtype=place.dtype))
    array = RegionArray(*_columns(windows), values, tuple(sources), {}, bins)
    roi, row = _sorted_bins(array, place.contigs)
    for condition, source, add in _each(sources):
        for here, found in source.values_over(roi):
            require_fit(found, array.data.dtype, source.path)
            there = row[here]
            array.data[there, :, condition] = found + (array.data[there, :, condition] if add else 0)
    return array


def store(array: AnyArray, path: FilePath | None, *, sparse: bool) -> None:
    """Keep the values of an array in memory sparse, if asked; write a dataset file, if there is a path."""
    if sparse:
        array.values = SparseValues.of_dense(array.data, array.padding)
    if path is not None:
        save(array, path)


def build_sequence(genome: Genome, place: Place, meta: Meta = None, alphabet: Alphabet = DNA) -> GenomicArray:
    """Keep a genome as order-1 codes (uint8); what is not there is UNKNOWN.

    Each file is read once, in pieces; through its index where that gives the regions faster. Raises
    InputFileError where a contig is not as long as the genome's sizes say.
    """
    contigs = place.contigs
    read = np.zeros(len(contigs), dtype=np.int64)  # where the last letter of each contig that was read stands
    with (
        place.array((alphabet.name,), padding=UNKNOWN, meta=meta) as array,
        tqdm(desc="sequence", unit="bp", unit_scale=True, leave=False) as progress,
    ):
        roi = array.layout.roi
        for pieces in genome.pieces(alphabet, None if roi is None else roi.by_name()):
            progress.update(len(pieces.codes))
            number = contigs.find(pieces.contig)
            known, number = pieces.take(number >= 0), number[number >= 0]
            np.maximum.at(read, number, known.start + known.length)
            array.put_runs(number, known.start, known.length, known.codes[:, None], 0)
        wrong = read != contigs.lengths if roi is None else read > contigs.lengths
        _require_lengths(genome, contigs, read, wrong)
    return array


def _require_lengths(genome: Genome, contigs: Contigs, read: Ints, wrong: NDArray[np.bool_]) -> None:
    """Raise InputFileError for the first contig of which a `wrong` number of letters was read."""
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputFileError(
            ", ".join(genome.paths) or "refgenome",
            f"contig {contigs.names[first]!r} has {read[first]:,} letters, expected {contigs.lengths[first]:,}; "
            "was it changed meanwhile?",
        )


def _columns(windows: GenomicIndexer) -> tuple[Contigs, Ints, Ints, Ints]:
    """Return the contigs, and contig number, start and end of what is read for each window."""
    start = windows.start - windows.flank
    return windows.contigs, windows.chrom.astype(np.int64), start, start + read_lengths(windows)


def _sorted_bins(array: RegionArray, contigs: Contigs) -> tuple[Intervals, Ints]:
    """Return the bins that lie on `contigs`, sorted, and the row of the values that each one is."""
    chrom, start, end = array.bounds()
    number = contigs.find(array.contigs.names)[chrom]
    row = np.lexsort((end, start, number))
    row = row[number[row] >= 0]
    strand = np.zeros(len(row), dtype=np.int8)
    return Intervals(contigs, number[row], start[row], end[row], strand), row


def _each(sources: Sources) -> Iterator[tuple[int, Source, bool]]:
    """Yield (number of the condition, file, whether it adds to an earlier file) with progress."""
    files = [(n, source, i > 0) for n, group in enumerate(sources.values()) for i, source in enumerate(group)]
    for number, source, add in tqdm(files, desc="coverage", unit="file", leave=False):
        if add and not source.additive:
            raise OptionError(f"conditions: several files of one condition, but {source.path} is no file of counts")
        yield number, source, add


def strands_of(sources: Sources) -> int:
    """Return the largest number of strands of some files."""
    return max(source.strands for group in sources.values() for source in group)
