"""Regions of interest: from source files to trimmed regions, and their split by chromosome."""

import logging
from collections.abc import Mapping, Sequence
from os import PathLike

import pandas as pd

from jangdan.errors import DataError
from jangdan.formats.bed import write_bed
from jangdan.formats.registry import read_regions
from jangdan.genome.regions import (
    extend,
    merge,
    rename_contigs,
    require_inside,
    sort_regions,
    split_by_chrom,
    subtract,
    trim,
)

log = logging.getLogger(__name__)


def make_regions(
    sources: Sequence[str],
    chromsizes: Mapping[str, int],
    *,
    exclude: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    extend_bp: int = 0,
    divisor: int = 1,
) -> pd.DataFrame:
    """Extend, merge, leave out exclusion regions, and trim to multiples of `divisor` (bp).

    Raises IntervalError or ContigError for a region outside the genome, DataError where nothing is
    left. Exclusion regions on contigs that the genome lacks are passed over, and counted in the log.
    """
    names = dict(aliases or {})
    tables = []
    for path in sources:
        table = rename_contigs(read_regions(path), names)
        require_inside(table, chromsizes, path)
        log.info("%s: %d regions", path, len(table))
        tables.append(table)
    merged = merge(extend(pd.concat(tables, ignore_index=True), extend_bp, chromsizes))
    if merged.empty:
        raise DataError(f"regions: sources: {', '.join(sources)} hold no region; check the files")
    left = trim(subtract(merged, _excluded(exclude, chromsizes, names)), divisor)
    if left.empty:
        raise DataError(
            f"regions: nothing is left of {len(merged)} regions after exclusion and trimming to multiples of "
            f"{divisor} bp; raise regions: extend, or look at genome: exclude"
        )
    result = sort_regions(left, chromsizes)
    log.info("%d merged, %d left after exclusion and trimming", len(merged), len(result))
    return result


def split_regions(
    roi: str | PathLike[str], parts: Mapping[str, Sequence[str]], outputs: Mapping[str, str | PathLike[str]]
) -> None:
    """Write the regions of each part ("train" is what no other part takes) to its BED file; "exclude" has none."""
    for part, table in split_by_chrom(read_regions(roi), parts, rest="train").items():
        if part not in outputs:
            continue
        log.info("%s: %d regions, %d bp", part, len(table), int((table["end"] - table["start"]).sum()))
        write_bed(table, outputs[part])


def _excluded(paths: Sequence[str], chromsizes: Mapping[str, int], aliases: Mapping[str, str]) -> pd.DataFrame:
    tables = [rename_contigs(read_regions(path), aliases) for path in paths]
    if not tables:
        return pd.DataFrame({"chrom": [], "start": [], "end": []})
    table = pd.concat(tables, ignore_index=True)
    known = table["chrom"].isin(chromsizes)
    if not known.all():
        log.warning("exclusion: %d regions lie on contigs that the genome lacks; passed over", int((~known).sum()))
    return table[known].reset_index(drop=True)
