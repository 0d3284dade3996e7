"""From files to a kept array of coverage: one order of steps for every format and every storage."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from jangdan.datasets.bedgraph_source import BedgraphSource
from jangdan.datasets.bigwig_source import BigwigSource
from jangdan.datasets.build import Place, Sources, read_coverage, read_windows, store, strands_of
from jangdan.datasets.genomic import SPANNED, read_intervals, read_lengths, require_on_genome
from jangdan.datasets.regions import CLASSES, RegionSource, classes_of
from jangdan.datasets.sources import Source
from jangdan.datasets.storing import Keeping, Recipe
from jangdan.errors import ContigError, DataError, OptionError, whole_number
from jangdan.formats.collapse import Collapser
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.intervals import Intervals, last_ends
from jangdan.normalize.apply import normalize_array, restore
from jangdan.normalize.base import Normalizer
from jangdan.normalize.chain import normalizers_of
from jangdan.records.kinds import COMPRESSED, known_format
from jangdan.storage.any_array import AnyArray

Paths = str | PathLike[str] | Sequence[str | PathLike[str]]
Sizes = Mapping[str, int]
NUMBERS = ("f", "i", "u", "b")
"""Kinds of NumPy types that values may have."""


@dataclass(frozen=True)
class Coverage(Recipe):
    """What an array of coverage is made of; keywords as of `Cover`."""

    sources: Sources
    indexer: GenomicIndexer | None
    genomesize: Sizes | None
    resolution: int | None
    dtype: str
    whole: bool
    normalizer: Any = None

    def __post_init__(self) -> None:
        if self.indexer is None and (self.resolution is None or not self.whole):
            needed = "a roi: one value a region" if self.resolution is None else "store_whole_genome=True, or a roi"
            raise OptionError(f"roi=None: resolution={self.resolution} needs {needed}")
        if self.resolution and self.indexer is not None and self._window % self.resolution:
            raise OptionError(
                f"resolution={self.resolution} does not divide the windows, {self.indexer.binsize} bp "
                f"and flank={self.indexer.flank} at both ends"
            )
        _require_numbers(self.dtype)
        if self.genomesize is not None:
            _require_sizes(self.genomesize)

    @cached_property
    def chain(self) -> list[Normalizer]:
        """The normalizers."""
        return normalizers_of(self.normalizer)

    @property
    def paths(self) -> list[str]:
        """The files that are read."""
        return [source.path for group in self.sources.values() for source in group]

    def kept(self, keeping: Keeping) -> AnyArray:
        """Return the array, built now or opened from the cache; its normalizers are fitted then."""
        array = keeping.kept(self)
        restore(self.chain, array)
        return array

    def build(self, path: Path | None, sparse: bool) -> AnyArray:
        """Return the array: sources, array, normalize, store; in a dataset file at `path` if there is one."""
        sizes = self._known_sizes()
        contigs = Contigs.of_sizes(spanned(self.indexer) if sizes is None else sizes)
        roi = self._roi(contigs, "genomesize" if sizes is self.genomesize else self._first.path)
        dtype = "float32" if self.chain and np.dtype(self.dtype).kind != "f" else self.dtype
        place = Place(contigs, roi, self.resolution or 1, dtype, path, sparse)
        if self.indexer is not None and self._by_region():
            bins = 1 if self.resolution is None else self._window // self.resolution
            values = read_windows(self.sources, self.indexer, place, bins=bins)
            normalize_array(self.chain, values)
            store(values, path, sparse=sparse)
            return values
        meta = None if sizes else {SPANNED: True}
        with place.array(tuple(self.sources), strands=strands_of(self.sources), meta=meta) as array:
            read_coverage(self.sources, array)
            normalize_array(self.chain, array, self.indexer)
        return array

    def options(self) -> Any:
        """Return all that the array depends on, besides the files' content."""
        sources = [(name, [source.options() for source in group]) for name, group in self.sources.items()]
        options: list[Any] = [sources, self.genomesize, self.resolution, self.dtype, self.whole, self.chain]
        if self.indexer is not None and (not self.whole or self.chain or self.genomesize is None):
            indexer = self.indexer
            options += [indexer.contigs.digest, indexer.chrom, indexer.start, indexer.end, indexer.flank]
            options += [read_lengths(indexer), self._by_region()]
        return options

    @property
    def _first(self) -> Source:
        return next(iter(self.sources.values()))[0]

    @property
    def _window(self) -> int:
        assert self.indexer is not None
        return self.indexer.binsize + 2 * self.indexer.flank

    def _by_region(self) -> bool:
        """Tell whether values are kept by region: one each, or bins that are not the genome's."""
        if self.resolution is None:
            return True
        if self.whole or self.indexer is None or self.resolution == 1:
            return False
        return bool(((self.indexer.start - self.indexer.flank) % self.resolution).any())

    def _known_sizes(self) -> Sizes | None:
        """Return contig -> bp of the genome, or of the first file; None where nothing tells. Of parts of the genome,
        files that know their contigs need no `genomesize`."""
        own = self._first.sizes()
        if self.genomesize is None or (own is not None and not self.whole):
            return own
        for chrom, size in self.genomesize.items():
            if own is not None and own.get(chrom, size) != size:
                raise ContigError(
                    f"genomesize: {chrom} is {size:,} bp long, in {self._first.path} {own[chrom]:,} bp; "
                    "is it of another assembly?"
                )
        return self.genomesize

    def _roi(self, contigs: Contigs, where: str) -> Intervals | None:
        """Return what is stored, None for whole contigs; raises where a window is not on the genome of `where`."""
        if self.indexer is None:
            return None
        require_on_genome(self.indexer, contigs, where)
        return None if self.whole else read_intervals(self.indexer, contigs)


