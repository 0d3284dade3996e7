"""Dataset files from source files, and their normalization."""

import json
import logging
from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from typing import Any

from jangdan.datasets.build import Place, build_coverage, build_region_values, build_sequence
from jangdan.datasets.readers import BamReader, BedReader, BigwigReader, CoverageReader
from jangdan.errors import OptionError
from jangdan.files import write_text
from jangdan.formats.bam import ReadCounting
from jangdan.formats.fasta import fasta_sizes
from jangdan.formats.registry import format_of, read_regions
from jangdan.genome.indexer import GenomicIndexer
from jangdan.normalize.apply import fit, write_normalized
from jangdan.normalize.normalizers import normalizer_named
from jangdan.storage.dataset_file import load, save
from jangdan.storage.genomic_array import GenomicArray

log = logging.getLogger(__name__)

Path = str | PathLike[str]


def indexer_of(bed: Path, windows: Mapping[str, Any], flank: int = 0, collapse: bool = False) -> GenomicIndexer:
    """Return the windows of a BED file; `windows` holds binsize and stepsize (bp)."""
    step = windows.get("stepsize") or windows["binsize"]
    return GenomicIndexer.create_from_file(bed, windows["binsize"], step, flank, zero_padding=False, collapse=collapse)


def sequence_file(fasta: Path, path: Path, *, roi: Path | None, flank: int) -> None:
    """Build the sequence dataset file: the whole genome, or (with `roi`) regions and `flank` bp around them."""
    sizes = fasta_sizes(fasta)
    regions = None if roi is None else _with_flank(roi, flank)
    build_sequence(fasta, Place(sizes, regions, 1, "uint8", path), {"source": str(fasta)})


def coverage_file(
    files: Mapping[str, str], options: Mapping[str, Any], genome: Mapping[str, Any], path: Path, *, windows: Any
) -> None:
    """Build a raw coverage dataset file.

    files: condition -> path. options: of the dataset in the config. genome: fasta, aliases. windows:
    roi (a BED path or None for the whole genome), binsize and stepsize; with ``resolution: null`` the
    file holds one value a window.
    """
    sizes = fasta_sizes(genome["fasta"])
    reader = reader_of(files, options, genome.get("aliases", {}))
    resolution = options.get("resolution", 1)
    dtype = options.get("dtype", "float32")
    if resolution is None:
        indexer = indexer_of(windows["roi"], windows, collapse=True)
        save(build_region_values(files, reader, indexer, sizes, dtype), path)
        return
    regions = None if windows["roi"] is None else _with_flank(windows["roi"], options.get("flank", 0))
    build_coverage(files, reader, Place(sizes, regions, resolution, dtype, path), {"sources": dict(files)})


def reader_of(files: Mapping[str, str], options: Mapping[str, Any], aliases: Mapping[str, str]) -> CoverageReader:
    """Return the reader for a dataset's files, all of one kind; raises OptionError where they are not."""
    kinds = {format_of(path) for path in files.values()}
    kind = "bed" if kinds <= {"bed", "narrowpeak", "bedgraph", "gff"} else next(iter(kinds))
    if kind != "bed" and len(kinds) > 1:
        raise OptionError(
            f"datasets: files of kinds {', '.join(sorted(kinds))} in one dataset; make one dataset a kind"
        )
    if kind == "bam":
        chosen = {f.name: options[f.name] for f in fields(ReadCounting) if f.name in options}
        if "shift" in chosen:
            chosen["shift"] = tuple(chosen["shift"])
        return BamReader(ReadCounting(**chosen), aliases)
    if kind == "bigwig":
        return BigwigReader(options.get("collapser", "mean"), options.get("nan_to_num", True), aliases)
    if kind == "bed":
        chosen = {k: options[k] for k in ("mode", "collapser", "feature", "anchor") if k in options}
        return BedReader(**chosen, aliases=aliases)
    raise OptionError(f"datasets: cannot make coverage of a {kind} file: {next(iter(files.values()))}")


def normalized_file(
    raw: Path, train: Path, names: str, windows: Mapping[str, Any], outputs: Mapping[str, Path]
) -> None:
    """Fit the normalizers `names` (joined by "-") on the training regions; write dataset and parameters.

    outputs: dataset (HDF5) and parameters (JSON).
    """
    array = load(raw)
    if not isinstance(array, GenomicArray):
        raise OptionError(f"{raw}: holds one value a region; give the dataset a resolution to normalize it")
    chain = [normalizer_named(name) for name in names.split("-")]
    fit(chain, array, indexer_of(train, windows))
    states = [normalizer.state() for normalizer in chain]
    log.info("fitted on %s: %s", train, json.dumps(states))
    write_normalized(chain, array, outputs["dataset"])
    write_text(outputs["parameters"], json.dumps({"fitted_on": str(train), "normalizers": states}, indent=1) + "\n")


def _with_flank(roi: Path, flank: int) -> Any:
    table = read_regions(roi)
    return table.assign(start=table["start"] - flank, end=table["end"] + flank)
