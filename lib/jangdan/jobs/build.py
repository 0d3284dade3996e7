"""Dataset files from source files."""

import logging
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.build import Place, build_coverage, build_sequence, read_windows
from jangdan.datasets.sources import Source, StrandSource
from jangdan.errors import OptionError
from jangdan.formats.fasta.reader import fasta_sizes
from jangdan.formats.genome import Genome
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.genome.intervals import Intervals
from jangdan.genome.region_file import read_region_file
from jangdan.jobs.windows import indexer_of
from jangdan.records.kinds import FORMATS, format_of
from jangdan.records.options import chosen_options
from jangdan.storage.dataset_file import save
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import DenseValues

log = logging.getLogger(__name__)

Path = str | PathLike[str]
Files = Mapping[str, Sequence[str]]
"""Condition -> paths of its files."""


def sequence_file(fasta: Path, path: Path, *, roi: Path | None, flank: int) -> None:
    """Build the sequence dataset file: the whole genome, or (with `roi`) regions and `flank` bp around them."""
    contigs = Contigs.of_sizes(fasta_sizes(fasta), source=str(fasta))
    place = Place(contigs, _roi(roi, flank, contigs), 1, "uint8", path)
    build_sequence(Genome(fasta), place, {"source": str(fasta)})


def coverage_file(
    files: Files, options: Mapping[str, Any], genome: Mapping[str, Any], path: Path, *, windows: Any
) -> None:
    """Build a raw coverage dataset file.

    files: condition -> paths, whose counts are added up, or which are a pair by strand. options: of the dataset in the
    config. genome: fasta, aliases. windows: roi (a file of regions, or None for the whole genome), window and step;
    with ``resolution: null`` the file holds one value a window, flanks counted in.
    """
    contigs = Contigs.of_sizes(fasta_sizes(genome["fasta"]), source=str(genome["fasta"]))
    sources = sources_of(files, options, genome.get("aliases", {}), str(genome["fasta"]))
    resolution, dtype = options["resolution"], options["dtype"]
    if resolution is None:
        save(_window_values(sources, options, Place(contigs, None, 1, dtype), windows), path)
        return
    if options["relative_strand"] is not None:
        raise OptionError(
            f"datasets: relative_strand: {options['relative_strand']}: needs resolution: null, one value per window"
        )
    place = Place(contigs, _roi(windows["roi"], options["flank"], contigs), resolution, dtype, path)
    build_coverage(sources, place, {"sources": {name: list(paths) for name, paths in files.items()}})


def _window_values(
    sources: Mapping[str, Sequence[Source]], options: Mapping[str, Any], place: Place, windows: Mapping[str, Any]
) -> RegionArray:
    """Return one value a window, summed up (or as the collapser says) over window and flanks; known by the window."""
    indexer = indexer_of(windows["roi"], windows, collapse=True)
    rows = read_windows(sources, indexer.with_flank(options["flank"]), place)
    strand = options["relative_strand"]
    values = rows.data if strand is None else _one_strand(rows.data, indexer, strand)
    number = indexer.chrom.astype(np.int64)
    return RegionArray(indexer.contigs, number, indexer.start, indexer.end, DenseValues(values), rows.conditions)


def _one_strand(values: NDArray[Any], indexer: GenomicIndexer, strand: str) -> NDArray[Any]:
    """Return the values of the windows' own strand ("sense"), or of the other one, shape (windows, 1, conditions)."""
    if values.shape[1] != 2:
        raise OptionError(
            f"datasets: relative_strand: {strand}: the files' counts are not kept by strand; set stranded: true"
        )
    if (indexer.strand == 0).any():
        raise OptionError(
            f"datasets: relative_strand: {strand}: the regions have no strand; take them from a GFF with upstream"
        )
    own = (indexer.strand == STRANDS.index("-")).astype(np.int64)
    chosen = own if strand == "sense" else 1 - own
    return values[np.arange(len(values)), chosen][:, None]


def sources_of(
    files: Files, options: Mapping[str, Any], aliases: Mapping[str, str], genome: str | None = None
) -> dict[str, list[Source]]:
    """Return a dataset's sources by condition; `genome`: the FASTA that a CRAM is decoded with.

    Raises OptionError where the files are of several formats, and not all of regions.
    """
    paths = [path for own in files.values() for path in own]
    for path in paths:
        if format_of(path) not in FORMATS:
            raise OptionError(f"datasets: cannot make coverage of a {format_of(path)} file: {path}")
    kinds = {format_of(path) for path in paths}
    if len(kinds) > 1 and any(FORMATS[kind].values != "regions" for kind in kinds):
        raise OptionError(
            f"datasets: files of kinds {', '.join(sorted(kinds))} in one dataset; make one dataset a kind"
        )
    sources = {name: [_source(path, options, aliases, genome) for path in own] for name, own in files.items()}
    pairs = [name for name in sources if isinstance(options["files"].get(name), Mapping)]
    return sources | {name: _by_strand(sources[name]) for name in pairs}


def _source(path: str, options: Mapping[str, Any], aliases: Mapping[str, str], genome: str | None) -> Source:
    record = FORMATS[format_of(path)]
    chosen = chosen_options(record.options, options, "datasets")
    source: Source = record.build(path, chosen, aliases=aliases, genome=genome)
    return source


def _by_strand(pair: Sequence[Source]) -> list[Source]:
    if any(source.strands == 2 for source in pair):
        raise OptionError(
            f"datasets: {pair[0].path} is one of a pair by strand; set stranded: false for its own counts"
        )
    return [StrandSource(each.path, each, strand, aliases=each.aliases) for strand, each in enumerate(pair)]


def _roi(regions: Path | None, flank: int, contigs: Contigs) -> Intervals | None:
    """Return the regions of a file with `flank` bp around them; None for the whole genome."""
    return None if regions is None else Intervals.of_table(read_region_file(regions), contigs).extend(flank)
