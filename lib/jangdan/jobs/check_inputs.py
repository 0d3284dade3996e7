"""Preflight: every input file is looked at before anything is computed; one table, one verdict."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from jangdan.errors import ContigError, InputFileError, JangdanError
from jangdan.files import require_bgzf_end
from jangdan.formats.bam.coverage import bam_sizes
from jangdan.formats.bam.index import ensure_index
from jangdan.formats.bigwig.reader import bigwig_sizes
from jangdan.formats.fasta.reader import ensure_faidx, fasta_sizes
from jangdan.formats.fragments import first_fragments
from jangdan.formats.registry import format_of, read_regions
from jangdan.formats.vcf import read_variants
from jangdan.genome.contig_names import propose_aliases
from jangdan.genome.regions import rename_contigs, require_inside
from jangdan.jobs.reference_check import reference_mismatches
from jangdan.workflow.plan import listed, resolve

log = logging.getLogger(__name__)

OK, WARNING, ERROR = "ok", "warning", "error"
COLUMNS = ("file", "kind", "check", "status", "found")


@dataclass
class Preflight:
    """Rows of the table, and contig aliases proposed on the way."""

    genome: str
    sizes: Mapping[str, int]
    aliases: Mapping[str, str]
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    proposed: dict[str, str] = field(default_factory=dict)

    def run(self, path: str, kind: str, check: str, action: Callable[[], str | tuple[str, str]]) -> None:
        """Add a row: what `action` returns, found or (status, found), or the error that it raises."""
        try:
            outcome = action()
            status, found = outcome if isinstance(outcome, tuple) else (OK, outcome)
        except JangdanError as error:
            status, found = ERROR, str(error)
        self.rows.append((path, kind, check, status, found))

    def table(self) -> pd.DataFrame:
        """Return all rows."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))


def check_inputs(config: Mapping[str, Any]) -> Preflight:
    """Look at all input files of a config (with data_dir, genome, regions, datasets, variants)."""
    genome = resolve(config, config["genome"]["fasta"])
    aliases = config["genome"].get("aliases", {})
    preflight = Preflight(genome, {}, aliases)
    preflight.run(genome, "fasta", "opens", lambda: _open_genome(preflight))
    if not preflight.sizes:
        return preflight
    preflight.run(genome, "fasta", "aliases", lambda: _aliases_exist(preflight))
    for path, kind, strict in _files(config):
        _CHECKS[kind](preflight, path, strict)
    if config.get("variants"):
        _check_variants(preflight, resolve(config, config["variants"]["vcf"]))
    return preflight


