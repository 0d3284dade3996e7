"""Preflight: every input file is looked at before anything is computed; one table, one verdict."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from jangdan.datasets.preflight import WARNING, CheckedFile, unknown_contigs
from jangdan.errors import ContigError, InputFileError, JangdanError
from jangdan.formats.fasta.reader import ensure_faidx, fasta_sizes
from jangdan.formats.vcf import read_variants
from jangdan.genome.contig_names import propose_aliases
from jangdan.genome.regions import rename_contigs
from jangdan.jobs.reference_check import reference_mismatches
from jangdan.records.kinds import FORMATS, Format, format_of
from jangdan.workflow.plan import resolve
from jangdan.workflow.sections.datasets import listed

log = logging.getLogger(__name__)

OK, ERROR = "ok", "error"
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

    def file(self, path: str, strict: bool = True) -> CheckedFile:
        """Return what the questions of a format are asked with."""
        return CheckedFile(path, self.sizes, self.aliases, strict, self.proposed)

    def table(self) -> pd.DataFrame:
        """Return all rows."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))


def check_inputs(config: Mapping[str, Any]) -> Preflight:
    """Look at all input files of a config (with data_dir, genome, regions, datasets, masks, variants)."""
    genome = resolve(config, config["genome"]["fasta"])
    aliases = config["genome"]["aliases"]
    preflight = Preflight(genome, {}, aliases)
    preflight.run(genome, "fasta", "opens", lambda: _open_genome(preflight))
    if not preflight.sizes:
        return preflight
    preflight.run(genome, "fasta", "aliases", lambda: _aliases_exist(preflight))
    for path, record, strict in _files(config):
        _ask(preflight, path, record, strict)
    if config["variants"]:
        _check_variants(preflight, resolve(config, config["variants"]["vcf"]))
    return preflight


def _files(config: Mapping[str, Any]) -> Iterator[tuple[str, Format, bool]]:
    """Yield (path, format, strict); files that are not strict may have contigs that the genome lacks."""
    genome = config["genome"]
    loose = [*genome["exclude_regions"], *config["masks"]]
    loose += [genome["annotation"]] if genome["annotation"] else []
    strict = list(config["regions"]["sources"])
    for options in config["datasets"].values():
        strict += [path for own in options["files"].values() for path in listed(own)]
    for path in dict.fromkeys([*strict, *loose]):
        kind = format_of(path)
        yield resolve(config, path), FORMATS[kind if kind in FORMATS else "bed"], path in strict


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


def _ask(preflight: Preflight, path: str, record: Format, strict: bool) -> None:
    """Ask all questions of a format."""
    file = preflight.file(path, strict)
    for question in record.questions:
        preflight.run(path, record.name, question.check, partial(question.ask, file))
        if question.stops and preflight.rows[-1][3] == ERROR:
            return


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
        raise ContigError(f"{path}: {unknown_contigs(foreign, proposals)}")
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


def require_no_error(table: pd.DataFrame) -> None:
    """Raise InputFileError that lists every error of the table, a line each."""
    errors = table[table["status"] == ERROR]
    counts = np.array([(table["status"] == s).sum() for s in (OK, WARNING, ERROR)])
    log.info("verdict: %d ok, %d warnings, %d errors", *counts)
    if len(errors):
        lines = "\n  ".join(errors["found"])
        raise JangdanError(f"{len(errors)} of {len(table)} checks failed:\n  {lines}")
