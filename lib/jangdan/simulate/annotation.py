"""Genes, peaks and excluded regions of the demo."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.random import Generator

from jangdan.files import write_text
from jangdan.formats.bed import write_bed
from jangdan.formats.region_table import region_table
from jangdan.simulate.layout import Layout

PEAK_WIDTH = 200

_TSS_WEIGHT = {"bound": 0.5, "open": 0.3, "closed": 0.2, "decoy": 0.0, "almost": 0.0}
_TSS_SPREAD = 60.0
_MIN_GENE = 800
_SITE_CENTRE = 5


@dataclass(frozen=True)
class Gene:
    """A gene [start, end), 0-based, with its exons in genome order."""

    name: str
    chrom: str
    start: int
    end: int
    strand: str
    exons: tuple[tuple[int, int], ...]


def draw_genes(layout: Layout, count: int, rng: Generator) -> list[Gene]:
    """Draw up to `count` genes that do not overlap; most start at an open slot, half of all at a bound site."""
    genes: list[Gene] = []
    a_chrom = max(1, count // len(layout.chromsizes))
    for chrom, length in layout.chromsizes.items():
        slots = layout.slots[layout.slots["chrom"] == chrom]
        edges = np.linspace(0, length, a_chrom + 1).astype(int)
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            own = slots[(slots["start"] >= start) & (slots["start"] < end)]
            tss = _tss(own, rng)
            if tss is not None:
                genes.append(_gene(f"gene{len(genes) + 1:04d}", chrom, _span(tss, (start, end), rng), rng=rng))
    return genes


def write_genes(genes: list[Gene], path: str | Path) -> None:
    """Write genes, one transcript each, and their exons as GFF3."""
    lines = ["##gff-version 3", *(line for gene in genes for line in _gff_lines(gene))]
    write_text(path, "\n".join(lines) + "\n")


def write_peaks(layout: Layout, path: str | Path, rng: Generator) -> None:
    """Write the bound sites as ENCODE narrowPeak: about 200 bp each, the summit near the site."""
    bound = layout.of_kind("bound")
    start = bound["site"] - PEAK_WIDTH // 2 + rng.integers(-5, 6, len(bound))
    end = start + PEAK_WIDTH + rng.integers(-5, 6, len(bound))
    table = pd.DataFrame({"chrom": bound["chrom"], "start": start, "end": end})
    table["name"] = [f"peak{i + 1:04d}" for i in range(len(bound))]
    table["score"] = np.minimum(1000, 300 * bound["strength"] + 100).astype(int)
    table["strand"] = "."
    table["signalValue"] = (12 * bound["strength"]).round(2)
    # -1: not assigned, as the format has it
    table["pValue"] = table["qValue"] = -1
    table["peak"] = bound["site"] + _SITE_CENTRE + rng.integers(-5, 6, len(bound)) - start
    write_text(path, table.to_csv(sep="\t", header=False, index=False))


def write_exclusion(layout: Layout, path: str | Path) -> None:
    """Write the regions to leave out as BED with three columns."""
    regions = layout.exclusion
    write_bed(region_table(regions["chrom"], regions["start"], regions["end"]), path, columns=3)


def _tss(slots: pd.DataFrame, rng: Generator) -> int | None:
    weight = slots["kind"].map(_TSS_WEIGHT) / slots.groupby("kind")["kind"].transform("size")
    if weight.sum() == 0:
        return None
    row = rng.choice(len(slots), p=(weight / weight.sum()).to_numpy())
    return int(slots["site"].iloc[row]) + round(rng.normal(0.0, _TSS_SPREAD))


def _span(tss: int, territory: tuple[int, int], rng: Generator) -> tuple[int, int, str]:
    """A gene runs from its start into the wider side of its territory."""
    start, end = territory
    forward = end - tss >= tss - start
    room = max(end - tss, tss - start) - 1
    length = min(room, _MIN_GENE + int(rng.gamma(2.0, 1_200.0)))
    return (tss, tss + length, "+") if forward else (tss + 1 - length, tss + 1, "-")


def _gene(name: str, chrom: str, span: tuple[int, int, str], *, rng: Generator) -> Gene:
    start, end, strand = span
    n_introns = int(rng.integers(0, 5))
    inner = np.arange(start + 50, end - 50, 50)
    cuts = np.sort(rng.choice(inner, min(2 * n_introns, len(inner) // 2 * 2), replace=False)).tolist()
    edges = [start, *cuts, end]
    return Gene(name, chrom, start, end, strand, tuple(zip(edges[::2], edges[1::2], strict=True)))


def _gff_lines(gene: Gene) -> list[str]:
    transcript = f"{gene.name}.1"

    def line(feature: str, start: int, end: int, attributes: str) -> str:
        return f"{gene.chrom}\tjangdan\t{feature}\t{start + 1}\t{end}\t.\t{gene.strand}\t.\t{attributes}"

    head = [
        line("gene", gene.start, gene.end, f"ID={gene.name};Name={gene.name};gene_biotype=protein_coding"),
        line("mRNA", gene.start, gene.end, f"ID={transcript};Parent={gene.name}"),
    ]
    ordered = gene.exons if gene.strand == "+" else gene.exons[::-1]
    exons = [
        line("exon", start, end, f"ID={transcript}.exon{i};Parent={transcript}")
        for i, (start, end) in enumerate(ordered, start=1)
    ]
    return head + exons
