"""Regions of interest: from source files to trimmed regions, or to ones around 5' ends; split by chromosome."""

import logging
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import DataError, OptionError
from jangdan.formats.region_table import region_table
from jangdan.formats.registry import read_regions
from jangdan.genome.intervals import Intervals
from jangdan.genome.region_file import read_region_file, write_regions, write_split_bed
from jangdan.genome.regions import (
    extend,
    merge,
    rename_contigs,
    require_inside,
    sort_regions,
    subtract,
    trim,
    with_split,
)

log = logging.getLogger(__name__)

Path = str | PathLike[str]


def make_regions(
    sources: Sequence[str],
    chromsizes: Mapping[str, int],
    options: Mapping[str, Any],
    *,
    exclude: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Extend by `extend` (bp), merge, leave out exclusion regions, and trim to multiples of `divisor` (bp).

    Raises IntervalError or ContigError for a region outside the genome, DataError where nothing is
    left. Exclusion regions on contigs that the genome lacks are passed over, and counted in the log.
    """
    names, divisor = dict(aliases or {}), options["divisor"]
    tables = []
    for path in sources:
        table = rename_contigs(_rows_of(path, options), names)
        require_inside(table, chromsizes, path)
        log.info("%s: %d regions", path, len(table))
        tables.append(table)
    merged = merge(extend(pd.concat(tables, ignore_index=True), options["extend"], chromsizes))
    if merged.empty:
        raise DataError(f"regions: sources: {', '.join(sources)} hold no region; check the files")
    left = trim(subtract(merged, _excluded(exclude, chromsizes, names)), divisor)
    if left.empty:
        raise DataError(
            f"regions: nothing is left of {len(merged)} regions after exclusion and trimming to multiples of "
            f"{divisor} bp; raise regions: extend, or look at genome: exclude_regions"
        )
    result = sort_regions(left, chromsizes)
    log.info("%d merged, %d left after exclusion and trimming", len(merged), len(result))
    return result


def make_anchored_regions(
    sources: Sequence[str],
    chromsizes: Mapping[str, int],
    options: Mapping[str, Any],
    *,
    exclude: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return a region of `upstream` bp before and `downstream` bp after each region's 5' end, as promoters.

    options: upstream, downstream (bp; the 5' end itself is the first bp downstream), and for GFF and GTF feature and
    attributes. They keep name and strand, and are not merged; equal ones stand once. Those that reach over a contig's
    end or touch an exclusion region are left out, and counted in the log. Raises DataError where nothing is left,
    OptionError where a region has no strand.
    """
    names = dict(aliases or {})
    tables = []
    for path in sources:
        table = rename_contigs(_rows_of(path, options), names)
        require_inside(table, chromsizes, path)
        if (table["strand"] == ".").any():
            raise OptionError(
                f"{path}: a region without strand has no 5' end; give regions: extend in place of upstream"
            )
        log.info("%s: %d regions", path, len(table))
        tables.append(table)
    around = _around_start(pd.concat(tables, ignore_index=True), options)
    around = around.drop_duplicates(["chrom", "start", "end", "strand"], ignore_index=True)
    inside = (around["start"] >= 0) & (around["end"] <= around["chrom"].map(chromsizes))
    free = ~_touching(around, _excluded(exclude, chromsizes, names))
    log.info(
        "%d regions around 5' ends; %d reach over a contig's end and %d touch an exclusion region: left out",
        len(around), int((~inside).sum()), int((inside & ~free).sum()),
    )  # fmt: skip
    if not (inside & free).any():
        raise DataError(
            f"regions: nothing is left of {len(around)} regions around 5' ends; look at genome: exclude_regions"
        )
    return sort_regions(around[inside & free].reset_index(drop=True), chromsizes)


def _rows_of(path: str, options: Mapping[str, Any]) -> pd.DataFrame:
    return read_regions(path, options["feature"], attributes=options["attributes"])


def _around_start(table: pd.DataFrame, options: Mapping[str, Any]) -> pd.DataFrame:
    before, after = options["upstream"] or 0, options["downstream"] or 0
    forward = (table["strand"] == "+").to_numpy()
    start = np.where(forward, table["start"] - before, table["end"] - after)
    return region_table(table["chrom"], start, start + before + after, name=table["name"], strand=table["strand"])


def _touching(table: pd.DataFrame, excluded: pd.DataFrame) -> NDArray[np.bool_]:
    intervals = Intervals.of_table(excluded)
    number = intervals.contigs.find(table["chrom"])
    return intervals.overlaps(number, table["start"].to_numpy(), table["end"].to_numpy())


def split_regions(roi: Path, parts: Mapping[str, Sequence[str]], outputs: Mapping[str, Path]) -> None:
    """Write the regions with their split: "train" is what no other part takes; those of "exclude" are left out.

    parts: split -> contigs. outputs: training (the splits train and validation) and test, which are tables
    (`genome.region_file`), and bed, all of them for a genome browser. What fits a model does not read the test
    regions, and is not to run again when they change.
    """
    regions = with_split(read_region_file(roi), parts, rest="train")
    regions = regions[regions["split"] != "exclude"].reset_index(drop=True)
    for name, table in regions.groupby("split", sort=False):
        log.info("%s: %d regions, %d bp", name, len(table), int((table["end"] - table["start"]).sum()))
    test = regions["split"] == "test"
    write_regions(regions[~test], outputs["training"])
    write_regions(regions[test], outputs["test"])
    write_split_bed(regions, outputs["bed"])


def _excluded(paths: Sequence[str], chromsizes: Mapping[str, int], aliases: Mapping[str, str]) -> pd.DataFrame:
    tables = [rename_contigs(read_regions(path), aliases) for path in paths]
    if not tables:
        return pd.DataFrame({"chrom": [], "start": [], "end": []})
    table = pd.concat(tables, ignore_index=True)
    known = table["chrom"].isin(chromsizes)
    if not known.all():
        log.warning("exclusion: %d regions lie on contigs that the genome lacks; passed over", int((~known).sum()))
    return table[known].reset_index(drop=True)