def windows_of(
    roi: Any,
    binsize: int | None,
    stepsize: int | None,
    flank: int,
    resolution: int | None,
    padded: bool,
    seed: int | None,
) -> GenomicIndexer | None:
    """Return the windows of `roi`, None without one; raises OptionError where lengths do not fit each other."""
    for option, value, least in (("resolution", resolution, 1), ("binsize", binsize, 1), ("flank", flank, 0)):
        if value is not None or option == "flank":
            whole_number(option, value, least)
    if resolution and binsize and (binsize % resolution or (2 * flank) % resolution):
        raise OptionError(f"resolution={resolution} does not divide binsize={binsize} with flank={flank}")
    if roi is None:
        return None
    return GenomicIndexer.create_from_file(roi, binsize, stepsize, flank, padded, resolution is None, seed)


def spanned(indexer: GenomicIndexer | None) -> dict[str, int]:
    """Return contig -> where the last region, with its flank, ends; raises OptionError without regions."""
    if indexer is None:
        raise OptionError("genomesize=None: the files do not say how long contigs are; give genomesize, or a roi")
    ends = indexer.end + indexer.flank
    return last_ends(indexer.contigs, indexer.chrom, ends)


def conditions_of(
    files: Paths, conditions: Sequence[str] | None, source: Callable[..., Source], **options: Any
) -> Sources:
    """Return condition -> files; conditions default to the file names without folder and ending.

    source: what a path and the `options` make a file of. Files of the same condition come together.
    """
    paths = _paths(files)
    if isinstance(conditions, str):
        raise OptionError(f"conditions={conditions!r}: expected a list of names, one a file")
    names = list(conditions) if conditions is not None else [stem(p) for p in paths]
    if len(names) != len(paths):
        raise OptionError(f"conditions={names}: expected {len(paths)} names, one a file")
    if conditions is None and len(set(names)) != len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise OptionError(f"two files are named {twice!r}: give conditions, one name a file (equal names are added up)")
    grouped: dict[str, list[Source]] = {}
    for name, path in zip(names, paths, strict=True):
        grouped.setdefault(name, []).append(source(path, **options))
    return grouped


def region_sources(files: Paths, conditions: Sequence[str] | None, mode: str, options: Mapping[str, Any]) -> Sources:
    """Return condition -> files of regions; modes of classes have a condition for each class of each file."""
    if not isinstance(mode, str) or mode not in CLASSES:
        return conditions_of(files, conditions, RegionSource, mode=mode, **options)
    sources: dict[str, list[Source]] = {}
    paths = _paths(files)
    for path in paths:
        for value in classes_of(path, mode, options["feature"]):
            name = f"{value:g}" if isinstance(value, float) else str(value)
            full = name if len(paths) == 1 else f"{stem(path)}.{name}"
            sources[full] = [RegionSource(path, mode="binary", category=(CLASSES[mode], value), **options)]
    if not sources:
        raise DataError(f"{paths[0]}: holds no region, so that mode={mode!r} finds no class")
    if conditions is None:
        return sources
    if isinstance(conditions, str) or len(conditions) != len(sources):
        raise OptionError(f"conditions={list(conditions)}: mode={mode!r} found {len(sources)} classes: {list(sources)}")
    return dict(zip(conditions, sources.values(), strict=True))


def bigwig_source(path: str, collapser: Collapser | None, nan_to_num: bool, clip: bool) -> Source:
    """Return the source of a bigWig or, by its suffix, of a bedGraph; `clip` as of `BedgraphSource`."""
    options: dict[str, Any] = {"collapse": collapser or "mean", "nan_to_num": nan_to_num}
    if known_format(path) == "bedgraph":
        return BedgraphSource(path, clip=clip, **options)
    return BigwigSource(path, **options)


def stem(path: str) -> str:
    """Return a file's name without folder and ending; .gz and .bgz are not the ending."""
    name = Path(path).name
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    return Path(name).stem


def _paths(files: Paths) -> list[str]:
    chosen = [files] if isinstance(files, (str, PathLike)) or not isinstance(files, Iterable) else list(files)
    if not chosen:
        raise OptionError("no file was given; expected a path or a list of paths")
    for path in chosen:
        if not isinstance(path, (str, PathLike)):
            raise OptionError(f"files: found {path!r}, expected a path or a list of paths")
    return [str(path) for path in chosen]


def _require_numbers(dtype: Any) -> None:
    try:
        kind = np.dtype(dtype).kind
    except TypeError:
        kind = ""
    if kind not in NUMBERS:
        raise OptionError(f"dtype={dtype!r}: expected a NumPy type of numbers, such as 'float32' or 'uint16'")


def _require_sizes(sizes: Any) -> None:
    if not isinstance(sizes, Mapping):
        raise OptionError(f"genomesize={sizes!r}: expected contig -> length in bp")
    for chrom, size in sizes.items():
        whole_number(f"genomesize[{chrom!r}]", size, 1)
