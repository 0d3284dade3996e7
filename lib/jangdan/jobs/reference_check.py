"""Does a VCF's REF agree with the genome?"""

from os import PathLike

import numpy as np
import pandas as pd

from jangdan.formats.fasta.reader import read_fasta
from jangdan.sequence.alphabet import UNKNOWN
from jangdan.sequence.encode import decode, encode


def reference_mismatches(variants: pd.DataFrame, fasta: str | PathLike[str]) -> tuple[int, pd.DataFrame]:
    """Compare REF with the genome, a contig at a time.

    variants: as of `formats.vcf.read_variants`. Returns the number of alleles compared and the rows
    that differ, with a column `genome` of the letters that are there.
    """
    compared, wrong = 0, []
    for contig, codes in read_fasta(fasta):
        rows = variants[variants["chrom"] == contig]
        compared += len(rows)
        for length, same in rows.groupby(rows["ref"].str.len()):
            place = same["pos"].to_numpy()[:, None] + np.arange(int(str(length)))
            found = np.where(place < len(codes), codes[np.minimum(place, len(codes) - 1)], UNKNOWN).astype(np.uint8)
            expected = encode("".join(same["ref"])).reshape(found.shape)
            bad = np.flatnonzero((found != expected).any(axis=1))
            wrong.append(same.iloc[bad].assign(genome=[decode(found[i]) for i in bad]))
    joined = pd.concat(wrong) if wrong else variants.iloc[:0].assign(genome="")
    return compared, joined.sort_values("line", kind="stable")
