"""BAM counts against bedtools, samtools and a plain pysam loop, on random and on real files."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pysam
import pytest

from jangdan.errors import DataError, InputFileError, TruncatedFileError
from jangdan.formats.bam import ReadCounting, bam_coverage, bam_sizes, ensure_index
from tests.oracle.conftest import SIZES, write_bam

FIRST_CIGARS = ["50M", "20M5D30M", "10M3I37M", "5S45M", "20M100N30M", "30M20H"]


@pytest.fixture(params=[1, 2, 3])
def bam(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_bam(tmp_path / "random.bam", np.random.default_rng(request.param), FIRST_CIGARS)


def _bedtools(bam: Path, strand: str) -> dict[str, np.ndarray]:
    command = ["bedtools", "genomecov", "-5", "-strand", strand, "-dz", "-ibam", str(bam)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    counts = {chrom: np.zeros(size, dtype=int) for chrom, size in bam_sizes(bam).items()}
    for line in out.splitlines():
        chrom, position, n = line.split("\t")
        counts[chrom][int(position)] = int(n)
    return counts


def _naive(bam: Path, counting: ReadCounting, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    counts = {chrom: np.zeros((size, 2), dtype=int) for chrom, size in sizes.items()}
    with pysam.AlignmentFile(str(bam)) as reads:
        for read in reads:
            if read.is_unmapped or read.is_duplicate or read.is_secondary or read.is_supplementary or read.is_qcfail:
                continue
            if read.mapping_quality < counting.min_mapq:
                continue
            strand = int(read.is_reverse)
            end = read.reference_end - 1 if read.is_reverse else read.reference_start
            end += counting.shift[strand]
            if 0 <= end < sizes[read.reference_name]:
                counts[read.reference_name][end, strand] += 1
    return counts


@pytest.mark.parametrize(("strand", "column"), [("+", 0), ("-", 1)])
def test_five_prime_ends_are_those_of_bedtools(bam: Path, strand: str, column: int) -> None:
    keep = ReadCounting(keep_duplicates=True, keep_secondary=True, keep_supplementary=True, keep_qcfail=True)
    expected = _bedtools(bam, strand)
    found = dict(bam_coverage(bam, keep))
    assert list(found) == list(SIZES)
    for chrom, counts in expected.items():
        np.testing.assert_array_equal(found[chrom][:, column], counts)


@pytest.mark.parametrize("counting", [ReadCounting(), ReadCounting(min_mapq=20), ReadCounting(shift=(4, -5))])
def test_counts_are_those_of_a_plain_loop(bam: Path, counting: ReadCounting) -> None:
    expected = _naive(bam, counting, SIZES)
    for chrom, counts in bam_coverage(bam, counting):
        np.testing.assert_array_equal(counts, expected[chrom])


def test_bins_are_sums_of_bases(bam: Path) -> None:
    whole = dict(bam_coverage(bam, ReadCounting(stranded=False)))
    for chrom, bins in bam_coverage(bam, ReadCounting(stranded=False), resolution=7):
        expected = [whole[chrom][i : i + 7].sum() for i in range(0, SIZES[chrom], 7)]
        np.testing.assert_array_equal(bins[:, 0], expected)


def test_fragments_and_midpoints_of_pairs(bam: Path) -> None:
    fragments = {c: np.zeros(n, dtype=int) for c, n in SIZES.items()}
    midpoints = {c: np.zeros(n, dtype=int) for c, n in SIZES.items()}
    with pysam.AlignmentFile(str(bam)) as reads:
        for read in reads:
            if not read.is_proper_pair or read.template_length <= 0 or read.flag & 0xF04:
                continue
            start, end = read.reference_start, read.reference_start + read.template_length
            fragments[read.reference_name][start:end] += 1
            middle = (start + end) // 2
            if middle < SIZES[read.reference_name]:
                midpoints[read.reference_name][middle] += 1
    assert sum(f.sum() for f in fragments.values()) > 0
    for mode, expected in (("fragment", fragments), ("midpoint", midpoints)):
        for chrom, counts in bam_coverage(bam, ReadCounting(stranded=False, pairedend=mode)):
            np.testing.assert_array_equal(counts[:, 0], expected[chrom])


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.9999])
def test_a_truncated_file_is_never_counted(bam: Path, share: float) -> None:
    data = bam.read_bytes()
    bam.write_bytes(data[: int(share * len(data))])
    with pytest.raises(TruncatedFileError, match=r"random\.bam"):
        list(bam_coverage(bam, ReadCounting()))


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_bit_gives_an_error_or_the_right_answer(bam: Path, seed: int) -> None:
    expected = dict(bam_coverage(bam, ReadCounting()))
    data = bytearray(bam.read_bytes())
    rng = np.random.default_rng(seed)
    data[rng.integers(len(data))] ^= 1 << rng.integers(8)
    bam.write_bytes(bytes(data))
    try:
        found = dict(bam_coverage(bam, ReadCounting()))
    except InputFileError:
        return
    for chrom, counts in found.items():
        np.testing.assert_array_equal(counts, expected[chrom])


def test_unsorted_reads_are_refused(bam: Path, tmp_path: Path) -> None:
    pysam.sort("-n", "-o", str(tmp_path / "names.bam"), str(bam))
    with pytest.raises(InputFileError, match="samtools sort"):
        list(bam_coverage(tmp_path / "names.bam", ReadCounting()))
    with pytest.raises(InputFileError, match="samtools sort"):
        ensure_index(tmp_path / "names.bam")


def test_an_index_is_made_and_kept(bam: Path) -> None:
    index = ensure_index(bam)
    made = index.stat().st_mtime_ns
    assert ensure_index(bam).stat().st_mtime_ns == made
    assert pysam.AlignmentFile(str(bam)).has_index()


def test_templates_of_single_reads_are_refused(tmp_path: Path) -> None:
    single = write_bam(tmp_path / "single.bam", np.random.default_rng(1), ["50M"], paired=False)
    with pytest.raises(DataError, match="no paired reads"):
        list(bam_coverage(single, ReadCounting(pairedend="midpoint")))


@pytest.mark.parametrize("content", [b"", b"chr1\t1\t2\n", b"\x1f\x8b\x08\x00" + bytes(60)])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bam").write_bytes(content)
    with pytest.raises(InputFileError, match=r"a\.bam"):
        bam_sizes(tmp_path / "a.bam")


@pytest.mark.real
def test_the_yeast_reads_are_those_of_bedtools(yeast: Path) -> None:
    path = yeast / "signal/ATAC_SRR1822137.bam"
    found = dict(bam_coverage(path, ReadCounting()))
    for strand, column in (("+", 0), ("-", 1)):
        for chrom, counts in _bedtools(path, strand).items():
            np.testing.assert_array_equal(found[chrom][:, column], counts)
    assert sum(c.sum() for c in found.values()) == 935_816


def test_the_oracles_are_installed() -> None:
    assert shutil.which("bedtools")
    assert shutil.which("samtools")
