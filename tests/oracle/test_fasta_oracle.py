"""FASTA, whole and by place, against samtools, Biopython and pysam; and what is refused."""

import gzip
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pysam
import pytest
from Bio import SeqIO

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.formats.fasta.reader import (
    Pieces,
    ensure_faidx,
    fasta_sizes,
    fetch_codes,
    read_fasta,
    read_fasta_pieces,
    write_fasta,
)
from jangdan.formats.genome import Genome
from jangdan.sequence.alphabet import PROTEIN, RNA
from jangdan.sequence.encode import decode, encode, reverse_complement

LENGTHS = {"chr1": 1003, "chr2 with words > and more": 60, "chrM": 1, "chr3": 12_001}


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    path = tmp_path / "g.fa"
    records = [(name, "".join(rng.choice(list("ACGTacgtNRY"), length))) for name, length in LENGTHS.items()]
    write_fasta(path, records)
    return path


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the index be used for small files, too."""
    for places in ("_PlainPlaces", "_BgzfPlaces"):
        monkeypatch.setattr(f"jangdan.formats.random_access.{places}.seek_cost", 0)


def _biopython(path: Path) -> dict[str, str]:
    with open(path) as stream:
        return {r.id: str(r.seq) for r in SeqIO.parse(stream, "fasta")}


def _plain(letters: str) -> str:
    return "".join(c if c in "ACGT" else "N" for c in letters.upper())


def _each(found: Iterable[Pieces]) -> Iterator[tuple[str, int, np.ndarray]]:
    return (piece for pieces in found for piece in pieces.each())


def _changed(fasta: Path, kind: str) -> Path:
    """Return the same sequences in another form."""
    raw, packed = fasta.read_bytes(), fasta.with_suffix(".fa.gz")
    if kind == "gzip":
        packed.write_bytes(gzip.compress(raw))
    elif kind == "members":
        packed.write_bytes(b"".join(gzip.compress(raw[i : i + 500]) for i in range(0, len(raw), 500)))
    elif kind == "bgzip":
        pysam.tabix_compress(str(fasta), str(packed))
    elif kind == "dos":
        fasta.write_bytes(raw.replace(b"\n", b"\r\n"))
    elif kind == "gaps":
        fasta.write_bytes(b"\n" + raw.replace(b"\n>", b"\n\n \n>"))
    elif kind == "open":
        fasta.write_bytes(raw.rstrip(b"\n"))
    return packed if packed.exists() else fasta


def _indexed(path: Path, *, fresh: bool = True) -> Path:
    subprocess.run(["samtools", "faidx", str(path)], check=True, capture_output=True)
    age = 10 if fresh else -10
    os.utime(f"{path}.fai", (path.stat().st_mtime + age,) * 2)
    return Path(f"{path}.fai")


@pytest.mark.parametrize("kind", ["plain", "gzip", "members", "bgzip", "dos", "gaps", "open"])
def test_sequences_are_those_of_biopython(fasta: Path, kind: str) -> None:
    expected = {name: _plain(letters) for name, letters in _biopython(fasta).items()}
    path = _changed(fasta, kind)
    assert {name: decode(codes) for name, codes in read_fasta(path)} == expected
    assert fasta_sizes(path) == {name: len(letters) for name, letters in expected.items()}


@pytest.mark.parametrize("kind", ["plain", "bgzip", "dos", "open"])
@pytest.mark.usefixtures("trusting")
def test_sizes_of_an_index_are_those_of_the_text(fasta: Path, kind: str) -> None:
    expected = {name: len(letters) for name, letters in _biopython(fasta).items()}
    path = _changed(fasta, kind)
    _indexed(path)
    assert fasta_sizes(path) == expected


@pytest.mark.usefixtures("trusting")
def test_an_index_older_than_its_file_is_not_read(fasta: Path) -> None:
    index = _indexed(fasta, fresh=False)
    age = index.stat().st_mtime
    index.write_text("chr1\t5\t6\t60\t61\n")
    os.utime(index, (age, age))
    assert fasta_sizes(fasta)["chr1"] == 1003
    assert ensure_faidx(fasta).stat().st_mtime > age


def test_chunk_borders_do_not_matter(fasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {name: _plain(letters) for name, letters in _biopython(fasta).items()}
    for size in (1, 2, 7, 61, 64):
        monkeypatch.setattr("jangdan.formats.fasta.scan._CHUNK", size)
        assert {name: decode(codes) for name, codes in read_fasta(fasta)} == expected
        assert fasta_sizes(fasta) == {name: len(letters) for name, letters in expected.items()}


def test_pieces_follow_each_other(fasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jangdan.formats.fasta.scan._CHUNK", 100)
    found: dict[str, str] = {}
    for name, start, codes in _each(read_fasta_pieces(fasta)):
        assert start == len(found.setdefault(name, ""))
        found[name] += decode(codes)
    assert found == {name: _plain(letters) for name, letters in _biopython(fasta).items()}


@pytest.mark.parametrize("kind", ["plain", "bgzip", "dos", "open"])
@pytest.mark.usefixtures("trusting")
def test_stretches_are_those_of_samtools(fasta: Path, kind: str) -> None:
    path, rng = _changed(fasta, kind), np.random.default_rng(0)
    _indexed(path)
    roi = {}
    for name, length in (("chr3", 12_001), ("chr1", 1003)):
        borders = np.sort(rng.choice(length + 50, 40, replace=False))
        roi[name] = np.append(borders, [length + 60, length + 70]).reshape(-1, 2)
    roi["absent"] = np.array([[0, 10]])
    expected = [(n, s, min(e, LENGTHS[n])) for n in ("chr1", "chr3") for s, e in roi[n].tolist() if s < LENGTHS[n]]
    pieces = list(_each(fetch_codes(path, roi)))
    assert [(name, start, start + len(codes)) for name, start, codes in pieces] == expected
    regions = [f"{name}:{start + 1}-{end}" for name, start, end in expected]
    for option, change in ((), lambda codes: codes), (("-i",), reverse_complement):
        said = subprocess.run(["samtools", "faidx", *option, str(path), *regions], check=True, capture_output=True)
        texts = ["".join(record.split("\n")[1:]) for record in said.stdout.decode().split(">")[1:]]
        assert [decode(change(codes)) for _, _, codes in pieces] == [_plain(text) for text in texts]


@pytest.mark.usefixtures("trusting")
def test_lines_of_a_whole_contig_are_read_in_part(tmp_path: Path) -> None:
    letters = "".join(np.random.default_rng(1).choice(list("ACGT"), 20_000))
    path = tmp_path / "long.fa"
    write_fasta(path, [("a", letters), ("b", "ACGT")], width=50_000)
    _indexed(path)
    roi = {"a": np.array([[0, 10], [7000, 7100], [19_990, 20_000]])}
    assert [decode(codes) for _, _, codes in _each(fetch_codes(path, roi))] == [
        letters[s:e] for s, e in roi["a"].tolist()
    ]


def test_without_an_index_whole_contigs_come(fasta: Path) -> None:
    pieces = list(_each(fetch_codes(_changed(fasta, "gzip"), {"chr1": np.array([[5, 9]])})))
    assert [(name, start, decode(codes)) for name, start, codes in pieces] == [
        ("chr1", 0, _plain(_biopython(fasta)["chr1"]))
    ]


def test_the_index_is_that_of_samtools(fasta: Path) -> None:
    made = ensure_faidx(fasta).read_text()
    subprocess.run(["samtools", "faidx", str(fasta), "--fai-idx", str(fasta) + ".ref"], check=True, capture_output=True)
    assert made == Path(f"{fasta}.ref").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("ACGT\n", "'>'"),
        (">a\nAC\n>a\nGT\n", "twice"),
        (">a\n>b\nAC\n", "'a' has no sequence"),
        (">a\nAC\n>b", "'b' has no sequence"),
        (">a\nAC\n>\nGT\n", "without a name"),
        (">a\nMKVLE\n", "protein"),
        (">a\nAC\n\nAC>GT\n", "line 4.*'>'"),
        (">a\nAC\x00GT\n", "line 2"),
    ],
)
def test_a_bad_fasta_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.fa").write_text(text)
    with pytest.raises(InputFileError, match=said) as caught:
        list(read_fasta(tmp_path / "bad.fa"))
    assert "bad.fa" in str(caught.value)


def test_each_alphabet_reads_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "x.fa"
    path.write_text(">a\nACGUacgu\n")
    assert dict(read_fasta(path))["a"].tolist() == dict(read_fasta(path, RNA))["a"].tolist() == [0, 1, 2, 3] * 2
    path.write_text(">p\nMKVLE*XU-\n")
    assert decode(dict(read_fasta(path, PROTEIN))["p"], PROTEIN) == "MKVLEXXXX"
    path.write_text(">p\nMK1\n")
    with pytest.raises(InputFileError, match="expected protein letters"):
        list(read_fasta(path, PROTEIN))


def test_a_name_may_come_twice_where_it_is_no_genome(tmp_path: Path) -> None:
    (tmp_path / "x.fa").write_text(">a\nAC\n>a\nGT\n")
    assert [decode(codes) for _, codes in read_fasta(tmp_path / "x.fa", unique=False)] == ["AC", "GT"]


@pytest.mark.parametrize("compress", ["gzip", "bgzip"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_truncated_compressed_data_are_refused(fasta: Path, compress: str, share: float) -> None:
    path = _changed(fasta, compress)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(TruncatedFileError, match="again"):
        list(read_fasta(path))
    with pytest.raises(TruncatedFileError, match="again"):
        fasta_sizes(path)


def test_damaged_compressed_data_are_refused(fasta: Path) -> None:
    for kind in ("gzip", "bgzip"):
        path = _changed(fasta, kind)
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 16
        path.write_bytes(raw)
        with pytest.raises(InputFileError, match=r"g\.fa\.gz.*(damaged|BGZF)"):
            list(read_fasta(path))
        path.unlink()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chr1\t1003\t6\t60", "four whole numbers"),
        ("chr1\t1003\t6\t60\tx", "four whole numbers"),
        ("chr1\t1003\t6\t60\t60", "cannot be"),
        ("chr2\t1003\t6\t60\t61", "again"),
        ("chr1\t1004\t6\t60\t61", "does not have"),
        ("chr1\t1002\t6\t60\t61", "does not have"),
        ("chr1\t1003\t7\t60\t61", "not its header"),
        ("chrX\t1003\t6\t60\t61", "not its header"),
        ("chr1\t1003\t6\t61\t62", "does not have"),
        ("chr1\t99999\t6\t60\t61", "no room"),
    ],
)
@pytest.mark.usefixtures("trusting")
def test_an_index_that_does_not_fit_is_refused(fasta: Path, line: str, said: str) -> None:
    index = _indexed(fasta)
    lines = index.read_text().splitlines()
    index.write_text("\n".join(["chr2\t60\t1056\t60\t61", line, *lines[2:]] if "again" in said else [line, *lines[1:]]))
    os.utime(index, (fasta.stat().st_mtime + 10,) * 2)
    with pytest.raises(InputFileError, match=rf"g\.fa\.fai, line \d: .*{said}.*samtools faidx"):
        fasta_sizes(fasta)


@pytest.mark.usefixtures("trusting")
def test_lines_of_other_lengths_than_the_index_says_are_refused(fasta: Path) -> None:
    _indexed(fasta)
    text, age = fasta.read_bytes(), fasta.stat().st_mtime
    # a line break moved in the middle of chr3, where neither its first nor its last line shows it
    middle = text.index(b"\n", text.index(b">chr3") + 3000)
    fasta.write_bytes(text[:middle] + text[middle + 1 : middle + 6] + b"\n" + text[middle + 6 :])
    os.utime(fasta, (age, age))
    place = (middle - text.index(b"\n", text.index(b">chr3"))) // 61 * 60
    with pytest.raises(InputFileError, match=r"g\.fa\.fai, line 4"):
        list(fetch_codes(fasta, {"chr3": np.array([[place - 10, place + 10]])}))
    # ends where the first, unchanged lines end
    assert len(list(fetch_codes(fasta, {"chr3": np.array([[0, 60]])}))) == 1


def test_write_then_read(tmp_path: Path) -> None:
    write_fasta(tmp_path / "w.fa", [("a", "ACGTN" * 30), ("b", "A")])
    assert _biopython(tmp_path / "w.fa") == {"a": "ACGTN" * 30, "b": "A"}


def test_a_genome_is_a_path_records_or_several_of_them(fasta: Path, tmp_path: Path) -> None:
    write_fasta(tmp_path / "more.fa", [("extra", "ACGT")])
    with open(fasta) as stream:
        records = list(SeqIO.parse(stream, "fasta"))
    expected = {r.id: encode(str(r.seq)).tolist() for r in records}
    for given in (fasta, records, iter(records)):
        genome = Genome(given)
        assert genome.sizes() == {name: len(codes) for name, codes in expected.items()}
        assert {name: codes.tolist() for name, start, codes in _each(genome.pieces(RNA)) if start == 0} == expected
    assert list(Genome([fasta, str(tmp_path / "more.fa")]).sizes()) == [*expected, "extra"]
    assert Genome(records[0]).sizes() == {"chr1": 1003}


@pytest.mark.real
def test_the_yeast_genome_has_17_contigs(yeast: Path) -> None:
    path = yeast / "genome/sacCer3.fa.gz"
    sizes = {name: len(codes) for name, codes in read_fasta(path)}
    assert (len(sizes), sum(sizes.values())) == (17, 12_157_105)
    assert fasta_sizes(path) == sizes
