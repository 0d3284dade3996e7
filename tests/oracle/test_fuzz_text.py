"""Damaged text: of bedGraph and, by the same reader, of every BED; and of the memo of digests."""

import contextlib
import gzip
from pathlib import Path

import numpy as np
import pytest

from jangdan.errors import InputFileError, JangdanError
from jangdan.files import file_digests
from jangdan.formats.bedgraph import read_bedgraph_pieces


def _read(path: Path) -> list[float]:
    return [v for _, _, values in read_bedgraph_pieces(path, chromsizes={"chr1": 100}) for v in values[:, 0].tolist()]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_flipped_bits_of_a_bedgraph_are_refused_or_read(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(1)
    text = "".join(f"chr1\t{i}\t{i + 1}\t{rng.integers(9)}\n" for i in range(100)).encode()
    whole, path = gzip.compress(text) if suffix else text, tmp_path / f"s.bedgraph{suffix}"
    for _ in range(100):
        flipped = bytearray(whole)
        flipped[int(rng.integers(len(whole)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(flipped)
        with contextlib.suppress(JangdanError):
            _read(path)


@pytest.mark.parametrize(
    "line",
    [
        "chr1\t1\t99999999999999999999\t1",
        "chrOther\t1\t99999999999999999999\t1",
        "chr1\t1\x002\t50\t1",
        "chr1\t1\t50\t1\x002",
    ],
)
def test_numbers_that_are_none_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "s.bedgraph").write_text(line + "\n")
    with pytest.raises(InputFileError, match=r"s\.bedgraph"):
        _read(tmp_path / "s.bedgraph")


@pytest.mark.parametrize("text", ["[1, 2]", "7", '{"PATH": 3}', '{"PATH": []}', "null"])
def test_a_damaged_memo_of_digests_is_made_again(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "memo.json").write_text(text.replace("PATH", str(tmp_path / "a")))
    assert file_digests([tmp_path / "a"], tmp_path / "memo.json")[0].startswith("2d711642b726b044")