def _files(config: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield (path, kind, strict); files that are not strict may have contigs that the genome lacks."""
    genome = config["genome"]
    loose = [*genome.get("exclude", []), *([genome["annotation"]] if genome.get("annotation") else [])]
    strict = list(config["regions"]["sources"])
    for options in config["datasets"].values():
        strict += [path for own in options.get("files", {}).values() for path in listed(own)]
    for path in dict.fromkeys([*strict, *loose]):
        kind = format_of(path)
        yield resolve(config, path), kind if kind in _CHECKS else "bed", path in strict


def _open_genome(preflight: Preflight) -> str:
    preflight.sizes = fasta_sizes(preflight.genome)
    index = ensure_faidx(preflight.genome)
    indexed = "indexed" if index else "plain gzip or read-only folder: read from its beginning"
    return f"{len(preflight.sizes)} contigs, {sum(preflight.sizes.values()):,} bp; {indexed}"


def _aliases_exist(preflight: Preflight) -> str:
    wrong = [f"{k}: {v}" for k, v in preflight.aliases.items() if v not in preflight.sizes]
    if wrong:
        raise ContigError(f"genome: aliases: {wrong[0]}: the genome has no such contig")
    return f"{len(preflight.aliases)} aliases"


def _check_bam(preflight: Preflight, path: str, strict: bool) -> None:
    preflight.run(path, "bam", "complete", lambda: _complete(path))
    if preflight.rows[-1][3] == ERROR:
        return
    preflight.run(path, "bam", "contigs", lambda: _compare(preflight, path, bam_sizes(path)))
    preflight.run(path, "bam", "index", lambda: f"{ensure_index(path).name}")


def _check_cram(preflight: Preflight, path: str, strict: bool) -> None:
    preflight.run(path, "cram", "contigs", lambda: _compare(preflight, path, bam_sizes(path)))


def _check_fragments(preflight: Preflight, path: str, strict: bool) -> None:
    preflight.run(path, "fragments", "first rows", lambda: _first_fragments(preflight, path))


def _first_fragments(preflight: Preflight, path: str) -> str:
    rows = rename_contigs(first_fragments(path), preflight.aliases)
    found = dict.fromkeys(rows["chrom"])
    foreign = {chrom: None for chrom in found if chrom not in preflight.sizes}
    if len(foreign) == len(found):
        raise ContigError(f"{path}: {_unknown(foreign, propose_aliases(found, preflight.sizes))}")
    require_inside(rows[~rows["chrom"].isin(foreign)], preflight.sizes, path)
    return f"the first {len(rows):,} fragments are inside the genome"


def _complete(path: str) -> str:
    bam_sizes(path)
    require_bgzf_end(path)
    return "end marker found"


def _check_bigwig(preflight: Preflight, path: str, strict: bool) -> None:
    preflight.run(path, "bigwig", "contigs", lambda: _compare(preflight, path, bigwig_sizes(path)))


def _check_regions(preflight: Preflight, path: str, strict: bool) -> None:
    preflight.run(path, format_of(path), "regions", lambda: _regions(preflight, path, strict))


def _regions(preflight: Preflight, path: str, strict: bool) -> str | tuple[str, str]:
    table = read_regions(path)
    if table.empty and strict:
        raise InputFileError(path, "holds no region; expected at least one")
    renamed = rename_contigs(table, preflight.aliases)
    known = renamed["chrom"].isin(preflight.sizes)
    foreign = dict.fromkeys(table["chrom"][~known])
    proposals = propose_aliases(dict.fromkeys(table["chrom"]), preflight.sizes)
    proposals = {k: v for k, v in proposals.items() if k in foreign}
    preflight.proposed.update(proposals)
    if proposals or (foreign and strict):
        raise ContigError(f"{path}: {_unknown(foreign, proposals)}")
    require_inside(renamed[known], preflight.sizes, path)
    if foreign:
        return WARNING, f"{int((~known).sum())} of {len(table)} regions lie on {', '.join(list(foreign)[:3])}: left out"
    return f"{len(table):,} regions, all inside the genome"


def _compare(preflight: Preflight, path: str, sizes: Mapping[str, int]) -> str | tuple[str, str]:
    """Compare a header's contigs and lengths with the genome's."""
    named = {preflight.aliases.get(c, c): n for c, n in sizes.items()}
    for contig, length in named.items():
        if preflight.sizes.get(contig, length) != length:
            raise ContigError(
                f"{path}: contig {contig} is {length:,} bp long, in the genome {preflight.sizes[contig]:,} bp; "
                "the files are of different assemblies"
            )
    foreign = [c for c in named if c not in preflight.sizes]
    proposals = propose_aliases(dict(sizes), preflight.sizes)
    preflight.proposed.update(proposals)
    if proposals or len(foreign) == len(named):
        raise ContigError(f"{path}: {_unknown(dict.fromkeys(foreign), proposals)}")
    if foreign:
        return WARNING, f"{len(foreign)} of {len(named)} contigs are not in the genome ({foreign[0]} ...): left out"
    return f"{len(named)} contigs, lengths agree"


def _unknown(foreign: Mapping[str, Any], proposals: Mapping[str, str]) -> str:
    names = ", ".join(list(foreign)[:3]) + (" ..." if len(foreign) > 3 else "")
    if not proposals:
        return f"contigs {names} are not in the genome, and no name of it looks alike; use files of one assembly"
    pairs = ", ".join(f"{k}: {v}" for k, v in proposals.items())
    return (
        f"contigs {names} are not in the genome; if these are the same, add to the config: genome: aliases: {{{pairs}}}"
    )


def _check_variants(preflight: Preflight, path: str) -> None:
    preflight.run(path, "vcf", "contigs", lambda: _variant_contigs(preflight, path))
    if preflight.rows[-1][3] != ERROR:
        preflight.run(path, "vcf", "reference", lambda: _reference(preflight, path))


def _variant_contigs(preflight: Preflight, path: str) -> str | tuple[str, str]:
    variants = read_variants(path)
    if variants.empty:
        raise InputFileError(path, "holds no variant")
    named = rename_contigs(variants, preflight.aliases)
    known = named["chrom"].isin(preflight.sizes)
    foreign = dict.fromkeys(variants["chrom"][~known])
    proposals = propose_aliases(dict.fromkeys(variants["chrom"]), preflight.sizes)
    preflight.proposed.update(proposals)
    if proposals or not known.any():
        raise ContigError(f"{path}: {_unknown(foreign, proposals)}")
    if foreign:
        return WARNING, f"{int((~known).sum())} of {len(variants)} alleles lie on contigs that the genome lacks"
    return f"{len(variants):,} alleles"


def _reference(preflight: Preflight, path: str) -> str | tuple[str, str]:
    variants = rename_contigs(read_variants(path), preflight.aliases)
    compared, wrong = reference_mismatches(variants, preflight.genome)
    if wrong.empty:
        return f"REF agrees with the genome in all {compared:,} alleles"
    first = wrong.iloc[0]
    found = (
        f"REF differs from the genome in {len(wrong):,} of {compared:,} alleles, first at "
        f"{first.chrom}:{first.pos + 1} (line {first.line}): REF {first.ref}, genome {first.genome}"
    )
    if len(wrong) > 0.01 * compared:
        raise InputFileError(path, f"{found}; the VCF is of another assembly")
    return WARNING, f"{found}; these are listed as ref_mismatch and not scored"


_CHECKS: dict[str, Callable[[Preflight, str, bool], None]] = {
    "bam": _check_bam,
    "cram": _check_cram,
    "fragments": _check_fragments,
    "bigwig": _check_bigwig,
    "bed": _check_regions,
    "narrowpeak": _check_regions,
    "bedgraph": _check_regions,
    "gff": _check_regions,
}


def require_no_error(table: pd.DataFrame) -> None:
    """Raise InputFileError that lists every error of the table, a line each."""
    errors = table[table["status"] == ERROR]
    counts = np.array([(table["status"] == s).sum() for s in (OK, WARNING, ERROR)])
    log.info("verdict: %d ok, %d warnings, %d errors", *counts)
    if len(errors):
        lines = "\n  ".join(errors["found"])
        raise JangdanError(f"{len(errors)} of {len(table)} checks failed:\n  {lines}")
