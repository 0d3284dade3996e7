"""Fragments as a sorted, indexed BAM file of read pairs, with some that every filter should drop."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pysam
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.files import replacing
from jangdan.sequence.encode import decode
from jangdan.simulate.fragments import READ_LENGTHS, Fragments
from jangdan.simulate.genome import Genome

PAIRED, PROPER, UNMAPPED, MATE_UNMAPPED = 0x1, 0x2, 0x4, 0x8
REVERSE, MATE_REVERSE, READ1, READ2, DUPLICATE = 0x10, 0x20, 0x40, 0x80, 0x400

GOOD_MAPQ, LOW_MAPQ = 60, 10
"""Mapping quality of most reads, and what the poor ones stay below."""

_POOR_SHARE = 0.05
_HALF_MAPPED_SHARE = 0.01
_UNMAPPED_SHARE = 0.01
_NOWHERE = 1 << 30


def write_bam(path: str | Path, genome: Genome, reads: pd.DataFrame) -> None:
    """Write `reads` (from `pair_reads`) in coordinate order, with letters from the genome."""
    chroms = list(genome)
    sizes = [{"SN": chrom, "LN": len(genome[chrom])} for chrom in chroms]
    header = pysam.AlignmentHeader.from_dict({"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": sizes})
    with replacing(path) as temporary, pysam.AlignmentFile(str(temporary), "wb", header=header) as bam:
        for line in _sam_lines(genome, reads):
            bam.write(pysam.AlignedSegment.fromstring(line, header))


def index_bam(path: str | Path, index: str | Path) -> None:
    """Write the BAI index of a coordinate-sorted BAM file."""
    with replacing(index) as temporary:
        pysam.samtools.index("-b", "-o", str(temporary), str(path), catch_stdout=False)


def pair_reads(fragments: Fragments, rng: Generator) -> pd.DataFrame:
    """Make two reads of each fragment, one a row, in coordinate order (unmapped ones last).

    The columns are those of SAM with 0-based `pos` and `pnext`: name, flag, chrom (its number, -1 where
    there is none), pos, mapq, length (bp), pnext, tlen. Some pairs are unmapped, some by half, some of
    low mapping quality.
    """
    n = len(fragments)
    fate = rng.random(n)
    unmapped = fate < _UNMAPPED_SHARE
    half = ~unmapped & (fate < _UNMAPPED_SHARE + _HALF_MAPPED_SHARE)
    poor = fate > 1 - _POOR_SHARE
    mapq = np.where(poor, rng.integers(0, LOW_MAPQ, n), GOOD_MAPQ)
    left, right = _both_ends(fragments, mapq)
    for end in (left, right):
        _unmap(end, unmapped, half)
    both = pd.concat([left, right], ignore_index=True)
    place = np.where(both["chrom"] < 0, _NOWHERE, both["chrom"])
    return both.iloc[np.lexsort((both["name"], both["pos"], place))].reset_index(drop=True)


def _both_ends(fragments: Fragments, mapq: NDArray[np.int64]) -> tuple[pd.DataFrame, pd.DataFrame]:
    f = fragments
    right_pos, size = f.end - f.right, f.end - f.start
    shared = PAIRED | PROPER | np.where(f.duplicate, DUPLICATE, 0)
    number = np.where(f.read1_left, READ1, READ2)
    columns = {"name": np.arange(len(f)), "chrom": f.chrom, "mapq": mapq}
    left = pd.DataFrame({**columns, "flag": shared | number | MATE_REVERSE, "pos": f.start, "length": f.left})
    right = pd.DataFrame({**columns, "flag": shared | (number ^ (READ1 | READ2)) | REVERSE, "pos": right_pos})
    right["length"] = f.right
    return left.assign(pnext=right_pos, tlen=size, is_left=True), right.assign(pnext=f.start, tlen=-size, is_left=False)


def _unmap(end: pd.DataFrame, unmapped: NDArray[np.bool_], half: NDArray[np.bool_]) -> None:
    """Unmap whole pairs, and the right read of half-mapped pairs, which then stands where its mate is."""
    is_left = bool(end["is_left"].all())
    mate_flag = MATE_UNMAPPED if is_left else UNMAPPED
    kept = PAIRED | READ1 | READ2
    flag, pos = end["flag"], end["pnext" if not is_left else "pos"]
    end["flag"] = np.select([unmapped, half], [flag & kept | UNMAPPED | MATE_UNMAPPED, flag & kept | mate_flag], flag)
    end["pos"] = np.select([unmapped, half], [-1, pos], end["pos"])
    end["pnext"] = np.select([unmapped, half], [-1, pos], end["pnext"])
    end["chrom"] = np.where(unmapped, -1, end["chrom"])
    end["tlen"] = np.where(unmapped | half, 0, end["tlen"])
    end["mapq"] = np.where(unmapped | (half & (not is_left)), 0, end["mapq"])


def _sam_lines(genome: Genome, reads: pd.DataFrame) -> Iterator[str]:
    chroms, letters = [*genome, "*"], [decode(codes) for codes in genome.values()]
    qualities = {n: "F" * n for n in range(READ_LENGTHS[0], READ_LENGTHS[1] + 1)}
    columns = ("name", "flag", "chrom", "pos", "mapq", "length", "pnext", "tlen")
    # the letters of an unmapped read are read backwards, so that they match nowhere
    backwards = letters[0][::-1].replace("N", "A")
    for name, flag, chrom, pos, mapq, length, pnext, tlen in zip(*(reads[c].tolist() for c in columns), strict=True):
        lost = flag & UNMAPPED
        origin, at = (backwards, 97 * name % (len(backwards) - length)) if lost else (letters[chrom], pos)
        yield (
            f"pair{name:06d}\t{flag}\t{chroms[chrom]}\t{pos + 1}\t{mapq}\t{'*' if lost else f'{length}M'}\t"
            f"{'*' if chrom < 0 else '='}\t{pnext + 1}\t{tlen}\t{origin[at : at + length]}\t{qualities[length]}"
        )
