"""What the preflight compares: the contigs and rows of a file with the genome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from jangdan.errors import ContigError, InputFileError
from jangdan.genome.contig_names import propose_aliases
from jangdan.genome.regions import rename_contigs, require_inside

WARNING = "warning"


@dataclass(frozen=True)
class CheckedFile:
    """A file under question.

    sizes: contig of the genome -> bp. aliases: contig of the file -> the genome's. strict: no contig may be unknown to
    the genome, and there must be a region. proposed: where aliases that would help are collected.
    """

    path: str
    sizes: Mapping[str, int]
    aliases: Mapping[str, str]
    strict: bool = True
    proposed: dict[str, str] = field(default_factory=dict)


def compare_contigs(file: CheckedFile, sizes: Mapping[str, int]) -> str | tuple[str, str]:
    """Compare a header's contigs and lengths with the genome's; raises ContigError where they cannot be of it."""
    named = {file.aliases.get(c, c): n for c, n in sizes.items()}
    for contig, length in named.items():
        if file.sizes.get(contig, length) != length:
            raise ContigError(
                f"{file.path}: contig {contig} is {length:,} bp long, in the genome {file.sizes[contig]:,} bp; "
                "the files are of different assemblies"
            )
    foreign = [c for c in named if c not in file.sizes]
    proposals = propose_aliases(dict(sizes), file.sizes)
    file.proposed.update(proposals)
    if proposals or len(foreign) == len(named):
        raise ContigError(f"{file.path}: {unknown_contigs(dict.fromkeys(foreign), proposals)}")
    if foreign:
        return WARNING, f"{len(foreign)} of {len(named)} contigs are not in the genome ({foreign[0]} ...): left out"
    return f"{len(named)} contigs, lengths agree"


def check_rows(file: CheckedFile, table: pd.DataFrame) -> str | tuple[str, str]:
    """Compare all regions with the genome; raises ContigError, IntervalError, or InputFileError without any."""
    if table.empty and file.strict:
        raise InputFileError(file.path, "holds no region; expected at least one")
    renamed = rename_contigs(table, file.aliases)
    known = renamed["chrom"].isin(file.sizes)
    foreign = dict.fromkeys(table["chrom"][~known])
    proposals = propose_aliases(dict.fromkeys(table["chrom"]), file.sizes)
    proposals = {k: v for k, v in proposals.items() if k in foreign}
    file.proposed.update(proposals)
    if proposals or (foreign and file.strict):
        raise ContigError(f"{file.path}: {unknown_contigs(foreign, proposals)}")
    require_inside(renamed[known], file.sizes, file.path)
    if foreign:
        return WARNING, f"{int((~known).sum())} of {len(table)} regions lie on {', '.join(list(foreign)[:3])}: left out"
    return f"{len(table):,} regions, all inside the genome"


def check_first_rows(file: CheckedFile, table: pd.DataFrame) -> str:
    """Compare the first fragments with the genome; raises ContigError where all lie on other contigs."""
    rows = rename_contigs(table, file.aliases)
    found = dict.fromkeys(rows["chrom"])
    foreign = {chrom: None for chrom in found if chrom not in file.sizes}
    if len(foreign) == len(found):
        raise ContigError(f"{file.path}: {unknown_contigs(foreign, propose_aliases(found, file.sizes))}")
    require_inside(rows[~rows["chrom"].isin(foreign)], file.sizes, file.path)
    return f"the first {len(rows):,} fragments are inside the genome"


def unknown_contigs(foreign: Mapping[str, Any], proposals: Mapping[str, str]) -> str:
    """Return the sentence for contigs that the genome lacks, with the aliases that would help."""
    names = ", ".join(list(foreign)[:3]) + (" ..." if len(foreign) > 3 else "")
    if not proposals:
        return f"contigs {names} are not in the genome, and no name of it looks alike; use files of one assembly"
    pairs = ", ".join(f"{k}: {v}" for k, v in proposals.items())
    return (
        f"contigs {names} are not in the genome; if these are the same, add to the config: genome: aliases: {{{pairs}}}"
    )
