"""GFF3 and GTF: text (1-based, closed) to region tables (0-based, half-open)."""

import re
from collections.abc import Collection, Mapping
from os import PathLike
from urllib.parse import unquote

import pandas as pd

from jangdan.errors import InputFileError
from jangdan.files import read_text
from jangdan.formats.region_table import region_table

_NAME_KEYS = ("Name", "gene_name", "gene", "gene_id", "ID", "transcript_id")
_GTF_PAIR = re.compile(r'(\w+)\s+"([^"]*)"')


def read_gff(
    path: str | PathLike[str],
    feature: str | Collection[str] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Read GFF3 or GTF, plain or gzipped, into a region table with one more column, `feature`.

    `feature` keeps rows of that type (or types), `attributes` those whose ninth column has these values, such
    as {"gene_type": "protein_coding"}. The name is Name, gene_name, gene_id or ID, whichever
    comes first, with %-escapes decoded. Raises InputFileError with the line number for a malformed
    line, and where no row is of the asked type, or has the asked attributes.
    """
    wanted = dict(attributes or {})
    rows = [_parse(path, number, line) for number, line in _content_lines(read_text(path))]
    left = [row for row in rows if wanted.items() <= row[-1].items()]
    if rows and not left:
        key, value = next(iter(wanted.items()))
        found = ", ".join(sorted({row[-1][key] for row in rows if key in row[-1]})[:8]) or f"no attribute {key!r}"
        raise InputFileError(path, f"has no feature with {key} {value!r}; it has {found}")
    chrom, kind, start, end, strand, pairs = zip(*left, strict=True) if left else ([],) * 6
    table = region_table(chrom, start, end, name=[_name(each) for each in pairs], strand=strand)
    table["feature"] = list(kind)
    return table if feature is None else _of_type(path, table, feature)


def _of_type(path: str | PathLike[str], table: pd.DataFrame, feature: str | Collection[str]) -> pd.DataFrame:
    wanted = {feature} if isinstance(feature, str) else set(feature)
    kept = table[table["feature"].isin(wanted)].reset_index(drop=True)
    if kept.empty:
        found = ", ".join(sorted(set(table["feature"]))[:8])
        raise InputFileError(path, f"has no feature of type {', '.join(sorted(wanted))}; it has {found}")
    return kept


def _content_lines(text: str) -> list[tuple[int, str]]:
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("##FASTA"):
            break
        if line.strip() and not line.startswith(("#", "track ", "browser ")):
            lines.append((number, line))
    return lines


def _parse(path: str | PathLike[str], number: int, line: str) -> tuple[str, str, int, int, str, dict[str, str]]:
    fields = line.split("\t")
    if len(fields) < 8 or not (fields[3].isdigit() and fields[4].isdigit()):
        raise InputFileError(path, f"found {line[:80]!r}, expected 9 tab-separated GFF columns", line=number)
    start, end = int(fields[3]) - 1, int(fields[4])
    if start < 0 or end <= start:
        raise InputFileError(path, f"found start {start + 1}, end {end}; expected 1 <= start <= end", line=number)
    strand = fields[6] if fields[6] in ("+", "-") else "."
    return unquote(fields[0]), fields[2], start, end, strand, _pairs(fields[8] if len(fields) > 8 else "")


def _pairs(attributes: str) -> dict[str, str]:
    pairs = dict(_GTF_PAIR.findall(attributes))
    if not pairs:
        pairs = dict(p.strip().split("=", 1) for p in attributes.split(";") if "=" in p)
    return {key: unquote(value) for key, value in pairs.items()}


def _name(pairs: Mapping[str, str]) -> str:
    return next((pairs[k] for k in _NAME_KEYS if k in pairs), ".")
