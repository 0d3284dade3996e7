"""The windows that a job works on, from a BED file of the run."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from jangdan.formats.bed import read_bed
from jangdan.genome.indexer import GenomicIndexer

Path = str | PathLike[str]


def indexer_of(bed: Path, windows: Mapping[str, Any], flank: int = 0, collapse: bool = False) -> GenomicIndexer:
    """Return the windows of a BED file; `windows` holds window and step (bp; null: window)."""
    step = windows["step"] or windows["window"]
    table = read_bed(bed)
    return GenomicIndexer.create_from_table(table, windows["window"], step, flank, collapse=collapse, source=bed)
