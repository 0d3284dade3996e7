"""Fragment files that are damaged, or not what they should be."""

import gzip
from pathlib import Path

import numpy as np
import pysam
import pytest

from jangdan.errors import InputFileError, JangdanError, OptionError
from jangdan.formats.fragments import FragmentCounting
from tests.oracle.test_fragments_oracle import _check_damaged, _naive, _random_rows, _read, _write


@pytest.mark.parametrize("suffix", [".tsv", ".tsv.gz"])
def test_flipped_bits_give_an_error_or_the_right_counts(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(14)
    whole = _write(tmp_path / f"whole{suffix}", _random_rows(rng, 80)).read_bytes()
    for _ in range(60):
        flipped = bytearray(whole)
        flipped[int(rng.integers(len(whole)))] ^= 1 << int(rng.integers(8))
        _check_damaged(tmp_path / f"flip{suffix}", bytes(flipped))


@pytest.mark.parametrize("end", ["99999999999999999999", "9223372036854775808"])
@pytest.mark.parametrize("chrom", ["chr1", "chrUnknown"])
def test_coordinates_too_large_for_int64_are_refused(tmp_path: Path, end: str, chrom: str) -> None:
    (tmp_path / "f.tsv").write_text(f"{chrom}\t1\t{end}\tc\t1\n")
    with pytest.raises(InputFileError, match=r"f\.tsv, line 1"):
        _read(tmp_path / "f.tsv", FragmentCounting())


@pytest.mark.parametrize("line", ["chr1\t1\x002\t50\tc\t1", "chr1\x002\t1\t50\tc\t1"])
def test_nul_bytes_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "f.tsv").write_text(line + "\n")
    with pytest.raises(InputFileError, match=r"f\.tsv"):
        _read(tmp_path / "f.tsv", FragmentCounting())


def test_counts_too_large_for_uint32_are_refused(tmp_path: Path) -> None:
    (tmp_path / "f.tsv").write_text("chr1\t1\t5\tc\t99999999999\n")
    with pytest.raises(JangdanError, match=r"f\.tsv"):
        _read(tmp_path / "f.tsv", FragmentCounting(use_counts=True))


@pytest.mark.parametrize("text", ["", "# only\n# notes\n"])
def test_a_file_without_fragments_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.tsv").write_text(text)
    with pytest.raises(InputFileError, match=r"f\.tsv: holds no fragment"):
        _read(tmp_path / "f.tsv", FragmentCounting())


@pytest.mark.parametrize("head", ["#a\n\n", "chr1\t1\t5\tc\t1\n\n"])
def test_a_line_after_a_blank_one_is_named_rightly(tmp_path: Path, head: str) -> None:
    (tmp_path / "f.tsv").write_text(head + "chr1\t1\tx\tc\t1\n")
    with pytest.raises(InputFileError, match=r"f\.tsv, line 3"):
        _read(tmp_path / "f.tsv", FragmentCounting())


def test_more_columns_do_not_matter(tmp_path: Path) -> None:
    # some tools write the strand as a sixth column
    (tmp_path / "f.tsv").write_text("chr1\t1\t5\tc\t1\t+\nchr1\t1\t7\tc\t1\t-\n")
    assert _read(tmp_path / "f.tsv", FragmentCounting()) == _naive(
        [("chr1", 1, 5, "c", 1), ("chr1", 1, 7, "c", 1)], FragmentCounting()
    )


def test_a_bgzip_file_cut_between_blocks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.tsv.gz"
    with pysam.BGZFile(str(path), "wb") as out:
        for part in range(4):
            out.write("".join(f"chr1\t{i}\t{i + 5}\tc\t1\n" for i in range(part * 700, part * 700 + 700)).encode())
            out.flush()
    whole = path.read_bytes()
    assert len(gzip.decompress(whole)) > 40_000
    size = int.from_bytes(whole[16:18], "little") + 1  # BSIZE of the first block (SAM specification, 4.1)
    path.write_bytes(whole[:size])
    with pytest.raises(InputFileError, match=r"f\.tsv\.gz"):
        _read(path, FragmentCounting())


def test_barcodes_as_a_string_and_a_shift_of_fractions_are_refused() -> None:
    with pytest.raises(OptionError, match="barcodes"):
        FragmentCounting(barcodes="AAAC-1")
    with pytest.raises(OptionError, match="shift"):
        FragmentCounting(shift=(1.5, 2))  # type: ignore[arg-type]
