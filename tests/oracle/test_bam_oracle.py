"""BAM and CRAM counts against bedtools, samtools and a plain pysam loop, on random and on real files."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pysam
import pytest

from jangdan.errors import DataError, InputFileError, MissingFileError, OptionError, TruncatedFileError
from jangdan.formats.bam.coverage import ReadCounting, bam_coverage, bam_sizes
from jangdan.formats.bam.index import ensure_index, plan
from tests.oracle.conftest import SIZES, write_bam

FIRST_CIGARS = ["50M", "20M5D30M", "10M3I37M", "5S45M", "20M100N30M", "30M20H"]


@pytest.fixture(params=[1, 2, 3])
def bam(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_bam(tmp_path / "random.bam", np.random.default_rng(request.param), FIRST_CIGARS)


def _whole(path: Path, counting: ReadCounting, resolution: int = 1) -> dict[str, np.ndarray]:
    """Return contig -> counts of the linear pass, which yields every contig whole."""
    pieces = list(bam_coverage(path, counting, resolution=resolution))
    assert all(start == 0 for _, start, _ in pieces)
    return {contig: counts for contig, _, counts in pieces}


def _bedtools(bam: Path, strand: str) -> dict[str, np.ndarray]:
    command = ["bedtools", "genomecov", "-5", "-strand", strand, "-dz", "-ibam", str(bam)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    counts = {chrom: np.zeros(size, dtype=int) for chrom, size in bam_sizes(bam).items()}
    for line in out.splitlines():
        chrom, position, n = line.split("\t")
        counts[chrom][int(position)] = int(n)
    return counts


def _depth(bam: Path, options: list[str]) -> dict[str, np.ndarray]:
    out = subprocess.run(["samtools", "depth", "-aa", *options, str(bam)], capture_output=True, text=True, check=True)
    counts = {chrom: np.zeros(size, dtype=int) for chrom, size in bam_sizes(bam).items()}
    for line in out.stdout.splitlines():
        chrom, position, n = line.split("\t")
        counts[chrom][int(position) - 1] = int(n)
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
    found = _whole(bam, keep)
    assert list(found) == list(SIZES)
    for chrom, counts in expected.items():
        np.testing.assert_array_equal(found[chrom][:, column], counts)


@pytest.mark.parametrize("counting", [ReadCounting(), ReadCounting(min_mapq=20), ReadCounting(shift=(4, -5))])
def test_counts_are_those_of_a_plain_loop(bam: Path, counting: ReadCounting) -> None:
    expected = _naive(bam, counting, SIZES)
    for chrom, counts in _whole(bam, counting).items():
        np.testing.assert_array_equal(counts, expected[chrom])


def test_bins_are_sums_of_bases(bam: Path) -> None:
    for mode in ("5prime", "midpoint", "fragment", "coverage"):
        counting = ReadCounting(stranded=False, pairedend=mode)
        whole = _whole(bam, counting)
        for chrom, bins in _whole(bam, counting, 7).items():
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
        for chrom, counts in _whole(bam, ReadCounting(stranded=False, pairedend=mode)).items():
            np.testing.assert_array_equal(counts[:, 0], expected[chrom])


@pytest.mark.parametrize("min_mapq", [0, 30])
def test_coverage_is_that_of_samtools_depth(bam: Path, min_mapq: int) -> None:
    expected = _depth(bam, ["-Q", str(min_mapq)])
    counting = ReadCounting(stranded=False, pairedend="coverage", min_mapq=min_mapq, keep_supplementary=True)
    for chrom, counts in _whole(bam, counting).items():
        np.testing.assert_array_equal(counts[:, 0], expected[chrom])
    stranded = ReadCounting(pairedend="coverage", min_mapq=min_mapq, keep_supplementary=True)
    for chrom, counts in _whole(bam, stranded).items():
        np.testing.assert_array_equal(counts.sum(axis=1), expected[chrom])


def test_an_alignment_of_very_many_operations_is_covered_where_it_is_aligned(tmp_path: Path) -> None:
    # past 65,535 operations the CIGAR moves into the CG tag, and a skip of the whole length stands in its place
    header = pysam.AlignmentHeader.from_dict({"HD": {"SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": 300_000}]})
    read = pysam.AlignedSegment(header)
    read.query_name, read.reference_id, read.reference_start, read.mapping_quality = "long", 0, 100, 60
    read.cigartuples = [(0, 1), (2, 2)] * 40_000 + [(0, 5)]
    read.query_sequence = "A" * 40_005
    read.set_tag("XA", list(range(5)))
    read.set_tag("XZ", "text")
    with pysam.AlignmentFile(str(tmp_path / "long.bam"), "wb", header=header) as out:
        out.write(read)
    expected = _depth(tmp_path / "long.bam", [])
    assert expected["chr1"].sum() == 40_005
    found = _whole(tmp_path / "long.bam", ReadCounting(stranded=False, pairedend="coverage"))
    np.testing.assert_array_equal(found["chr1"][:, 0], expected["chr1"])


def test_a_record_larger_than_the_buffer_is_read(tmp_path: Path) -> None:
    header = pysam.AlignmentHeader.from_dict({"HD": {"SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": 3000}]})
    with pysam.AlignmentFile(str(tmp_path / "large.bam"), "wb", header=header) as out:
        for start in (10, 20, 30):
            read = pysam.AlignedSegment(header)
            read.query_name, read.reference_id, read.reference_start, read.cigarstring = "r", 0, start, "10M"
            read.query_sequence = "ACGTACGTAC"
            read.set_tag("XZ", "x" * 9_000_000)
            out.write(read)
    assert np.flatnonzero(_whole(tmp_path / "large.bam", ReadCounting())["chr1"][:, 0]).tolist() == [10, 20, 30]


def test_a_file_without_reads_has_zeros_in_every_mode(tmp_path: Path) -> None:
    empty = write_bam(tmp_path / "empty.bam", np.random.default_rng(1), ["50M"], n=0)
    for mode in ("5prime", "midpoint", "fragment", "coverage"):
        found = _whole(empty, ReadCounting(pairedend=mode))
        assert {chrom: counts.shape for chrom, counts in found.items()} == {c: (n, 2) for c, n in SIZES.items()}
        assert not any(counts.any() for counts in found.values())


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.9999])
def test_a_truncated_file_is_never_counted(bam: Path, share: float) -> None:
    data = bam.read_bytes()
    bam.write_bytes(data[: int(share * len(data))])
    with pytest.raises(TruncatedFileError, match=r"random\.bam"):
        list(bam_coverage(bam, ReadCounting()))


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


BIG = {"chr1": 900_000, "chr2": 70_001, "bare": 50_000, "chr3": 400_000}


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BAM of many blocks and index windows, with spliced reads far longer than a window."""
    rng = np.random.default_rng(11)
    header = pysam.AlignmentHeader.from_dict(
        {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": c, "LN": n} for c, n in BIG.items()]}
    )
    path = tmp_path_factory.mktemp("big") / "big.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number, (chrom, size) in enumerate(BIG.items()):
            n = 0 if chrom == "bare" else size // 30
            # no read starts in the middle third of chr1: its index windows there are empty
            starts = rng.integers(0, size - 60, n)
            starts = starts[(starts < 300_000) | (starts > 600_000)] if chrom == "chr1" else starts
            for start in np.sort(starts).tolist():
                read = pysam.AlignedSegment(header)
                read.query_name, read.reference_id, read.reference_start = f"r{start}", number, start
                skip = int(min(rng.choice([0, 0, 0, 0, 0, 0, 0, 200, 60_000], p=None), size - 60 - start))
                read.cigarstring = f"20M{skip}N20M10S" if skip else "36M14S"
                read.query_sequence = "".join(rng.choice(list("ACGT"), 50))
                read.query_qualities = pysam.qualitystring_to_array("".join(map(chr, rng.integers(35, 70, 50))))
                read.flag, read.mapping_quality = int(rng.choice([0, 16, 0x400, 4])), int(rng.integers(60))
                out.write(read)
    return path


def _stretches(rng: np.random.Generator, resolution: int) -> dict[str, np.ndarray]:
    """Draw sorted stretches apart from each other, some past the contig's end, and a contig that is in no file."""
    roi = {}
    for chrom, size in (*BIG.items(), ("other", 1000)):
        marks = np.unique(rng.integers(0, size // resolution + 9, 8))[: 2 * int(rng.integers(0, 4))]
        marks = marks[: len(marks) // 2 * 2].reshape(-1, 2) * resolution
        ends = marks[:, 1] - rng.integers(0, resolution, len(marks))
        roi[chrom] = np.stack([marks[:, 0], np.maximum(ends, marks[:, 0] + 1)], axis=1).astype(np.int64)
    return roi


def _assert_pieces(path: Path, counting: ReadCounting, resolution: int, roi: Mapping[str, np.ndarray]) -> int:
    """Compare the pieces of `roi` with the whole contigs; return how many pieces came from within a contig."""
    whole, seen = _whole(path, counting, resolution), {chrom: [] for chrom in roi}
    for chrom, start, values in bam_coverage(path, counting, resolution=resolution, roi=roi):
        first = start // resolution
        np.testing.assert_array_equal(values, whole[chrom][first : first + len(values)])
        seen[chrom].append((start, start + len(values) * resolution))
    for chrom, bounds in roi.items():
        size = bam_sizes(path).get(chrom, 0)
        for start, end in bounds.tolist():
            if start < size:
                assert any(low <= start and min(end, size) <= high for low, high in seen[chrom]), (chrom, start, end)
    return sum(low > 0 for pieces in seen.values() for low, _ in pieces)


@pytest.mark.parametrize("suffix", [".bai", ".csi"])
@pytest.mark.parametrize(
    ("counting", "resolution"),
    [
        (ReadCounting(), 1),
        (ReadCounting(stranded=False, shift=(75, -40_000), keep_duplicates=True), 7),
        (ReadCounting(shift=(-5, 9), min_mapq=20), 10),
        (ReadCounting(pairedend="coverage"), 1),
        (ReadCounting(pairedend="coverage", stranded=False), 50),
    ],
)
def test_stretches_read_by_the_index_are_those_of_the_linear_pass(
    big: Path, suffix: str, counting: ReadCounting, resolution: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for old in (Path(f"{big}.bai"), Path(f"{big}.csi")):
        old.unlink(missing_ok=True)
    pysam.index(*(["-c"] if suffix == ".csi" else []), "-o", f"{big}{suffix}", str(big))
    monkeypatch.setattr("jangdan.formats.bam.index.LARGEST_SHARE", 100)
    rng = np.random.default_rng(5)
    by_index = sum(_assert_pieces(big, counting, resolution, _stretches(rng, resolution)) for _ in range(6))
    assert by_index > 5


def test_few_stretches_are_read_by_the_index_and_many_are_not(big: Path) -> None:
    ensure_index(big)
    few = {"chr1": np.array([[100_000, 100_200]])}
    assert plan(big, BIG, few)
    assert _assert_pieces(big, ReadCounting(), 1, few) == 1
    assert plan(big, BIG, {chrom: np.array([[0, size]]) for chrom, size in BIG.items()}) is None
    # a template may reach a stretch from any distance
    pairs = ReadCounting(pairedend="fragment")
    with pytest.raises(DataError, match="paired"):
        list(bam_coverage(big, pairs, roi=few))


@pytest.mark.parametrize("fault", ["stale", "empty", "foreign", "cut", "unindexed"])
def test_an_index_that_cannot_be_trusted_is_passed_over(
    big: Path, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.bam"
    shutil.copy(big, path)
    index = ensure_index(path)
    if fault == "stale":
        other = write_bam(tmp_path / "other.bam", np.random.default_rng(1), FIRST_CIGARS)
        shutil.copy(ensure_index(other), index)
        os.utime(index, (1, 1))
    elif fault == "foreign":
        other = write_bam(tmp_path / "other.bam", np.random.default_rng(1), FIRST_CIGARS)
        shutil.copy(ensure_index(other), index)
    elif fault == "unindexed":
        index.unlink()
    else:
        index.write_bytes(index.read_bytes()[: 0 if fault == "empty" else -40])
    roi = {"chr1": np.array([[100_000, 100_200]]), "chr3": np.array([[7_000, 7_100]])}
    assert _assert_pieces(path, ReadCounting(), 1, roi) in (0, 2)


def _cram(bam: Path, path: Path, *options: str) -> Path:
    """Write a reference that the reads fit, and the BAM as CRAM with it; return the reference."""
    reference, rng = path.with_suffix(".fa"), np.random.default_rng(0)
    bases = {chrom: "".join(rng.choice(list("ACGT"), size)) for chrom, size in bam_sizes(bam).items()}
    reference.write_text("".join(f">{chrom}\n{text}\n" for chrom, text in bases.items()))
    command = ["samtools", "view", "-C", "-T", str(reference), *options, "-o", str(path), str(bam)]
    subprocess.run(command, check=True, capture_output=True)
    return reference


@pytest.mark.parametrize("mode", ["5prime", "midpoint", "fragment", "coverage"])
def test_a_cram_has_the_counts_of_its_bam(bam: Path, tmp_path: Path, mode: str) -> None:
    reference = _cram(bam, tmp_path / "a.cram")
    counting = ReadCounting(pairedend=mode, min_mapq=10)
    expected = _whole(bam, counting)
    assert bam_sizes(tmp_path / "a.cram") == SIZES
    pieces = list(bam_coverage(tmp_path / "a.cram", counting, reference=str(reference)))
    assert [chrom for chrom, _, _ in pieces] == list(SIZES)
    for chrom, start, counts in pieces:
        assert start == 0
        np.testing.assert_array_equal(counts, expected[chrom])


def test_a_cram_without_its_reference_is_refused_or_right(bam: Path, tmp_path: Path) -> None:
    reference = _cram(bam, tmp_path / "a.cram")
    reference.unlink()
    with pytest.raises(InputFileError, match="reference"):
        list(bam_coverage(tmp_path / "a.cram", ReadCounting()))
    with pytest.raises(MissingFileError, match=r"a\.fa"):
        list(bam_coverage(tmp_path / "a.cram", ReadCounting(), reference=str(reference)))
    wrong = tmp_path / "wrong.fa"
    wrong.write_text("".join(f">{chrom}\n{'A' * size}\n" for chrom, size in SIZES.items()))
    with pytest.raises(InputFileError, match=r"a\.cram"):
        list(bam_coverage(tmp_path / "a.cram", ReadCounting(), reference=str(wrong)))


def test_a_cram_with_its_reference_embedded_needs_none(bam: Path, tmp_path: Path) -> None:
    _cram(bam, tmp_path / "a.cram", "--output-fmt-option", "embed_ref=1").unlink()
    expected = _whole(bam, ReadCounting())
    for chrom, _, counts in bam_coverage(tmp_path / "a.cram", ReadCounting()):
        np.testing.assert_array_equal(counts, expected[chrom])


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_truncated_cram_is_refused(bam: Path, tmp_path: Path, share: float) -> None:
    reference = _cram(bam, tmp_path / "a.cram")
    data = (tmp_path / "a.cram").read_bytes()
    (tmp_path / "a.cram").write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputFileError, match=r"a\.cram"):
        list(bam_coverage(tmp_path / "a.cram", ReadCounting(), reference=str(reference)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pairedend": "middle"}, "pairedend='middle'"),
        ({"min_mapq": -1}, "min_mapq=-1"),
        ({"shift": (4,)}, "shift="),
        ({"shift": (0.5, 0)}, "shift="),
        ({"shift": (4, -5), "pairedend": "coverage"}, "shift="),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        ReadCounting(**options)


def test_a_resolution_below_one_is_refused(bam: Path) -> None:
    with pytest.raises(OptionError, match="resolution=0"):
        list(bam_coverage(bam, ReadCounting(), resolution=0))


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
    found = _whole(path, ReadCounting())
    for strand, column in (("+", 0), ("-", 1)):
        for chrom, counts in _bedtools(path, strand).items():
            np.testing.assert_array_equal(found[chrom][:, column], counts)
    assert sum(c.sum() for c in found.values()) == 935_816


def test_the_oracles_are_installed() -> None:
    assert shutil.which("bedtools")
    assert shutil.which("samtools")
