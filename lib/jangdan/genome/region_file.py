"""Regions as they travel between rules: a tab-separated table with a header, whose columns are found by name.

| column | type | holds | a file without it |
|---|---|---|---|
| contig | text | name of the contig | is invalid |
| start, end | int64 | bounds in bp, 0-based, half-open | is invalid |
| strand | text | +, - or . | has regions without strand |
| label | text | name of the region, or . | has regions without name |
| split | text | what the region is for, such as train | has regions that are not split |

A reader ignores further columns. BED is for people: see `write_split_bed`.
"""

from collections import defaultdict
from functools import partial
from io import StringIO
from os import PathLike

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import DataError, InputFileError
from jangdan.files import read_text, replacing, require_text
from jangdan.formats.bed import write_bed
from jangdan.formats.region_table import LARGEST, region_table
from jangdan.genome.interval import STRANDS

Path = str | PathLike[str]

REQUIRED = ("contig", "start", "end")
_NAMES = {"contig": "chrom", "start": "start", "end": "end", "strand": "strand", "label": "name"}
_TEXT = defaultdict(lambda: "str")
_TYPES = defaultdict(lambda: "str", start="int64", end="int64", contig="category", strand="category", split="category")

_AGAIN = "delete the file and run again"


def write_regions(table: pd.DataFrame, path: Path) -> None:
    """Write a region table, with the column `split` where it has one.

    Parameters
    ----------
    table : pandas.DataFrame
        A region table (`formats.region_table`); `score` is not kept.
    path : str or os.PathLike
        The file.
    """
    columns = {name: table[own] for name, own in _NAMES.items()} | {"label": table["name"].replace("", ".")}
    if "split" in table:
        columns["split"] = table["split"]
    with replacing(path) as temporary:
        pd.DataFrame(columns).to_csv(temporary, sep="\t", index=False, lineterminator="\n")


def read_region_file(path: Path, split: str | None = None) -> pd.DataFrame:
    """Return the regions of a file, or those of one split, as a region table.

    Parameters
    ----------
    path : str or os.PathLike
        A file of `write_regions`.
    split : str, optional
        What the regions are for, such as "train"; all regions by default.

    Returns
    -------
    pandas.DataFrame
        A region table (`formats.region_table`).

    Raises
    ------
    InputFileError
        If a column is missing, or a line is damaged; it names the line.
    DataError
        If no region is of the split.
    """
    rows = _rows(path, REQUIRED if split is None else (*REQUIRED, "split"))
    start, end = _bounds(path, rows)
    _require_strands(path, rows)
    table = region_table(rows["contig"], start, end, name=rows.get("label"), strand=rows.get("strand"))
    if split is None:
        return table
    chosen = table[(rows["split"] == split).to_numpy()]
    if chosen.empty:
        found = ", ".join(dict.fromkeys(rows["split"])) or "no region at all"
        raise DataError(f"{path}: has no region of split {split!r}; found {found}; {_AGAIN}")
    return chosen.reset_index(drop=True)


def write_split_bed(table: pd.DataFrame, path: Path) -> None:
    """Write regions as BED with the split in place of the name, to look at in a genome browser."""
    write_bed(table.assign(name=table["split"]), path)


def _rows(path: Path, required: tuple[str, ...]) -> pd.DataFrame:
    """Return all lines; bounds are text where one of them is not a number."""
    text = require_text(path, read_text(path))
    try:
        rows = _parsed(text)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputFileError(path, f"is not a table of regions ({str(error).strip()}); {_AGAIN}") from error
    missing = [name for name in required if name not in rows]
    if missing:
        found = ", ".join(rows.columns)
        raise InputFileError(path, f"has no column {missing[0]!r}, found {found}; {_AGAIN}", line=1)
    short = (rows == "").any(axis=1).to_numpy()
    # pandas takes one more field per line than the header has for an index
    if short.any() or not isinstance(rows.index, pd.RangeIndex):
        line = int(np.argmax(short)) + 2
        raise InputFileError(
            path, f"expected {len(rows.columns)} fields as in the header, none empty; {_AGAIN}", line=line
        )
    return rows


def _parsed(text: str) -> pd.DataFrame:
    # a blank line is damage, and skipped it would shift the numbers of lines in messages
    parse = partial(pd.read_csv, sep="\t", keep_default_na=False, skip_blank_lines=False)
    try:
        return parse(StringIO(text), dtype=_TYPES)
    except (ValueError, OverflowError):
        # pandas does not say in which line
        return parse(StringIO(text), dtype=_TEXT)


def _bounds(path: Path, rows: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start, end = (pd.to_numeric(rows[name], errors="coerce") for name in ("start", "end"))
    right = (start >= 0) & (end > start) & (end <= LARGEST) & (start % 1 == 0) & (end % 1 == 0)
    if not right.all():
        row = int(np.argmin(right))
        found = " ".join(map(str, rows.iloc[row][["start", "end"]]))
        raise InputFileError(
            path, f"found start and end {found!r}, expected whole numbers with 0 <= start < end; {_AGAIN}", line=row + 2
        )
    return start.to_numpy(dtype=np.int64), end.to_numpy(dtype=np.int64)


def _require_strands(path: Path, rows: pd.DataFrame) -> None:
    known = rows["strand"].isin(STRANDS) if "strand" in rows else np.array(True)
    if not known.all():
        row = int(np.argmin(known))
        found = rows["strand"].iloc[row]
        raise InputFileError(path, f"found strand {found!r}, expected +, - or .; {_AGAIN}", line=row + 2)
