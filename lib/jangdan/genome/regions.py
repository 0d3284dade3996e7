"""Operations on region tables (`formats.table`): 0-based, half-open.

Those of `trim_regions`: extend, merge, subtract, trim, split. Tables are sorted by the
order of chromosomes in the genome, then by start.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from jangdan.errors import ContigError, DataError, IntervalError, OptionError
from jangdan.formats.region_table import COLUMNS, region_table
from jangdan.genome.intervals import Intervals


def sort_regions(table: pd.DataFrame, chromsizes: Mapping[str, int]) -> pd.DataFrame:
    """Sort by the genome's order of chromosomes, then start, then end."""
    rank = {chrom: i for i, chrom in enumerate(chromsizes)}
    order = np.lexsort((table["end"], table["start"], table["chrom"].map(rank)))
    return table.iloc[order].reset_index(drop=True)


def require_inside(table: pd.DataFrame, chromsizes: Mapping[str, int], source: str) -> None:
    """Raise where a region's contig is not in the genome, or its end lies past the contig's end."""
    unknown = sorted(set(table["chrom"]) - set(chromsizes))
    if unknown:
        raise ContigError(
            f"{source}: contig {unknown[0]!r} is not in the genome, which has {_some(chromsizes)}; "
            "rename it, or map it under genome: aliases: in the config"
        )
    size = table["chrom"].map(dict(chromsizes)).to_numpy(dtype=np.int64)
    outside = np.flatnonzero((table["end"].to_numpy() > size) | (table["start"].to_numpy() < 0))
    if len(outside):
        row = table.iloc[outside[0]]
        raise IntervalError(
            f"{source}: region {row.chrom}:{row.start}-{row.end} reaches past {row.chrom}, "
            f"which is {chromsizes[row.chrom]} bp long; is the file from another assembly?"
        )


def rename_contigs(table: pd.DataFrame, aliases: Mapping[str, str]) -> pd.DataFrame:
    """Return the table with contigs renamed by `aliases` (other name -> the genome's name)."""
    if not aliases:
        return table
    return table.assign(chrom=table["chrom"].map(lambda c: aliases.get(c, c)))


def extend(table: pd.DataFrame, bp: int, chromsizes: Mapping[str, int]) -> pd.DataFrame:
    """Lengthen each region by `bp` at both ends, cut at the chromosome's ends."""
    if bp < 0:
        raise OptionError(f"regions: extend: {bp} is negative; give 0 or a number of base pairs")
    size = table["chrom"].map(dict(chromsizes)).to_numpy(dtype=np.int64)
    start = np.maximum(table["start"].to_numpy() - bp, 0)
    return table.assign(start=start, end=np.minimum(table["end"].to_numpy() + bp, size))


def merge(table: pd.DataFrame) -> pd.DataFrame:
    """Join regions that overlap or touch; names, scores and strands are dropped."""
    if table.empty:
        return table
    merged = Intervals.of_table(table).merge()
    return region_table(merged.contigs.names_of(merged.contig), merged.start, merged.end)


def subtract(table: pd.DataFrame, excluded: pd.DataFrame) -> pd.DataFrame:
    """Cut `excluded` out of each region; a region may fall into pieces or vanish."""
    if table.empty or excluded.empty:
        return table
    cut = Intervals.of_table(excluded)
    start, end = (table[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    row, start, end = cut.cut_from(cut.contigs.find(table["chrom"]), start, end)
    return table[list(COLUMNS)].iloc[row].assign(start=start, end=end).reset_index(drop=True)


def trim(table: pd.DataFrame, divisor: int) -> pd.DataFrame:
    """Move each start up and each end down to a multiple of `divisor` (bp); drop what is then empty."""
    if divisor < 1:
        raise OptionError(f"trim: {divisor} is not a positive number of base pairs")
    start = -(-table["start"].to_numpy() // divisor) * divisor
    end = table["end"].to_numpy() // divisor * divisor
    trimmed = table.assign(start=start, end=end)
    return trimmed[end > start].reset_index(drop=True)


def with_split(table: pd.DataFrame, parts: Mapping[str, Sequence[str]], rest: str) -> pd.DataFrame:
    """Return a table with a column `split`: which of `parts` has the region's chromosome, `rest` if none.

    Raises OptionError where a chromosome stands in two parts, DataError where a part has no region.
    """
    owner: dict[str, str] = {}
    for part, chroms in parts.items():
        for chrom in chroms:
            if owner.setdefault(chrom, part) != part:
                raise OptionError(f"split: chromosome {chrom!r} stands in both {owner[chrom]!r} and {part!r}")
    split = table["chrom"].map(lambda chrom: owner.get(chrom, rest))
    for part in (rest, *parts):
        if not (split == part).any():
            where = ", ".join(parts.get(part, ())) or "all chromosomes that no other part takes"
            found = _some(dict.fromkeys(table["chrom"]))
            raise DataError(f"split: part {part!r} ({where}) has no region; the regions lie on {found}")
    return table.assign(split=split)


def _some(names: Iterable[str], most: int = 5) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (f" ... ({len(names)} contigs)" if len(names) > most else "")
