"""From arrays to files of tracks: bigWig and BED."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import ContigError
from jangdan.files import replacing
from jangdan.formats.bigwig import write_bigwig
from jangdan.storage.dataset_file import AnyArray
from jangdan.storage.genomic_array import GenomicArray

Track = Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[Any]]]
"""Contig, starts, ends (bp), values of stretches, sorted within each."""


def export_to_bigwig(name: str, garray: AnyArray, folder: Path, genomesize: Mapping[str, int] | None) -> list[Path]:
    """Write one bigWig a condition and strand; returns the paths."""
    sizes = dict(genomesize) if genomesize is not None else known_sizes(garray)
    missing = [chrom for chrom, *_ in stretches(garray) if chrom not in sizes]
    if missing:
        raise ContigError(f"genomesize: contig {missing[0]!r} of dataset {name!r} is not in it")

    def write(path: Path, strand: int, condition: int) -> None:
        write_bigwig(path, sizes, track_values(garray, strand, condition))

    return _each_track(name, garray, folder, "bigwig", write)


def export_to_bed(name: str, garray: AnyArray, folder: Path) -> list[Path]:
    """Write one BED6 a condition and strand, without bins of value 0 or NaN; returns the paths."""

    def write(path: Path, strand: int, condition: int) -> None:
        sign = "." if garray.strands == 1 else "+-"[strand]
        with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as out:
            for chrom, starts, ends, values in track_values(garray, strand, condition):
                kept = np.flatnonzero((values != 0) & ~np.isnan(values))
                rows = zip(starts[kept].tolist(), ends[kept].tolist(), values[kept].tolist(), strict=True)
                out.writelines(f"{chrom}\t{s}\t{e}\t.\t{v:.9g}\t{sign}\n" for s, e, v in rows)

    return _each_track(name, garray, folder, "bed", write)


def track_values(garray: AnyArray, strand: int, condition: int) -> Track:
    """Yield (chrom, starts, ends, values) of each stored stretch, in bp, cut at the chromosome's ends."""
    for chrom, starts, ends, first in stretches(garray):
        rows = garray.values.rows(first, first + len(starts)) if isinstance(first, int) else garray.values.take(first)
        yield chrom, starts, ends, rows[:, strand, condition].astype(np.float64)


def stretches(garray: AnyArray) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64], Any]]:
    """Yield (chrom, starts, ends, rows) of each stored stretch; rows is the first of them, or all their numbers."""
    if not isinstance(garray, GenomicArray):
        yield from _region_stretches(garray)
        return
    layout = garray.layout
    names = list(layout.chromsizes)
    for i in range(len(layout.start)):
        chrom = names[layout.chrom[i]]
        starts = np.arange(layout.start[i], layout.end[i], dtype=np.int64) * layout.resolution
        ends = np.minimum(starts + layout.resolution, layout.chromsizes[chrom])
        yield chrom, starts, ends, int(layout.offset[i])


def known_sizes(garray: AnyArray) -> dict[str, int]:
    """Return contig -> bp as the array knows it; of regions, where the last one ends."""
    if isinstance(garray, GenomicArray):
        return dict(garray.layout.chromsizes)
    return {chrom: int(garray.end[garray.chrom == i].max()) for i, chrom in enumerate(garray.chroms)}


def _region_stretches(garray: Any) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64], Any]]:
    chrom, start, end = garray.bounds()
    for number, name in enumerate(garray.chroms):
        own = np.flatnonzero(chrom == number)
        own = own[np.lexsort((end[own], start[own]))]
        # a region read twice counts once
        new = np.ones(len(own), dtype=bool)
        new[1:] = (np.diff(start[own]) != 0) | (np.diff(end[own]) != 0)
        own = own[new & (end[own] > 0)]
        yield name, np.maximum(start[own], 0), end[own], own


def _each_track(
    name: str, garray: AnyArray, folder: Path, suffix: str, write: Callable[[Path, int, int], None]
) -> list[Path]:
    paths = []
    for number, condition in enumerate(garray.conditions):
        for strand in range(garray.strands):
            which = f".{('forward', 'reverse')[strand]}" if garray.strands == 2 else ""
            path = folder / f"{name}.{condition}{which}.{suffix}"
            write(path, strand, number)
            paths.append(path)
    return paths
