"""BAM and CRAM to counts along the genome: in one linear pass over the file, or by its index for a few stretches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import IO

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, InputFileError, OptionError, whole_number
from jangdan.files import existing
from jangdan.formats.bam.cram import decoded, is_cram
from jangdan.formats.bam.fetch import counts_of_run
from jangdan.formats.bam.index import IndexUnusableError, Run, plan
from jangdan.formats.bam.reader import BamReader
from jangdan.formats.bam.records import COVERAGE, FIVE_PRIME, FRAGMENT, MIDPOINT, NO_LIMIT, values_of
from jangdan.formats.roi import Roi

UNMAPPED, SECONDARY, QC_FAILED, DUPLICATE, SUPPLEMENTARY = 0x4, 0x100, 0x200, 0x400, 0x800

MODES = {"5prime": FIVE_PRIME, "midpoint": MIDPOINT, "fragment": FRAGMENT, "coverage": COVERAGE}

Counts = NDArray[np.uint32] | NDArray[np.int64]


@dataclass(frozen=True)
class ReadCounting:
    """What counts, and where.

    pairedend: "5prime" counts each read at its 5' end, which on the reverse strand is
    `reference_end - 1`; "midpoint" counts each proper pair once at the middle of its template;
    "fragment" counts it at every base of its template; "coverage" counts each read at every base that it
    is aligned to (not at deletions and skips), as ``samtools depth`` does.
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
        whole_number("min_mapq", self.min_mapq, 0)
        if len(self.shift) != 2 or not all(isinstance(bp, (int, np.integer)) for bp in self.shift):
            raise OptionError(f"shift={self.shift}: expected two whole numbers of bp, such as [4, -5]")
        if self.pairedend == "coverage" and any(self.shift):
            raise OptionError(f"shift={self.shift}: aligned bases cannot be shifted; use pairedend='5prime'")

    @property
    def left_out(self) -> int:
        """SAM flag bits, any of which leaves a read out."""
        kept = [(DUPLICATE, self.keep_duplicates), (SECONDARY, self.keep_secondary)]
        kept += [(SUPPLEMENTARY, self.keep_supplementary), (QC_FAILED, self.keep_qcfail)]
        return UNMAPPED | sum(bit for bit, keep in kept if not keep)

    @property
    def of_templates(self) -> bool:
        """Whether pairs count, not reads."""
        return self.pairedend in ("midpoint", "fragment")

    @property
    def cumulative(self) -> bool:
        """Whether each base of a stretch counts, not one base of it."""
        return self.pairedend in ("fragment", "coverage")

    @property
    def strands(self) -> int:
        """2 where counts are kept by strand, else 1."""
        return 2 if self.stranded else 1


def bam_sizes(path: str | PathLike[str]) -> dict[str, int]:
    """Return contig -> length in bp of the header. Raises InputFileError where the file is neither BAM nor CRAM."""
    with _opened(path, None, header_only=True) as stream:
        return BamReader(path, stream).sizes


def bam_coverage(
    path: str | PathLike[str],
    counting: ReadCounting,
    *,
    resolution: int = 1,
    roi: Roi | None = None,
    reference: str | None = None,
) -> Iterator[tuple[str, int, Counts]]:
    """Yield pieces: contig, start in bp, counts of shape (bins, strands), uint32 (int64 where bases are summed by bin).

    roi: starts at multiples of the resolution; None is everything. In one linear pass each contig (of the roi) is
    yielded whole, with start 0, in memory for one contig. Where the roi is little of a BAM with an index that is not
    older, reads are found by it, and each region is a piece. The values are the same. Reads of a bin are summed.
    reference: the FASTA of a CRAM, where it is not embedded. Raises InputFileError where the file is damaged or
    not sorted by coordinate, DataError where templates are asked of unpaired reads.
    """
    if resolution < 1:
        raise OptionError(f"resolution={resolution}: expected 1 bp or more")
    pieces = _by_index(path, counting, resolution, roi)
    yield from _linear(path, counting, resolution, roi, reference) if pieces is None else pieces


def _linear(
    path: str | PathLike[str], counting: ReadCounting, resolution: int, roi: Roi | None, reference: str | None
) -> Iterator[tuple[str, int, Counts]]:
    with _opened(path, reference) as stream:
        reader = BamReader(path, stream)
        for contig, counts in reader.count(_options(counting), counting.strands):
            values = values_of(counts, resolution, counting.cumulative) if roi is None or contig in roi else None
            del counts  # a contig's memory is free before the next one's is taken
            if values is not None:
                yield contig, 0, values
            del values
        if counting.of_templates and reader.any_read and not reader.paired:
            raise DataError(f"{path}: pairedend={counting.pairedend!r}, but the file has no paired reads; use '5prime'")


def _by_index(
    path: str | PathLike[str], counting: ReadCounting, resolution: int, roi: Roi | None
) -> list[tuple[str, int, Counts]] | None:
    """Return a piece a stretch; None where the linear pass is cheaper, or the index cannot be trusted.

    A template may begin at any distance from a stretch that it covers: templates take the linear pass.
    """
    if roi is None or counting.of_templates or is_cram(path):
        return None
    sizes = bam_sizes(path)
    # a bin is whole: the reads of its last bases count too
    whole = {contig: -(-bounds // resolution) * resolution for contig, bounds in roi.items()}
    runs = plan(path, sizes, whole, counting.shift)
    if runs is None:
        return None
    try:
        return [piece for run in runs for piece in _stretches(path, run, counting, resolution, list(sizes))]
    except (IndexUnusableError, InputFileError):
        # what is wrong with the file, if it is the file, the linear pass says
        return None


def _stretches(
    path: str | PathLike[str], run: Run, counting: ReadCounting, resolution: int, names: list[str]
) -> Iterator[tuple[str, int, Counts]]:
    low, high = int(run.bounds[0, 0]), int(run.bounds[-1, 1])
    counts = counts_of_run(path, run, _options(counting), low, high, counting.strands)
    values = values_of(counts, resolution, counting.cumulative)
    for start, end in run.bounds.tolist():
        first = (start - low) // resolution
        yield names[run.contig], start, values[first : first - (start - end) // resolution]


def _options(counting: ReadCounting) -> NDArray[np.int64]:
    """Return what `bamrecords.walk` takes: everything counts, from the contig's first base on."""
    options = [MODES[counting.pairedend], counting.left_out, counting.min_mapq, *counting.shift, 0, NO_LIMIT]
    return np.array(options, dtype=np.int64)


@contextmanager
def _opened(path: str | PathLike[str], reference: str | None, *, header_only: bool = False) -> Iterator[IO[bytes]]:
    """Give the bytes of a BAM; of a CRAM, those of the BAM that htslib makes of it."""
    if is_cram(path):
        with decoded(path, reference, header_only=header_only) as stream:
            yield stream
    else:
        with open(existing(path), "rb") as stream:
            yield stream
