"""BAM to counts along the genome, in one linear pass over the file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np
import pysam
from numpy.typing import NDArray

from jangdan.errors import DataError, InputFileError, OptionError
from jangdan.files import existing, replacing
from jangdan.formats.bamrecords import Records, read_header, read_records

PAIRED, PROPER, UNMAPPED, REVERSE = 0x1, 0x2, 0x4, 0x10
SECONDARY, QC_FAILED, DUPLICATE, SUPPLEMENTARY = 0x100, 0x200, 0x400, 0x800

MODES = ("5prime", "midpoint", "fragment")

Counts = NDArray[np.uint32]


@dataclass(frozen=True)
class ReadCounting:
    """What counts, and where.

    pairedend: "5prime" counts each read at its 5' end, which on the reverse strand is
    `reference_end - 1`; "midpoint" counts each proper pair once at the middle of its template;
    "fragment" counts it at every base of its template.
    shift: bp added to 5' ends (or template ends) on the forward and the reverse strand, in genome
    coordinates: (4, -5) moves Tn5 cuts to the centre of the transposition.
    min_mapq: reads of lower mapping quality do not count. Unmapped reads never do; duplicates,
    secondary, supplementary and QC-failed reads only if kept.
    """

    stranded: bool = True
    min_mapq: int = 0
    pairedend: str = "5prime"
    shift: tuple[int, int] = (0, 0)
    keep_duplicates: bool = False
    keep_secondary: bool = False
    keep_supplementary: bool = False
    keep_qcfail: bool = False

    def __post_init__(self) -> None:
        if self.pairedend not in MODES:
            raise OptionError(f"pairedend={self.pairedend!r}: expected one of {', '.join(MODES)}")
        if self.min_mapq < 0:
            raise OptionError(f"min_mapq={self.min_mapq}: expected 0 or more")
        if len(self.shift) != 2:
            raise OptionError(f"shift={self.shift}: expected two numbers of bp, such as [4, -5]")

    @property
    def left_out(self) -> int:
        """SAM flag bits, any of which leaves a read out."""
        kept = [(DUPLICATE, self.keep_duplicates), (SECONDARY, self.keep_secondary)]
        kept += [(SUPPLEMENTARY, self.keep_supplementary), (QC_FAILED, self.keep_qcfail)]
        return UNMAPPED | sum(bit for bit, keep in kept if not keep)


def bam_sizes(path: str | PathLike[str]) -> dict[str, int]:
    """Return contig -> length in bp of the header. Raises InputFileError where the file is no BAM."""
    return read_header(existing(path))


def bam_coverage(
    path: str | PathLike[str], counting: ReadCounting, *, resolution: int = 1
) -> Iterator[tuple[str, Counts]]:
    """Yield (contig, counts of shape (ceil(length / resolution), strands)) for every contig of the header.

    One linear pass; memory for one contig. Counts of a bin are summed. Raises InputFileError where
    the reads are not sorted by coordinate, DataError where templates are asked of unpaired reads.
    """
    sizes = bam_sizes(path)
    names = list(sizes)
    current, paired = 0, False
    counter = _Counter(counting, sizes[names[0]]) if names else None
    for records in read_records(path):
        paired |= bool((records.flag & PAIRED).any())
        for contig, chosen in _by_contig(path, records, current):
            while current < contig:
                assert counter is not None
                yield names[current], counter.binned(resolution)
                current += 1
                counter = _Counter(counting, sizes[names[current]])
            assert counter is not None
            counter.add(chosen)
    if not paired and counting.pairedend != "5prime" and names:
        raise DataError(f"{path}: pairedend={counting.pairedend!r}, but the file has no paired reads; use '5prime'")
    if counter is not None:
        yield names[current], counter.binned(resolution)
    for name in names[current + 1 :]:
        yield name, _Counter(counting, sizes[name]).binned(resolution)


def ensure_index(path: str | PathLike[str]) -> Path:
    """Return the index beside a BAM, made where it is missing or older than the file.

    Raises InputFileError where the file is not sorted by coordinate or its folder cannot be written.
    """
    bam = existing(path)
    for index in (Path(f"{bam}.bai"), bam.with_suffix(".bai"), Path(f"{bam}.csi")):
        if index.is_file() and index.stat().st_mtime >= bam.stat().st_mtime:
            return index
    target = Path(f"{bam}.bai")
    if not os.access(bam.parent, os.W_OK):
        raise InputFileError(path, f"has no index and {bam.parent} cannot be written; run samtools index on a copy")
    try:
        with replacing(target) as temporary:
            pysam.index("-o", str(temporary), str(bam))
    except (pysam.SamtoolsError, OSError) as error:
        raise InputFileError(path, "cannot be indexed; sort it by coordinate with samtools sort") from error
    return target


def _by_contig(path: str | PathLike[str], records: Records, current: int) -> Iterator[tuple[int, Records]]:
    """Yield the mapped records of each contig in turn; raise where they are not in order."""
    mapped = records.contig >= 0
    contig, start = records.contig[mapped], records.start[mapped]
    columns = (records.contig, records.start, records.end, records.flag, records.mapq, records.template)
    kept = Records(*(c[mapped] for c in columns))
    backwards = (np.diff(contig) < 0) | ((np.diff(contig) == 0) & (np.diff(start) < 0))
    if backwards.any() or (len(contig) and contig[0] < current):
        raise InputFileError(path, "is not sorted by coordinate; sort it with samtools sort")
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(contig)) + 1, [len(contig)]])
    for first, last in pairwise(bounds):
        if last > first:
            piece = (getattr(kept, c)[first:last] for c in Records.__dataclass_fields__)
            yield int(contig[first]), Records(*piece)


class _Counter:
    """Counts of one contig, at base-pair resolution."""

    def __init__(self, counting: ReadCounting, length: int) -> None:
        self.counting, self.length = counting, length
        strands = 2 if counting.stranded else 1
        # one more base, so that a fragment's end at the contig's end has a place
        self.steps = np.zeros((length + 1, strands), dtype=np.int64 if counting.pairedend == "fragment" else np.uint32)

    def add(self, records: Records) -> None:
        """Count the reads of one contig."""
        options = self.counting
        keep = ((records.flag & options.left_out) == 0) & (records.mapq >= options.min_mapq)
        reverse = (records.flag & REVERSE) != 0
        if options.pairedend == "5prime":
            position = np.where(reverse, records.end - 1 + options.shift[1], records.start + options.shift[0])
            self._count(position[keep], reverse[keep])
            return
        # the leftmost mate stands for its template: TLEN is positive there
        keep &= ((records.flag & (PAIRED | PROPER)) == PAIRED | PROPER) & (records.template > 0)
        start = records.start[keep] + options.shift[0]
        end = records.start[keep] + records.template[keep] + options.shift[1]
        # a template lies on the strand of its first read (0x40)
        strand = (((records.flag[keep] & 0x40) != 0) == reverse[keep]).astype(bool)
        if options.pairedend == "midpoint":
            self._count((start + end) // 2, strand)
        else:
            self._span(start, end, strand)

    def _count(self, position: NDArray[np.int64], reverse: NDArray[np.bool_]) -> None:
        inside = (position >= 0) & (position < self.length)
        for strand in range(self.steps.shape[1]):
            here = inside & (reverse == bool(strand)) if self.steps.shape[1] == 2 else inside
            self.steps[:, strand] += np.bincount(position[here], minlength=self.length + 1).astype(np.uint32)

    def _span(self, start: NDArray[np.int64], end: NDArray[np.int64], reverse: NDArray[np.bool_]) -> None:
        for strand in range(self.steps.shape[1]):
            here = (reverse == bool(strand)) if self.steps.shape[1] == 2 else np.ones(len(start), dtype=bool)
            for bounds, sign in ((start, 1), (end, -1)):
                clipped = np.clip(bounds[here], 0, self.length)
                self.steps[:, strand] += sign * np.bincount(clipped, minlength=self.length + 1)

    def binned(self, resolution: int) -> Counts:
        """Return counts, shape (bins, strands)."""
        bases = np.cumsum(self.steps, axis=0) if self.counting.pairedend == "fragment" else self.steps
        bases = bases[: self.length]
        if resolution > 1:
            bases = np.add.reduceat(bases, np.arange(0, self.length, resolution), axis=0)
        return bases.astype(np.uint32, copy=False)
