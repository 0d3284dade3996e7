"""Build arrays from files: in memory, or straight into a dataset file. One order for every format."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from jangdan.datasets.readers import CoverageReader, collapse_stretches
from jangdan.formats.fasta import read_fasta
from jangdan.genome.indexer import GenomicIndexer
from jangdan.sequence.alphabet import DNA, UNKNOWN, Alphabet
from jangdan.storage.dataset_file import writing
from jangdan.storage.genomic_array import GenomicArray, require_fit
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray

Files = Mapping[str, str]
"""Condition -> path."""


@dataclass(frozen=True)
class Place:
    """Where an array comes to lie.

    chromsizes: the genome; regions: what to store of it (None: all); resolution: bp a bin;
    dtype: of the values; path: a dataset file to write, None for memory.
    """

    chromsizes: Mapping[str, int]
    regions: pd.DataFrame | None = None
    resolution: int = 1
    dtype: str = "float32"
    path: str | PathLike[str] | None = None

    def layout(self) -> Layout:
        """Return the stretches of the genome that are stored."""
        if self.regions is None:
            return Layout.of_genome(self.chromsizes, self.resolution)
        return Layout.of_regions(self.chromsizes, self.regions, self.resolution)

    def opened(self, conditions: tuple[str, ...], **options: Any) -> Any:
        """Return a context that gives an array to fill."""
        if self.path is not None:
            return writing(self.path, self.layout(), conditions, dtype=self.dtype, **options)
        options.pop("meta", None)
        return nullcontext(GenomicArray.empty(self.layout(), conditions, dtype=self.dtype, **options))


def build_coverage(files: Files, reader: CoverageReader, place: Place, meta: Mapping[str, Any]) -> GenomicArray:
    """Read each file once, in one linear pass, into one condition of an array."""
    with place.opened(tuple(files), strands=reader.strands, meta=meta) as array:
        for number, path in enumerate(tqdm(files.values(), desc="coverage", unit="file")):
            array.fill(reader.chromosomes(path, place.chromsizes, place.resolution), number, {})
    return array


def build_region_values(
    files: Files, reader: CoverageReader, windows: GenomicIndexer, chromsizes: Mapping[str, int], dtype: str
) -> RegionArray:
    """Read each file once and collapse it to one value a window (flanks do not count)."""
    data = np.zeros((len(windows), reader.strands, len(files)), dtype=dtype)
    for number, path in enumerate(tqdm(files.values(), desc="coverage", unit="file")):
        for chrom, values in reader.chromosomes(path, chromsizes, 1):
            if chrom not in windows.chroms:
                continue
            here = windows.chrom == windows.chroms.index(chrom)
            collapsed = collapse_stretches(values, windows.start[here], windows.end[here], reader.collapser)
            require_fit(collapsed, data.dtype, path)
            data[here, :, number] = collapsed
    return RegionArray(windows.chroms, windows.chrom.astype(np.int64), windows.start, windows.end, data, tuple(files))


def build_sequence(
    path: str | PathLike[str], place: Place, meta: Mapping[str, Any], alphabet: Alphabet = DNA
) -> GenomicArray:
    """Read a genome once, in one linear pass, as order-1 codes (uint8); what is not there is UNKNOWN."""
    with place.opened((alphabet.name,), padding=UNKNOWN, meta=meta) as array:
        for contig, codes in tqdm(read_fasta(path, alphabet), desc="sequence", unit="contig"):
            if contig in place.chromsizes:
                array.put(contig, codes[:, None], 0)
    return array
