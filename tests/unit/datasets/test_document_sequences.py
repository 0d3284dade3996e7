"""The documents' own examples of Bioseq (chapters 2.1 and 3) on small files: their shapes, and every letter."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqRecord import SeqRecord

from jangdan.data import Bioseq, GenomicIndexer, Interval, split_train_test, view

SIZE, CONTIGS = 30_000, ("chr1", "chr2")
LETTERS = {c: "".join(np.random.default_rng(i).choice(list("ACGTN"), SIZE)) for i, c in enumerate(CONTIGS)}
# two broad regions, as of the documents: 2 x 50 windows of 200 bp, 2 x 197 at steps of 50 bp
BROAD = [("chr1", 15_000, 25_000), ("chr2", 15_000, 25_000)]
WINDOWS = [(c, s, s + 200) for c, start, end in BROAD for s in range(start, end, 200)]
GENES = [("chr1", 15_010, 15_400, "+"), ("chr1", 16_000, 18_501, "-"), ("chr2", 15_000, 15_007, "+")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sequences")
    regions = {"sample.bed": BROAD, "equalsize.bed": WINDOWS, "train.bed": BROAD[:1], "test.bed": BROAD[1:]}
    for name, rows in regions.items():
        (path / name).write_text("".join(f"{c}\t{s}\t{e}\n" for c, s, e in rows))
    exons = [f"{c}\tus\texon\t{s + 1}\t{e}\t.\t{strand}\t.\tID=x\n" for c, s, e, strand in GENES]
    (path / "genes.gff").write_text("".join(exons))
    (path / "genome.fa").write_text("".join(f">{c}\n{LETTERS[c]}\n" for c in CONTIGS))
    (path / "seqs.fa").write_text(">a\nACGTAC\n>b\nTTNACG\n")
    return path


def _dna(folder: Path, **options: Any) -> Bioseq:
    options = {"roi": str(folder / "sample.bed"), "binsize": 200, **options}
    return Bioseq.create_from_refgenome(name="dna", refgenome=str(folder / "genome.fa"), **options)


def _one_hot(letters: str) -> np.ndarray:
    return np.array([[float(letter == x) for x in "ACGT"] for letter in letters])


def test_sequences_of_a_fasta_file_and_of_records_are_the_same(folder: Path) -> None:
    fasta = str(folder / "seqs.fa")
    with open(fasta) as lines:
        records = list(SeqIO.parse(lines, "fasta"))
    for source in (fasta, [fasta], records):
        dna = Bioseq.create_from_seq(name="dna", fastafile=source)
        assert dna.shape == (2, 6, 1, 4)
        np.testing.assert_array_equal(dna[1][0, :, 0], _one_hot("TTNACG"))


@pytest.mark.parametrize("length", [4, 6, 9])
def test_fixedlen_truncates_or_zero_pads(folder: Path, length: int) -> None:
    dna = Bioseq.create_from_seq(name="dna", fastafile=str(folder / "seqs.fa"), fixedlen=length)
    assert dna.shape == (2, length, 1, 4)
    np.testing.assert_array_equal(dna[0][0, :, 0], _one_hot("ACGTAC"[:length].ljust(length, "N")))


def test_proteins_are_read_with_their_own_alphabet() -> None:
    records = [SeqRecord(Seq("MKWVTF"), id="p"), SeqRecord(Seq("MKA"), id="q")]
    protein = Bioseq.create_from_seq("protein", records, seqtype="protein", fixedlen=6)
    assert protein.shape == (2, 6, 1, len(protein.conditions))
    assert [protein.conditions[i] for i in protein[0][0, :, 0].argmax(axis=1)] == list("MKWVTF")
    assert protein[1].sum() == 3


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"stepsize": 200}, (100, 200, 1, 4)),
        ({"stepsize": 50}, (394, 200, 1, 4)),
        ({"stepsize": 200, "flank": 100}, (100, 400, 1, 4)),
        ({"order": 2}, (100, 199, 1, 16)),
        ({"order": 3}, (100, 198, 1, 64)),
        ({"channel_last": False}, (100, 4, 200, 1)),
    ],
)
def test_reference_sequences_have_the_documented_shapes(folder: Path, options: Any, shape: tuple[int, ...]) -> None:
    dna = _dna(folder, **options)
    assert dna.shape == dna[:].shape == shape
    assert (len(dna), dna.ndim, dna[0].shape) == (shape[0], 4, (1, *shape[1:]))


def test_regions_of_equal_size_need_no_binsize(folder: Path) -> None:
    dna = _dna(folder, roi=str(folder / "equalsize.bed"), binsize=None)
    assert dna.shape == (100, 200, 1, 4)
    np.testing.assert_array_equal(dna[0][0, :10, 0, :], _one_hot(LETTERS["chr1"][15_000:15_010]))
    np.testing.assert_array_equal(dna[:], _dna(folder, stepsize=200)[:])


def test_a_genome_may_be_a_record_and_regions_a_gff_file(folder: Path) -> None:
    records = [SeqRecord(Seq(LETTERS[c]), id=c) for c in CONTIGS]
    assert Bioseq.create_from_refgenome("dna", records[0], roi=str(folder / "train.bed"), binsize=200).shape[0] == 50
    dna = Bioseq.create_from_refgenome("dna", records, roi=str(folder / "genes.gff"), binsize=10, zero_padding=False)
    expected = [(c, s, strand) for c, start, end, strand in GENES for s in range(start, end - 9, 10)]
    assert len(dna) == len(expected)
    for i, (chrom, start, strand) in enumerate(expected):
        letters = Seq(LETTERS[chrom][start : start + 10])
        sense = str(letters.reverse_complement() if strand == "-" else letters)
        np.testing.assert_array_equal(dna[i][0, :, 0], _one_hot(sense))


def test_a_di_nucleotide_is_one_of_sixteen(folder: Path) -> None:
    dna, words = _dna(folder, order=2), [a + b for a in "ACGT" for b in "ACGT"]
    letters = LETTERS["chr1"][15_000:15_200]
    expected = [[float(letters[i : i + 2] == word) for word in words] for i in range(199)]
    np.testing.assert_array_equal(dna[0][0, :, 0], expected)


def test_a_whole_genome_takes_its_regions_later(folder: Path) -> None:
    dna = Bioseq.create_from_refgenome("dna", str(folder / "genome.fa"), order=1)
    dna.gindexer = GenomicIndexer.create_from_file(str(folder / "sample.bed"), 200, None)
    np.testing.assert_array_equal(dna[:], _dna(folder)[:])


def test_flanks_are_of_the_genome_and_zero_past_its_ends(folder: Path) -> None:
    roi = [Interval("chr1", 0, 100), Interval("chr1", 20_000, 20_100), Interval("chr1", SIZE - 100, SIZE)]
    padded = "N" * 50 + LETTERS["chr1"] + "N" * 50
    dna = _dna(folder, roi=roi, binsize=None, flank=50)
    assert dna.shape == (3, 200, 1, 4)
    for i, region in enumerate(roi):
        np.testing.assert_array_equal(dna[i][0, :, 0], _one_hot(padded[region.start : region.end + 100]))


def test_views_read_other_parts_of_one_genome(folder: Path) -> None:
    dna = _dna(folder, store_whole_genome=True)
    train, test = view(dna, str(folder / "train.bed")), view(dna, str(folder / "test.bed"))
    assert train.shape == test.shape == (50, 200, 1, 4)
    assert train.garray is test.garray is dna.garray
    np.testing.assert_array_equal(np.concatenate([train[:], test[:]]), dna[:])
    np.testing.assert_array_equal(split_train_test(dna, holdout=["chr2"])[1][:], test[:])
