"""The windows that a job works on, from a file of regions of the run."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.region_file import read_region_file

Path = str | PathLike[str]


def indexer_of(
    regions: Path, windows: Mapping[str, Any], split: str | None = None, *, collapse: bool = False
) -> GenomicIndexer:
    """Return the windows of a file of regions, or of one split; `windows`: window and step (bp; null: window)."""
    step = windows["step"] or windows["window"]
    table = read_region_file(regions, split)
    return GenomicIndexer.create_from_table(table, windows["window"], step, collapse=collapse, source=regions)
