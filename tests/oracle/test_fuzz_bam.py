"""Damaged BAMs and indices: hundreds of them give an error or the right counts, and nothing else."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pysam
import pytest

from jangdan.errors import JangdanError
from jangdan.formats.bam.coverage import ReadCounting, bam_coverage
from jangdan.formats.bam.index import ensure_index

SIZES = {"chr1": 300_000, "chr2": 90_000, "chr3": 40_000}
N_READS = 4000
COUNTING = ReadCounting()
ROI = {
    "chr1": np.array([[0, 300], [16_000, 17_000], [120_000, 120_400], [299_000, 300_000]]),
    "chr2": np.array([[50_000, 50_600]]),
    "chr3": np.array([[39_000, 40_000]]),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    header = pysam.AlignmentHeader.from_dict(
        {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": c, "LN": n} for c, n in SIZES.items()]}
    )
    path = tmp_path_factory.mktemp("fuzz") / "sound.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number, size in enumerate(SIZES.values()):
            n = N_READS * size // sum(SIZES.values())
            for i, start in enumerate(np.sort(rng.integers(0, size - 100, n)).tolist()):
                read = pysam.AlignedSegment(header)
                read.query_name, read.reference_id, read.reference_start = f"read{number}_{i}", number, start
                read.cigarstring = str(rng.choice(["50M", "20M30N30M", "10S40M"]))
                read.query_sequence = "".join(rng.choice(list("ACGT"), 50))
                read.query_qualities = pysam.qualitystring_to_array("".join(map(chr, rng.integers(35, 70, 50))))
                read.flag, read.mapping_quality = int(rng.choice([0, 16, 1024])), int(rng.integers(60))
                out.write(read)
    return path


@pytest.fixture(scope="module")
def expected(sound: Path) -> dict[str, np.ndarray]:
    """Counts of a plain loop over the sound file."""
    counts = {chrom: np.zeros((size, 2), dtype=int) for chrom, size in SIZES.items()}
    with pysam.AlignmentFile(str(sound)) as reads:
        for read in reads:
            if not read.is_duplicate:
                place = read.reference_end - 1 if read.is_reverse else read.reference_start
                counts[read.reference_name][place, int(read.is_reverse)] += 1
    return counts


def _cut(data: bytearray, rng: np.random.Generator) -> None:
    del data[int(rng.integers(len(data))) :]


def _flip(data: bytearray, rng: np.random.Generator) -> None:
    data[rng.integers(len(data))] ^= 1 << rng.integers(8)


def _overwrite(data: bytearray, rng: np.random.Generator) -> None:
    at = int(rng.integers(len(data)))
    data[at : at + 8] = rng.bytes(min(8, len(data) - at))


def _drop(data: bytearray, rng: np.random.Generator) -> None:
    at = int(rng.integers(len(data)))
    del data[at : at + int(rng.integers(1, 2000))]


def _assert_right(pieces: list[tuple[str, int, np.ndarray]], expected: dict[str, np.ndarray], n_pieces: int) -> None:
    assert len(pieces) >= n_pieces
    for chrom, start, counts in pieces:
        np.testing.assert_array_equal(counts, expected[chrom][start : start + len(counts)])


@pytest.mark.parametrize(("damage", "times"), [(_cut, 100), (_flip, 200), (_overwrite, 50), (_drop, 50)])
def test_a_damaged_bam_gives_an_error_or_the_right_counts(
    sound: Path,
    expected: dict[str, np.ndarray],
    damage: Callable[[bytearray, np.random.Generator], None],
    times: int,
    tmp_path: Path,
) -> None:
    path, rng, refused = tmp_path / "damaged.bam", np.random.default_rng(7), 0
    for _ in range(times):
        data = bytearray(sound.read_bytes())
        damage(data, rng)
        path.write_bytes(data)
        try:
            pieces = list(bam_coverage(path, COUNTING))
        except JangdanError as error:
            refused += "damaged.bam" in str(error)
            continue
        _assert_right(pieces, expected, len(SIZES))
    # what is let through are bytes that mean nothing, such as a block's date
    assert refused >= 0.85 * times


@pytest.mark.parametrize("suffix", [".bai", ".csi"])
@pytest.mark.parametrize(("damage", "times"), [(_cut, 60), (_flip, 300), (_overwrite, 60), (_drop, 30)])
def test_a_damaged_index_gives_an_error_or_the_right_counts(
    sound: Path,
    expected: dict[str, np.ndarray],
    suffix: str,
    damage: Callable[[bytearray, np.random.Generator], None],
    times: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, rng = tmp_path / "sound.bam", np.random.default_rng(8)
    path.write_bytes(sound.read_bytes())
    index = Path(f"{path}{suffix}")
    pysam.index(*(["-c"] if suffix == ".csi" else []), "-o", str(index), str(path))
    whole = index.read_bytes()
    monkeypatch.setattr("jangdan.formats.bam.index.LARGEST_SHARE", 100)
    _assert_right(list(bam_coverage(path, COUNTING, roi=ROI)), expected, 6)
    for _ in range(times):
        data = bytearray(whole)
        damage(data, rng)
        index.write_bytes(data)
        try:
            pieces = list(bam_coverage(path, COUNTING, roi=ROI))
        except JangdanError:
            continue
        _assert_right(pieces, expected, len(ROI))


@pytest.mark.parametrize("damage", [_cut, _flip, _drop])
def test_a_damaged_bam_read_by_its_index_gives_an_error_or_the_right_counts(
    sound: Path,
    expected: dict[str, np.ndarray],
    damage: Callable[[bytearray, np.random.Generator], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, rng = tmp_path / "damaged.bam", np.random.default_rng(9)
    path.write_bytes(sound.read_bytes())
    index = ensure_index(path)
    monkeypatch.setattr("jangdan.formats.bam.index.LARGEST_SHARE", 100)
    for _ in range(60):
        data = bytearray(sound.read_bytes())
        damage(data, rng)
        path.write_bytes(data)
        os.utime(index)
        try:
            pieces = list(bam_coverage(path, COUNTING, roi=ROI))
        except JangdanError:
            continue
        _assert_right(pieces, expected, len(ROI))
