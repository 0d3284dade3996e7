"""From arrays to files of tracks: bigWig and BED."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import ContigError
from jangdan.files import replacing
from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.storage.any_array import AnyArray

Track = Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[Any]]]
"""Contig, starts, ends (bp) and values of bins or regions, in the genome's order."""


def export_to_bigwig(name: str, garray: AnyArray, folder: Path, genomesize: Mapping[str, int] | None) -> list[Path]:
    """Write one bigWig a condition and strand; returns the paths."""
    sizes = dict(genomesize) if genomesize is not None else garray.sizes
    missing = [chrom for chrom in _contigs(garray) if chrom not in sizes]
    if missing:
        raise ContigError(f"genomesize: contig {missing[0]!r} of dataset {name!r} is not in it")

    files = _files(name, garray, folder, "bigwig")
    for path, strand, condition in files:
        write_bigwig(path, sizes, track_values(garray, strand, condition, list(sizes)), in_order=True)
    return [path for path, _, _ in files]


def export_to_bed(name: str, garray: AnyArray, folder: Path) -> list[Path]:
    """Write one BED6 a condition and strand, without bins of value 0 or NaN; returns the paths."""

    files = _files(name, garray, folder, "bed")
    for path, strand, condition in files:
        sign = "." if garray.strands == 1 else "+-"[strand]
        with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as out:
            for chrom, starts, ends, values in track_values(garray, strand, condition, _contigs(garray)):
                kept = np.flatnonzero((values != 0) & ~np.isnan(values))
                rows = zip(starts[kept].tolist(), ends[kept].tolist(), values[kept].tolist(), strict=True)
                out.writelines(f"{chrom}\t{s}\t{e}\t.\t{v:.9g}\t{sign}\n" for s, e, v in rows)
    return [path for path, _, _ in files]


def track_values(garray: AnyArray, strand: int, condition: int, contigs: Sequence[str]) -> Track:
    """Yield (chrom, starts, ends, values) of what is stored of `contigs`, in bp, cut at the chromosome's ends."""
    for chrom in contigs:
        if chrom in garray.contigs:
            for starts, ends, rows in garray.bins_on(garray.number(chrom)):
                yield chrom, starts, ends, rows[:, strand, condition]


def _contigs(garray: AnyArray) -> list[str]:
    """Return the contigs of which anything is stored, in order."""
    return garray.contigs.names_of(garray.stored_contigs).tolist()


def _files(name: str, garray: AnyArray, folder: Path, suffix: str) -> list[tuple[Path, int, int]]:
    """Return (path, strand, number of the condition) of each file."""
    strands = [".forward", ".reverse"] if garray.strands == 2 else [""]
    return [
        (folder / f"{name}.{condition}{which}.{suffix}", strand, number)
        for number, condition in enumerate(garray.conditions)
        for strand, which in enumerate(strands)
    ]
