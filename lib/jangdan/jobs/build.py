"""Dataset files from source files, and their normalization."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.build import Place, build_coverage, build_region_values, build_sequence
from jangdan.datasets.regions import RegionSource
from jangdan.datasets.sources import BamSource, BedgraphSource, BigwigSource, FragmentSource, Source, StrandSource
from jangdan.errors import OptionError
from jangdan.files import write_text
from jangdan.formats.bam.coverage import ReadCounting
from jangdan.formats.fasta.reader import fasta_sizes
from jangdan.formats.fragments import FragmentCounting
from jangdan.formats.genome import Genome
from jangdan.formats.registry import format_of, read_regions
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.genome.intervals import Intervals
from jangdan.normalize.apply import fit, write_normalized
from jangdan.normalize.normalizers import normalizers_of
from jangdan.storage.dataset_file import load, save
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import DenseValues

log = logging.getLogger(__name__)

Path = str | PathLike[str]
Files = Mapping[str, Sequence[str]]
"""Condition -> paths of its files."""


def indexer_of(bed: Path, windows: Mapping[str, Any], flank: int = 0, collapse: bool = False) -> GenomicIndexer:
    """Return the windows of a BED file; `windows` holds binsize and stepsize (bp)."""
    step = windows.get("stepsize") or windows["binsize"]
    return GenomicIndexer.create_from_file(bed, windows["binsize"], step, flank, zero_padding=False, collapse=collapse)


def sequence_file(fasta: Path, path: Path, *, roi: Path | None, flank: int) -> None:
    """Build the sequence dataset file: the whole genome, or (with `roi`) regions and `flank` bp around them."""
    contigs = Contigs.of_sizes(fasta_sizes(fasta), source=str(fasta))
    regions = None if roi is None else _with_flank(roi, flank, contigs)
    build_sequence(Genome(fasta), Place(contigs, regions, 1, "uint8", path), {"source": str(fasta)})


def coverage_file(
    files: Files, options: Mapping[str, Any], genome: Mapping[str, Any], path: Path, *, windows: Any
) -> None:
    """Build a raw coverage dataset file.

    files: condition -> paths, whose counts are added up, or which are a pair by strand. options: of the dataset in the
    config. genome: fasta, aliases. windows: roi (a BED path or None for the whole genome), binsize and stepsize; with
    ``resolution: null`` the file holds one value a window, flanks counted in.
    """
    contigs = Contigs.of_sizes(fasta_sizes(genome["fasta"]), source=str(genome["fasta"]))
    # a CRAM is made with the genome that its reads are counted on
    sources = sources_of(files, {"reference": str(genome["fasta"]), **options}, genome.get("aliases", {}))
    resolution = options.get("resolution", 1)
    dtype = options.get("dtype", "float32")
    if resolution is None:
        save(_window_values(sources, options, Place(contigs, None, 1, dtype), windows), path)
        return
    if "strand" in options:
        raise OptionError(f"datasets: strand: {options['strand']}: needs resolution: null, one value a window")
    regions = None if windows["roi"] is None else _with_flank(windows["roi"], options.get("flank", 0), contigs)
    build_coverage(
        sources,
        Place(contigs, regions, resolution, dtype, path),
        {"sources": {name: list(paths) for name, paths in files.items()}},
    )


def _window_values(
    sources: Mapping[str, Sequence[Source]], options: Mapping[str, Any], place: Place, windows: Mapping[str, Any]
) -> RegionArray:
    """Return one value a window, summed up (or as the collapser says) over window and flanks; known by the window."""
    indexer = indexer_of(windows["roi"], windows, collapse=True)
    rows = build_region_values(sources, indexer.with_flank(options.get("flank", 0)), place)
    values = rows.data if "strand" not in options else _one_strand(rows.data, indexer, options["strand"])
    number = indexer.chrom.astype(np.int64)
    return RegionArray(indexer.contigs, number, indexer.start, indexer.end, DenseValues(values), rows.conditions)


def _one_strand(values: NDArray[Any], indexer: GenomicIndexer, strand: str) -> NDArray[Any]:
    """Return the values of the windows' own strand ("sense"), or of the other one, shape (windows, 1, conditions)."""
    if values.shape[1] != 2:
        raise OptionError(f"datasets: strand: {strand}: the files' counts are not kept by strand; set stranded: true")
    if (indexer.strand == 0).any():
        raise OptionError(f"datasets: strand: {strand}: the regions have no strand; take them from a GFF with upstream")
    own = (indexer.strand == STRANDS.index("-")).astype(np.int64)
    chosen = own if strand == "sense" else 1 - own
    return values[np.arange(len(values)), chosen][:, None]


