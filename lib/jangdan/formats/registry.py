"""Regions from a file of any format that has them, or from objects."""

from collections.abc import Collection, Mapping, Sequence
from numbers import Integral, Real
from os import PathLike
from typing import Any

import pandas as pd

from jangdan.errors import InputFileError, OptionError
from jangdan.formats.region_table import region_table
from jangdan.records.kinds import FORMATS, format_of


def read_regions(
    source: Any,
    feature: str | Collection[str] | None = None,
    *,
    attributes: Mapping[str, str] | None = None,
    scored: bool = False,
) -> pd.DataFrame:
    """Return a region table from a path (BED, narrowPeak, GFF, GTF), a DataFrame with chrom, start and
    end, a BedTool, or objects with chrom, start, end (and strand) such as Interval.

    `feature` keeps GFF rows of that type, `attributes` those with these values in column 9; `scored`: BED rows without
    a score are refused. Raises OptionError where the source is none of these, or a row of a DataFrame or an object has
    no name or bounds that cannot be.
    """
    if isinstance(source, (str, PathLike)):
        kind = format_of(source)
        read = FORMATS[kind].regions if kind in FORMATS else None
        if read is None:
            raise InputFileError(source, f"is a {kind} file; expected regions: BED, narrowPeak, GFF or GTF")
        table: pd.DataFrame = read(source, feature=feature, attributes=attributes, scored=scored)
        return table
    return _from_frame(source) if isinstance(source, pd.DataFrame) else _from_objects(source)


def _from_frame(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in ("chrom", "start", "end") if c not in frame]
    if missing:
        raise OptionError(f"regions: the DataFrame has no column {missing[0]!r}; it needs chrom, start, end")
    optional = {c: frame[c] for c in ("name", "score", "strand") if c in frame}
    _require_bounds(frame["chrom"].tolist(), frame["start"].tolist(), frame["end"].tolist())
    return region_table(frame["chrom"], frame["start"], frame["end"], **optional)


def _from_objects(source: Any) -> pd.DataFrame:
    try:
        rows = [(o.chrom, o.start, o.end, getattr(o, "strand", ".")) for o in source]
    except (TypeError, AttributeError):
        raise OptionError(
            f"regions: found {type(source).__name__}; expected a path, a DataFrame, a BedTool or a list of Interval"
        ) from None
    chrom, start, end, strand = zip(*rows, strict=True) if rows else ((),) * 4
    _require_bounds(chrom, start, end)
    return region_table(chrom, start, end, strand=[s if s in ("+", "-") else "." for s in strand])


def _require_bounds(chrom: Sequence[Any], start: Sequence[Any], end: Sequence[Any]) -> None:
    """Raise OptionError for the first row that is no region."""
    for i, (name, low, high) in enumerate(zip(chrom, start, end, strict=True)):
        whole = all(isinstance(n, Integral) or (isinstance(n, Real) and float(n).is_integer()) for n in (low, high))
        if not (isinstance(name, str) and name and whole and low < high):
            raise OptionError(
                f"regions: row {i} is {name!r}, {low!r}, {high!r}; expected a contig's name, and whole numbers with "
                "start < end (0-based)"
            )
