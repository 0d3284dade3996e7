"""Sections of the config on input files: genome, downloads. Standard library only."""

from dataclasses import dataclass

from jangdan.records.options import Options, option


@dataclass(frozen=True, kw_only=True)
class Genome(Options):
    """The genome, and what belongs to it."""

    fasta: str = option("FASTA, plain, gzip or bgzip")
    exclude_regions: tuple[str, ...] = option("BED files of regions to leave out", ())
    annotation: str | None = option("GFF3 or GTF of genes for the figures", None)
    annotation_feature: str | None = option("which feature of it to draw, such as gene; all if absent", None)
    aliases: dict[str, str] = option(
        "other files' contig: the genome's contig; the preflight (`check_inputs`) proposes them", {}
    )


@dataclass(frozen=True, kw_only=True)
class Download(Options):
    """A public file; what is not given is not compared."""

    url: str = option("address of the file", pattern="[a-z]+://.+", words="an address, such as https://...")
    sha256: str | None = option("its SHA-256", None, pattern="[0-9a-f]{64}", words="64 digits, 0-9 and a-f")
    md5: str | None = option("its MD5", None, pattern="[0-9a-f]{32}", words="32 digits, 0-9 and a-f")