def sources_of(files: Files, options: Mapping[str, Any], aliases: Mapping[str, str]) -> dict[str, list[Source]]:
    """Return a dataset's sources by condition, all of one kind; raises OptionError where they are not."""
    kinds = {format_of(path) for paths in files.values() for path in paths}
    kind = "bed" if kinds <= {"bed", "narrowpeak", "gff"} else next(iter(kinds))
    if kind != "bed" and len(kinds) > 1:
        raise OptionError(
            f"datasets: files of kinds {', '.join(sorted(kinds))} in one dataset; make one dataset a kind"
        )
    if kind not in _SOURCES:
        raise OptionError(f"datasets: cannot make coverage of a {kind} file: {next(iter(files.values()))[0]}")
    chosen = _SOURCES[kind](options)
    sources = {name: [chosen(path, aliases=aliases) for path in paths] for name, paths in files.items()}
    pairs = [name for name in sources if isinstance(options.get("files", {}).get(name), Mapping)]
    return sources | {name: _by_strand(sources[name]) for name in pairs}


def _by_strand(pair: Sequence[Source]) -> list[Source]:
    if any(source.strands == 2 for source in pair):
        raise OptionError(
            f"datasets: {pair[0].path} is one of a pair by strand; set stranded: false for its own counts"
        )
    return [StrandSource(each.path, each, strand, aliases=each.aliases) for strand, each in enumerate(pair)]


def _of_reads(options: Mapping[str, Any]) -> Callable[..., Source]:
    counting = ReadCounting(**_shift_as_tuple(_chosen(options, ReadCounting)))
    return partial(BamSource, counting=counting, reference=options.get("reference"))


def _of_fragments(options: Mapping[str, Any]) -> Callable[..., Source]:
    return partial(FragmentSource, counting=FragmentCounting(**_shift_as_tuple(_chosen(options, FragmentCounting))))


def _of_signal(kind: type[BigwigSource]) -> Callable[[Mapping[str, Any]], Callable[..., Source]]:
    return lambda options: partial(
        kind, collapse=options.get("collapser", "mean"), nan_to_num=options.get("nan_to_num", True)
    )


def _of_regions(options: Mapping[str, Any]) -> Callable[..., Source]:
    chosen = {k: options[k] for k in ("mode", "feature", "anchor", "minoverlap") if k in options}
    return partial(RegionSource, **chosen, collapse=options.get("collapser", "max"))


_SOURCES: dict[str, Callable[[Mapping[str, Any]], Callable[..., Source]]] = {
    "bam": _of_reads,
    "cram": _of_reads,
    "fragments": _of_fragments,
    "bigwig": _of_signal(BigwigSource),
    "bedgraph": _of_signal(BedgraphSource),
    "bed": _of_regions,
}


def _chosen(options: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    return {f.name: options[f.name] for f in fields(kind) if f.name in options}


def _shift_as_tuple(options: dict[str, Any]) -> dict[str, Any]:
    return options | ({"shift": tuple(options["shift"])} if "shift" in options else {})


def normalized_file(
    raw: Path, train: Path, names: str, windows: Mapping[str, Any], outputs: Mapping[str, Path]
) -> None:
    """Fit the normalizers `names` (joined by "-") on the training regions; write dataset and parameters.

    outputs: dataset (HDF5) and parameters (JSON).
    """
    array, indexer = load(raw), indexer_of(train, windows)
    chain = normalizers_of(names.split("-"))
    fit(chain, array, indexer)
    states = [normalizer.state() for normalizer in chain]
    log.info("fitted on %s: %s", train, json.dumps(states))
    write_normalized(chain, array, outputs["dataset"])
    write_text(outputs["parameters"], json.dumps({"fitted_on": str(train), "normalizers": states}, indent=1) + "\n")


def _with_flank(roi: Path, flank: int, contigs: Contigs) -> Intervals:
    return Intervals.of_table(read_regions(roi), contigs).extend(flank)
