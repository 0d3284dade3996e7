"""VCF: one row an alternative allele, 0-based; plain, gzip or bgzip."""

import re
from collections.abc import Mapping
from io import StringIO
from os import PathLike

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import read_text, replacing

_ALLELE = re.compile(r"[ACGTNacgtn]+")
_FIELDS = 5


def read_variants(path: str | PathLike[str]) -> pd.DataFrame:
    """Read the variants of a VCF, sites with several alternative alleles as several rows.

    Returns chrom, pos (int64, 0-based), id, ref, alt (upper case) and line (1-based line of the
    file). Symbolic alleles keep their text; `variant_kind` tells them. Raises InputFileError with the
    line number for a malformed line, and for a file that is no VCF.
    """
    text = read_text(path)
    if not text.startswith("##fileformat=VCF"):
        raise InputFileError(path, f"starts with {text[:20]!r}, expected ##fileformat=VCF...", line=1)
    header = 0 if text.startswith("#CHROM") else text.find("\n#CHROM") + 1
    if not header:
        raise InputFileError(path, "has no #CHROM header line; it is no complete VCF")
    body = text.find("\n", header) + 1
    first_line = text.count("\n", 0, body) + 1
    return _table(path, text[body:] if body else "", first_line)


def variant_kind(ref: pd.Series, alt: pd.Series) -> pd.Series:
    """Tell snv, insertion, deletion, mnv or symbolic for each pair of alleles."""
    sizes_ref, sizes_alt = lengths_of(ref), lengths_of(alt)
    spelled = np.array([bool(_ALLELE.fullmatch(r) and _ALLELE.fullmatch(a)) for r, a in zip(ref, alt, strict=True)])
    kind = np.select(
        [~spelled.astype(bool), (sizes_ref == 1) & (sizes_alt == 1), sizes_ref < sizes_alt, sizes_ref > sizes_alt],
        ["symbolic", "snv", "insertion", "deletion"],
        "mnv",
    )
    return pd.Series(kind, index=ref.index, dtype=object)


def lengths_of(alleles: pd.Series) -> NDArray[np.int64]:
    """Return the number of letters of each allele."""
    return np.fromiter(map(len, alleles), dtype=np.int64, count=len(alleles))


def write_vcf(path: str | PathLike[str], chromsizes: Mapping[str, int], variants: pd.DataFrame) -> None:
    """Write variants (columns as of `read_variants`) as VCFv4.2 with ##contig lines; sorted by the caller."""
    head = ["##fileformat=VCFv4.2", *(f"##contig=<ID={c},length={n}>" for c, n in chromsizes.items())]
    rows = zip(variants["chrom"], variants["pos"] + 1, variants["id"], variants["ref"], variants["alt"], strict=True)
    lines = ["\t".join([*map(str, row), ".", "PASS", "."]) for row in rows]
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    with replacing(path) as temporary:
        temporary.write_text("\n".join([*head, columns, *lines]) + "\n", encoding="utf-8")


def _table(path: str | PathLike[str], body: str, first_line: int) -> pd.DataFrame:
    names = ["chrom", "pos", "id", "ref", "alt"]
    try:
        sites = pd.read_csv(
            StringIO(body),
            sep="\t",
            header=None,
            names=names,
            usecols=range(_FIELDS),
            dtype=str,
            quoting=3,
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError:
        sites = pd.DataFrame(columns=names, dtype=object)
    except (pd.errors.ParserError, ValueError):
        # a line with too few fields: split by hand, so that the check below names it
        split = [(line.split("\t") + [""] * _FIELDS)[:_FIELDS] for line in body.splitlines()]
        sites = pd.DataFrame(split, columns=names, dtype=object)
    sites["line"] = np.arange(len(sites)) + first_line
    sites = sites[sites["chrom"].fillna("") != ""]
    position = pd.to_numeric(sites["pos"], errors="coerce")
    bad = position.isna() | (position < 1) | (sites["ref"].fillna("") == "") | (sites["alt"].fillna("") == "")
    if bad.any():
        row = sites[bad].iloc[0]
        found = "\t".join(str(row[c]) for c in names)
        raise InputFileError(path, f"found {found[:80]!r}, expected CHROM, POS, ID, REF, ALT", line=int(row["line"]))
    sites = sites.assign(
        pos=position.astype(np.int64) - 1,
        ref=[ref.upper() for ref in sites["ref"]],
        alt=[alt.upper().split(",") for alt in sites["alt"]],
        line=sites["line"].astype(np.int64),
    )
    return sites.explode("alt", ignore_index=True)
