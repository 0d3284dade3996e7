"""From arrays to files of tracks: bigWig and BED."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import ContigError
from jangdan.files import replacing
from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.storage.dataset_file import AnyArray
from jangdan.storage.genomic_array import GenomicArray

Track = Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[Any]]]
"""Contig, starts, ends (bp) and values of bins or regions, in the genome's order."""

_ROWS = 1 << 18  # handled at once, so that memory stays small


def export_to_bigwig(name: str, garray: AnyArray, folder: Path, genomesize: Mapping[str, int] | None) -> list[Path]:
    """Write one bigWig a condition and strand; returns the paths."""
    sizes = dict(genomesize) if genomesize is not None else known_sizes(garray)
    missing = [chrom for chrom in _contigs(garray) if chrom not in sizes]
    if missing:
        raise ContigError(f"genomesize: contig {missing[0]!r} of dataset {name!r} is not in it")

    def write(path: Path, strand: int, condition: int) -> None:
        write_bigwig(path, sizes, track_values(garray, strand, condition, list(sizes)), in_order=True)

    return _each_track(name, garray, folder, "bigwig", write)


def export_to_bed(name: str, garray: AnyArray, folder: Path) -> list[Path]:
    """Write one BED6 a condition and strand, without bins of value 0 or NaN; returns the paths."""

    def write(path: Path, strand: int, condition: int) -> None:
        sign = "." if garray.strands == 1 else "+-"[strand]
        with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as out:
            for chrom, starts, ends, values in track_values(garray, strand, condition, _contigs(garray)):
                kept = np.flatnonzero((values != 0) & ~np.isnan(values))
                rows = zip(starts[kept].tolist(), ends[kept].tolist(), values[kept].tolist(), strict=True)
                out.writelines(f"{chrom}\t{s}\t{e}\t.\t{v:.9g}\t{sign}\n" for s, e, v in rows)

    return _each_track(name, garray, folder, "bed", write)


def track_values(garray: AnyArray, strand: int, condition: int, contigs: Sequence[str]) -> Track:
    """Yield (chrom, starts, ends, values) of what is stored of `contigs`, in bp, cut at the chromosome's ends."""
    for chrom in contigs:
        places = _bin_places(garray, chrom) if isinstance(garray, GenomicArray) else _region_places(garray, chrom)
        for starts, ends, rows in places:
            yield chrom, starts, ends, rows[:, strand, condition]


def _contigs(garray: AnyArray) -> list[str]:
    """Return the contigs of which anything is stored, in order."""
    if not isinstance(garray, GenomicArray):
        return list(garray.chroms)
    names = list(garray.layout.chromsizes)
    return [names[number] for number in np.unique(garray.layout.chrom)]


def known_sizes(garray: AnyArray) -> dict[str, int]:
    """Return contig -> bp as the array knows it; of regions, where the last one ends."""
    if isinstance(garray, GenomicArray):
        return dict(garray.layout.chromsizes)
    return {chrom: int(garray.end[garray.chrom == i].max()) for i, chrom in enumerate(garray.chroms)}


def _bin_places(garray: GenomicArray, chrom: str) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Any]]:
    """Yield (starts, ends, values) of a contig's stored bins, some at a time."""
    layout = garray.layout
    number = layout.numbers.get(chrom, -1)
    own = np.searchsorted(layout.chrom, [number, number + 1])
    first, last = layout.offset[own].tolist()
    # bins of a segment, less their rows
    ahead, bounds = layout.start - layout.offset[:-1], layout.offset
    for low in range(first, last, _ROWS):
        rows = np.arange(low, min(low + _ROWS, last))
        i, j = np.searchsorted(bounds, [rows[0], rows[-1]], side="right") - 1
        cuts = np.clip(bounds[i : j + 2], low, low + len(rows))
        starts = (rows + np.repeat(ahead[i : j + 1], cuts[1:] - cuts[:-1])) * layout.resolution
        ends = np.minimum(starts + layout.resolution, layout.chromsizes[chrom])
        yield starts, ends, garray.values.rows(low, low + len(rows))


def _region_places(garray: Any, chrom: str) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Any]]:
    """Yield (starts, ends, values) of a contig's regions, sorted, some at a time."""
    if chrom not in garray.chroms:
        return
    contig, start, end = garray.bounds()
    own = np.flatnonzero(contig == garray.chroms.index(chrom))
    own = own[np.lexsort((end[own], start[own]))]
    # a region read twice counts once
    new = np.ones(len(own), dtype=bool)
    new[1:] = (np.diff(start[own]) != 0) | (np.diff(end[own]) != 0)
    own = own[new & (end[own] > 0)]
    for low in range(0, len(own), _ROWS):
        rows = own[low : low + _ROWS]
        yield np.maximum(start[rows], 0), end[rows], garray.values.take(rows)


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
