"""BED, narrowPeak, broadPeak and bedGraph: text to region tables, and back."""

import re
from collections.abc import Iterator
from io import StringIO
from os import PathLike

import numpy as np
import pandas as pd

from jangdan.errors import InputFileError
from jangdan.files import read_text, replacing, require_text
from jangdan.formats.region_table import COLUMNS, LARGEST, region_table

_COMMENT = re.compile(r"#|track\b|browser\b")
_HEADER = re.compile(r"(?i)chrom|chr$|seqname")
_NARROWPEAK_COLUMNS = 10


def read_bed(path: str | PathLike[str], *, scored: bool = False) -> pd.DataFrame:
    """Read BED3 to BED12, narrowPeak or broadPeak, plain or gzipped, into a region table.

    `track`, `browser` and comment lines, and a header line, are passed over. A narrowPeak has one
    more column, `summit` (int64, genome coordinate, -1 where there is none). Raises InputFileError
    with the line number where a line has fewer than three fields, bounds that are no integers, a
    negative start, or an end not after the start; and, where `scored`, no number as score (column 5; "." is 0).
    """
    numbered = list(_content_lines(require_text(path, read_text(path))))
    if not numbered:
        return region_table([], [], [])
    separator = "\t" if "\t" in numbered[0][1] else r"\s+"
    body = StringIO("\n".join(line for _, line in numbered))
    try:
        fields = pd.read_csv(body, sep=separator, header=None, dtype=str, quoting=3, keep_default_na=False)
    except pd.errors.ParserError:
        fields = pd.DataFrame([re.split(separator, line) for _, line in numbered]).fillna("")
    start, end = _bounds(path, fields, numbered)
    table = region_table(
        fields[0],
        start,
        end,
        name=_column(fields, 3),
        score=_scores(path, fields, numbered, scored),
        strand=_strands(fields),
    )
    if fields.shape[1] == _NARROWPEAK_COLUMNS:
        offset = pd.to_numeric(fields[9], errors="coerce").fillna(-1).to_numpy(dtype=np.int64)
        table["summit"] = np.where(offset >= 0, start + offset, -1)
    return table


def read_bedgraph(path: str | PathLike[str]) -> pd.DataFrame:
    """Read a bedGraph (chrom, start, end, value) into a region table with the value as score."""
    table = read_bed(path)
    values = pd.to_numeric(table["name"], errors="coerce")
    if values.isna().any():
        found = table["name"][values.isna()].iloc[0]
        raise InputFileError(path, f"column 4 holds {found!r}, expected a number in a bedGraph")
    return table.assign(name=".", score=values.to_numpy(dtype=np.float64))


def write_bed(table: pd.DataFrame, path: str | PathLike[str], columns: int = 6) -> None:
    """Write the first `columns` columns of a region table as tab-separated BED."""
    chosen = table[list(COLUMNS[:columns])].copy()
    if "score" in chosen:
        chosen["score"] = [f"{s:g}" for s in chosen["score"]]
    with replacing(path) as temporary:
        chosen.to_csv(temporary, sep="\t", header=False, index=False)


def _content_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, line) of the lines that hold a region."""
    first = True
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip("\r\n ")
        if not line or _COMMENT.match(line):
            continue
        if first and _is_header(line):
            first = False
            continue
        first = False
        yield number, line


def _is_header(line: str) -> bool:
    fields = line.split()
    return len(fields) > 1 and not fields[1].lstrip("-").isdigit() and bool(_HEADER.match(fields[0]))


def _bounds(
    path: str | PathLike[str], fields: pd.DataFrame, numbered: list[tuple[int, str]]
) -> tuple[np.ndarray, np.ndarray]:
    if fields.shape[1] < 3:
        raise InputFileError(path, f"found {numbered[0][1]!r}, expected chrom, start, end", line=numbered[0][0])
    start, end = (pd.to_numeric(fields[i], errors="coerce") for i in (1, 2))
    bad = start.isna() | end.isna() | (start % 1 != 0) | (end % 1 != 0) | (start < 0) | (end <= start) | (end > LARGEST)
    if bad.any():
        number, line = numbered[int(np.flatnonzero(bad)[0])]
        raise InputFileError(
            path,
            f"found {line[:80]!r}, expected chrom, start, end with 0 <= start < end (whole numbers, 0-based)",
            line=number,
        )
    return start.to_numpy(dtype=np.int64), end.to_numpy(dtype=np.int64)


def _column(fields: pd.DataFrame, number: int) -> list[str] | None:
    """Return a column with "." for what is missing; None where there is none."""
    if number >= fields.shape[1]:
        return None
    return [f or "." for f in fields[number].fillna("")]


def _scores(
    path: str | PathLike[str], fields: pd.DataFrame, numbered: list[tuple[int, str]], required: bool
) -> np.ndarray | None:
    """Return column 5, 0 where it holds no number; None where there is none."""
    if fields.shape[1] <= 4:
        if required:
            raise _unscored(path, *numbered[0])
        return None
    scores = pd.to_numeric(fields[4], errors="coerce")
    missing = scores.isna() & (fields[4] != ".")
    if required and missing.any():
        raise _unscored(path, *numbered[int(np.argmax(missing))])
    return scores.fillna(0).to_numpy(dtype=np.float64)


def _unscored(path: str | PathLike[str], number: int, line: str) -> InputFileError:
    return InputFileError(path, f"found {line[:80]!r}, expected a number in column 5, the score", line=number)


def _strands(fields: pd.DataFrame) -> list[str] | None:
    strands = _column(fields, 5)
    return None if strands is None else [s if s in ("+", "-") else "." for s in strands]
