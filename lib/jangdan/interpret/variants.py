"""Effects of variants: the model's output with the alternative allele against the reference allele.

The window is centred on the variant. An allele of another length moves what follows it: the window
keeps its length, and its right end takes in, or gives up, genome. Coverage inputs stay as measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from jangdan.formats.vcf import variant_kind
from jangdan.sequence.alphabet import UNKNOWN
from jangdan.sequence.encode import encode
from jangdan.storage.genomic_array import GenomicArray

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


def classify(variants: pd.DataFrame, genome: GenomicArray) -> pd.DataFrame:
    """Add `kind` and `status` to a variant table (`formats.vcf.read_variants`).

    status: "scored" where a model can score it, else why not: "no_contig", "symbolic" (no letters, or
    an allele that is `*` or `.`), "ref_mismatch" (REF is not what the genome has there).
    """
    table = variants.assign(kind=variant_kind(variants["ref"], variants["alt"]), status=SCORED)
    table.loc[table["kind"] == "symbolic", "status"] = SYMBOLIC
    table.loc[~table["chrom"].isin(genome.layout.numbers), "status"] = NO_CONTIG
    for length, rows in table[table["status"] == SCORED].groupby(table["ref"].str.len()):
        found = _letters(genome, rows["chrom"], rows["pos"].to_numpy(), int(str(length)))
        expected = encode("".join(rows["ref"])).reshape(len(rows), -1)
        table.loc[rows.index[(found != expected).any(axis=1)], "status"] = REF_MISMATCH
    return table


def window_starts(position: Ints, binsize: int, resolution: int) -> Ints:
    """Return the bin starts (bp) that centre variants in bins, at multiples of the resolution."""
    return (position - binsize // 2) // resolution * resolution


def allele_windows(variants: pd.DataFrame, genome: GenomicArray, starts: Ints, length: int) -> Iterator[AllelePair]:
    """Yield windows of `length` bp from `starts` (bp, one a variant) with both alleles, in batches.

    Variants with long deletions come in batches of their own, so that memory stays bounded.
    """
    growth = (variants["ref"].str.len() - variants["alt"].str.len()).to_numpy()
    order = np.argsort(growth, kind="stable")
    for first in tqdm(range(0, len(order), _BATCH), desc="variants", unit="batch"):
        rows = np.sort(order[first : first + _BATCH])
        chosen = variants.iloc[rows]
        spare = max(int(growth[rows].max(initial=0)), 0)
        letters = _letters(genome, chosen["chrom"], starts[rows], length + spare)
        alternative = _with_alternative(letters, chosen, starts[rows], length)
        yield AllelePair(rows, letters[:, :length], alternative, starts[rows])


def _with_alternative(letters: Codes, variants: pd.DataFrame, starts: Ints, length: int) -> Codes:
    """Replace REF by ALT in windows that hold `length` letters and some to spare."""
    offset = (variants["pos"].to_numpy() - starts)[:, None]
    size_alt = variants["alt"].str.len().to_numpy()[:, None]
    shift = variants["ref"].str.len().to_numpy()[:, None] - size_alt
    column = np.arange(length)[None, :]
    after = column >= offset + size_alt
    source = np.clip(column + np.where(after, shift, 0), 0, letters.shape[1] - 1)
    result = np.take_along_axis(letters, source, axis=1)
    inside = (column >= offset) & ~after
    result[inside] = _padded(variants["alt"])[np.nonzero(inside)[0], (column - offset)[inside]]
    return result


def _padded(alleles: pd.Series) -> Codes:
    widest = int(alleles.str.len().max())
    return encode("".join(a.ljust(widest, "N") for a in alleles)).reshape(len(alleles), widest)


def _letters(genome: GenomicArray, chroms: pd.Series, start: Ints, length: int) -> Codes:
    numbers = chroms.map(genome.layout.numbers).to_numpy(dtype=np.int64)
    if len(numbers) == 0:
        return np.full((0, length), UNKNOWN, dtype=np.uint8)
    return genome.gather(numbers, start, length)[:, :, 0, 0]
