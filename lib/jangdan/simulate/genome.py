"""The demo genome: background letters, planted sites, no site by chance, soft-masked stretches."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.formats.fasta.reader import write_fasta
from jangdan.sequence.alphabet import UNKNOWN
from jangdan.sequence.encode import decode, encode, reverse_complement
from jangdan.simulate.layout import Layout, spans_of
from jangdan.simulate.motif import Motif

Codes = NDArray[np.uint8]
Genome = dict[str, Codes]
"""Chromosome name -> order-1 codes, shape (length,), uint8; UNKNOWN in runs of N."""

_BLOCK = 5_000
_MASKED_EVERY = 4_000
_SCRUB_ROUNDS = 20


def draw_background(layout: Layout, rng: Generator) -> Genome:
    """Draw independent letters, with a GC content that changes from block to block, and runs of N."""
    genome = {chrom: _background(length, rng) for chrom, length in layout.chromsizes.items()}
    for chrom, codes in genome.items():
        for start, end in spans_of(layout.gaps, chrom):
            codes[start:end] = UNKNOWN
    return genome


def plant(genome: Genome, slots: pd.DataFrame, planted: list[Codes]) -> None:
    """Write one stretch of codes, as read on the + strand, at `site` of each slot; `genome` is changed."""
    for chrom, site, codes in zip(slots["chrom"], slots["site"], planted, strict=True):
        genome[chrom][site : site + len(codes)] = codes


def oriented(codes: Codes, strand: str) -> Codes:
    """Return what the + strand reads where `codes` lie on `strand`."""
    return reverse_complement(codes) if strand == "-" else codes


def scrub(genome: Genome, motif: Motif, sites: pd.DataFrame) -> None:
    """Change a letter of every site of the motif that stands outside `sites` (chrom, site); `genome` is changed.

    Afterwards a site is bound if, and only if, the sequence has it.
    """
    middle = len(motif) // 2
    for chrom, codes in genome.items():
        kept = sites.loc[sites["chrom"] == chrom, "site"].to_numpy()
        for _ in range(_SCRUB_ROUNDS):
            hits = np.flatnonzero(motif.scores(codes) >= motif.threshold)
            chance = np.setdiff1d(hits, kept)
            if not len(chance):
                break
            # A in the middle of TGA[CG]TCA: no letter of a site on either strand
            codes[chance + middle] = encode("A")[0]


def write_genome(genome: Genome, path: str | Path, rng: Generator) -> None:
    """Write the genome as FASTA, about a fifth of it soft-masked (lower case)."""
    write_fasta(path, [(chrom, _masked(decode(codes), rng)) for chrom, codes in genome.items()])


def _background(length: int, rng: Generator) -> Codes:
    gc = np.repeat(rng.uniform(0.36, 0.52, -(-length // _BLOCK)), _BLOCK)[:length]
    strong = rng.random(length) < gc
    first = rng.random(length) < 0.5
    codes = np.where(strong, np.where(first, 1, 2), np.where(first, 0, 3))
    return codes.astype(np.uint8)


def _masked(letters: str, rng: Generator) -> str:
    text = np.frombuffer(letters.encode(), dtype=np.uint8).copy()
    n = max(1, len(text) // _MASKED_EVERY)
    starts = rng.integers(0, len(text), n)
    for start, width in zip(starts.tolist(), rng.integers(200, 1_500, n).tolist(), strict=True):
        # bit 0x20 makes an ASCII letter lower case
        text[start : start + width] |= 0x20
    return text.tobytes().decode()
