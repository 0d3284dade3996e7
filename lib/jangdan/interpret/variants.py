"""Effects of variants: the model's output with the alternative allele against the reference allele.

The window is centred on the variant. An allele of another length moves what follows it: the window
keeps its length, and its right end takes in, or gives up, genome. Coverage inputs stay as measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from jangdan.formats.vcf import lengths_of, variant_kind
from jangdan.sequence.alphabet import UNKNOWN
from jangdan.sequence.encode import encode
from jangdan.storage.any_array import AnyArray

SCORED, REF_MISMATCH, SYMBOLIC, NO_CONTIG, NOT_STORED = (
    "scored",
    "ref_mismatch",
    "symbolic",
    "no_contig",
    "not_stored",
)
_BATCH = 512

Codes = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class AllelePair:
    """Windows of some variants: `index` into the table, reference and alternative letter codes,
    shape (variants, length), and the start of each window in bp."""

    index: Ints
    reference: Codes
    alternative: Codes
    start: Ints


def classify(variants: pd.DataFrame, genome: AnyArray) -> pd.DataFrame:
    """Add `kind` and `status` to a variant table (`formats.vcf.read_variants`).

    status: "scored" where a model can score it, else why not: "no_contig", "symbolic" (no letters, or
    an allele that is `*` or `.`), "not_stored", "ref_mismatch" (REF is not what the genome has there).
    """
    kind = variant_kind(variants["ref"], variants["alt"]).to_numpy()
    status = np.full(len(variants), SCORED, dtype=object)
    status[kind == "symbolic"] = SYMBOLIC
    status[genome.contigs.find(variants["chrom"]) < 0] = NO_CONTIG
    chrom, position, ref = (variants[name].to_numpy() for name in ("chrom", "pos", "ref"))
    sizes = lengths_of(variants["ref"])
    for length in np.unique(sizes[status == SCORED]).tolist():
        rows = np.flatnonzero((status == SCORED) & (sizes == length))
        stored = is_stored(genome, variants["chrom"].iloc[rows], position[rows], length)
        status[rows[~stored]] = NOT_STORED
        rows = rows[stored]
        found = _letters(genome, chrom[rows], position[rows], length)
        expected = encode("".join(ref[rows])).reshape(len(rows), -1)
        status[rows[(found != expected).any(axis=1)]] = REF_MISMATCH
    return variants.assign(kind=kind, status=status)


def window_starts(position: Ints, binsize: int, resolution: int) -> Ints:
    """Return the bin starts (bp) that centre variants in bins, at multiples of the resolution."""
    return (position - binsize // 2) // resolution * resolution


def is_stored(array: AnyArray, chroms: pd.Series, starts: Ints, length: int) -> NDArray[np.bool_]:
    """Tell which windows of `length` bp an array holds, but for what lies past a chromosome's ends; shape (window,)."""
    numbers = array.contigs.numbers(chroms.to_numpy())
    step = array.resolution or 1
    return array.stored(numbers, starts // step * step, -(-length // step) * step)


def allele_windows(
    variants: pd.DataFrame, genome: AnyArray, starts: Ints, length: int, batch_size: int = _BATCH
) -> Iterator[AllelePair]:
    """Yield windows of `length` bp from `starts` (bp, one a variant) with both alleles, in batches.

    Variants with long deletions come in batches of their own, so that memory stays bounded.
    """
    chrom, position, alt = (variants[name].to_numpy() for name in ("chrom", "pos", "alt"))
    sizes = np.stack([lengths_of(variants["ref"]), lengths_of(variants["alt"])])
    growth = sizes[0] - sizes[1]
    order = np.argsort(growth, kind="stable")
    for first in tqdm(range(0, len(order), batch_size), desc="variants", unit="batch"):
        rows = np.sort(order[first : first + batch_size])
        spare = max(int(growth[rows].max(initial=0)), 0)
        letters = _letters(genome, chrom[rows], starts[rows], length + spare)
        alternative = _with_alternative(letters, length, alt[rows], sizes[:, rows], position[rows] - starts[rows])
        yield AllelePair(rows, letters[:, :length], alternative, starts[rows])


def _with_alternative(letters: Codes, length: int, alleles: NDArray[Any], sizes: Ints, offset: Ints) -> Codes:
    """Replace REF by ALT, of `sizes` (2, variants), at `offset` of windows that hold `length` letters and more."""
    ref_size, alt_size = sizes[:, :, None]
    column, offset = np.arange(length)[None, :], offset[:, None]
    after = column >= offset + alt_size
    inside = (column >= offset) & ~after
    result = letters[:, :length].copy()
    if (ref_size != alt_size).any():
        source = np.clip(column + np.where(after, ref_size - alt_size, 0), 0, letters.shape[1] - 1)
        result = np.take_along_axis(letters, source, axis=1)
    row, place = np.nonzero(inside)
    result[row, place] = _padded(alleles, int(alt_size.max()))[row, place - offset[row, 0]]
    return result


def _padded(alleles: NDArray[Any], widest: int) -> Codes:
    return encode("".join(a.ljust(widest, "N") for a in alleles)).reshape(len(alleles), widest)


def _letters(genome: AnyArray, chroms: NDArray[Any], start: Ints, length: int) -> Codes:
    if len(chroms) == 0:
        return np.full((0, length), UNKNOWN, dtype=np.uint8)
    numbers = genome.contigs.numbers(chroms)
    return genome.gather(numbers, start, length)[:, :, 0, 0]
