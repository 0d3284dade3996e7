"""Damaged FASTA files and indices: an error of ours or the right answer, and nothing else."""

import gzip
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pysam
import pytest

from jangdan.errors import InputFileError
from jangdan.formats.fasta.reader import fasta_sizes, fetch_codes, read_fasta, write_fasta

LENGTHS = {"chr1": 2003, "chr2": 60, "chr3": 1, "chr4": 301}
WANTED = {"chr1": np.array([[0, 70], [1000, 1300], [1990, 2003]]), "chr4": np.array([[290, 400]])}
FLIPS, CUTS = 300, 60


# plain gzip has no index
WITH_INDEX = pytest.mark.parametrize("fasta", ["plain", "bgzip"], indirect=True)


@pytest.fixture(params=["plain", "gzip", "bgzip"])
def fasta(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for places in ("_PlainPlaces", "_BgzfPlaces"):
        monkeypatch.setattr(f"jangdan.formats.random_access.{places}.seek_cost", 0)
    rng = np.random.default_rng(3)
    path = tmp_path / "g.fa"
    write_fasta(path, [(name, "".join(rng.choice(list("ACGTN"), length))) for name, length in LENGTHS.items()])
    if request.param == "plain":
        return path
    packed = tmp_path / "g.fa.gz"
    if request.param == "gzip":
        packed.write_bytes(gzip.compress(path.read_bytes()))
    else:
        pysam.tabix_compress(str(path), str(packed))
    return packed


def _damaged(raw: bytes) -> Iterator[bytes]:
    rng = np.random.default_rng(5)
    for _ in range(FLIPS):
        flipped = bytearray(raw)
        flipped[int(rng.integers(len(raw)))] ^= 1 << int(rng.integers(8))
        yield bytes(flipped)
    for length in rng.integers(0, len(raw), CUTS):
        yield raw[:length]


def _each(path: Path) -> Iterator[tuple[str, int, np.ndarray]]:
    return (piece for pieces in fetch_codes(path, WANTED) for piece in pieces.each())


def _fetched(path: Path) -> dict[tuple[str, int], bytes]:
    """Return the codes of each wanted stretch, whether it came alone or with its contig."""
    found = {}
    for name, first, codes in _each(path):
        for start, end in WANTED[name].tolist():
            if first <= start < first + len(codes):
                found[name, start] = codes[start - first : end - first].tobytes()
    return found


def _read(path: Path) -> dict[str, bytes]:
    return {name: codes.tobytes() for name, codes in read_fasta(path)}


def _or_refused(action: Callable[[Path], object], path: Path) -> object:
    try:
        return action(path)
    except InputFileError as error:
        named = error.path
    assert Path(named).name.startswith("g.fa")
    return None


@WITH_INDEX
def test_a_damaged_index_gives_an_error_or_the_right_answer(fasta: Path) -> None:
    subprocess.run(["samtools", "faidx", str(fasta)], check=True, capture_output=True)
    index, sizes, letters = Path(f"{fasta}.fai"), fasta_sizes(fasta), _fetched(fasta)
    assert sizes == LENGTHS
    assert len(letters) == 4
    refused = 0
    for raw in _damaged(index.read_bytes()):
        index.write_bytes(raw)
        os.utime(index, (fasta.stat().st_mtime + 10,) * 2)
        found = _or_refused(fasta_sizes, fasta)
        assert found in (None, sizes)
        assert _or_refused(_fetched, fasta) in (None, letters)
        refused += found is None
    assert refused > (FLIPS + CUTS) * 0.9


def test_a_damaged_file_gives_an_error_or_an_answer(fasta: Path) -> None:
    right, packed = _read(fasta), fasta.suffix == ".gz"
    for raw in _damaged(fasta.read_bytes()):
        fasta.write_bytes(raw)
        found, sizes = _or_refused(_read, fasta), _or_refused(fasta_sizes, fasta)
        if packed:
            # checksums tell: what is read is right
            assert found in (None, right)
            assert sizes in (None, LENGTHS)


@WITH_INDEX
def test_a_file_damaged_beneath_its_index_gives_an_error_or_letters_of_the_right_place(fasta: Path) -> None:
    subprocess.run(["samtools", "faidx", str(fasta)], check=True, capture_output=True)
    right, index = _fetched(fasta), Path(f"{fasta}.fai")
    for raw in _damaged(fasta.read_bytes()):
        fasta.write_bytes(raw)
        os.utime(index, (fasta.stat().st_mtime + 10,) * 2)
        found = _or_refused(_fetched, fasta)
        if isinstance(found, dict):
            assert {place: len(codes) for place, codes in found.items()} == {p: len(c) for p, c in right.items()}
            wrong = sum(a != b for place in right for a, b in zip(found[place], right[place], strict=True))
            # a flipped bit changes one letter of plain text at most
            assert wrong <= (fasta.suffix == ".fa")
