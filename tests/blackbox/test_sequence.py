"""Bioseq: letters of a genome, or of sequences, as one-hot."""

from pathlib import Path

import numpy as np
import pytest

from jangdan.data import Bioseq, GenomicIndexer, Interval
from tests.blackbox.naive import SIZES, WINDOWS, Files, letters_of, one_hot, sequences


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("flank", [0, 15])
def test_windows_of_a_genome_are_one_hot(files: Files, order: int, flank: int) -> None:
    dna = Bioseq.create_from_refgenome("dna", files.fasta, roi=files.bed, binsize=100, flank=flank, order=order)
    assert dna.name == "dna"
    assert dna.shape == (5, 100 + 2 * flank - order + 1, 1, 4**order)
    assert dna.ndim == 4
    assert list(dna.conditions)[:5][1] == "A" * (order - 1) + "C"
    np.testing.assert_array_equal(dna[:], sequences(files, WINDOWS, flank, order))


def test_step_and_padding_of_the_last_window(files: Files) -> None:
    roi = [Interval("chr1", 0, 90)]
    padded = Bioseq.create_from_refgenome("dna", files.fasta, roi=roi, binsize=40, stepsize=30)
    whole = Bioseq.create_from_refgenome("dna", files.fasta, roi=roi, binsize=40, stepsize=30, zero_padding=False)
    assert [(w.start, w.end) for w in whole.gindexer] == [(0, 40), (30, 70)]
    np.testing.assert_array_equal(padded[:2], whole[:])
    last = one_hot(letters_of(files, "chr1", 60, 90) + "N" * 10)
    np.testing.assert_array_equal(padded[2], last[None])


@pytest.mark.parametrize("source", ["fasta_gz", "list"])
def test_a_genome_may_be_compressed_or_in_several_files(files: Files, tmp_path: Path, source: str) -> None:
    given: str | list[str] = files.fasta_gz
    if source == "list":
        given = [str(tmp_path / f"{contig}.fa") for contig in SIZES]
        for path, contig in zip(given, SIZES, strict=True):
            Path(path).write_text(f">{contig}\n{files.genome[contig].lower()}\n")
    dna = Bioseq.create_from_refgenome("dna", given, roi=files.bed, binsize=100)
    np.testing.assert_array_equal(dna[:], sequences(files, WINDOWS))


def test_the_whole_genome_is_read_by_place(files: Files) -> None:
    dna = Bioseq.create_from_refgenome("dna", files.fasta, store_whole_genome=True)
    expected = one_hot(letters_of(files, "chr2", 300, 350))[None]
    np.testing.assert_array_equal(dna["chr2", 300, 350], expected)
    np.testing.assert_array_equal(dna[Interval("chr2", 300, 350)], expected)
    backwards = one_hot(letters_of(files, "chr2", 300, 350, "-"))[None]
    np.testing.assert_array_equal(dna["chr2", 300, 350, "-"], backwards)
    dna.gindexer = GenomicIndexer.create_from_file(files.bed, 100, None)
    np.testing.assert_array_equal(dna[:], sequences(files, WINDOWS))


def test_channels_first(files: Files) -> None:
    options = {"roi": files.bed, "binsize": 100}
    last = Bioseq.create_from_refgenome("dna", files.fasta, **options)
    first = Bioseq.create_from_refgenome("dna", files.fasta, channel_last=False, **options)
    assert first.shape == (5, 4, 100, 1)
    np.testing.assert_array_equal(first[:], np.moveaxis(last[:], 3, 1))


def test_random_state_shuffles_the_windows(files: Files) -> None:
    windows = {(w.chrom, w.start, w.end, w.strand) for w in GenomicIndexer.create_from_file(files.bed, 20, None)}
    orders = []
    for state in (1, 1, 2):
        dna = Bioseq.create_from_refgenome("dna", files.fasta, roi=files.bed, binsize=20, random_state=state)
        orders.append([(w.chrom, w.start, w.end, w.strand) for w in dna.gindexer])
        np.testing.assert_array_equal(dna[:], sequences(files, orders[-1]))
    assert orders[0] == orders[1] != orders[2]
    assert set(orders[0]) == set(orders[2]) == windows


@pytest.mark.parametrize(
    ("seqtype", "alphabet", "rows"),
    [("dna", "ACGT", ["ACGTN", "TTTTA"]), ("rna", "ACGU", ["ACGUU", "GGGUA"])],
)
def test_sequences_are_regions(tmp_path: Path, seqtype: str, alphabet: str, rows: list[str]) -> None:
    path = tmp_path / "records.fa"
    path.write_text("".join(f">{i}\n{row}\n" for i, row in enumerate(rows)))
    found = Bioseq.create_from_seq("seq", str(path), seqtype=seqtype, order=2)
    np.testing.assert_array_equal(found[:], np.stack([one_hot(row, 2, alphabet) for row in rows]))


def test_proteins_have_twenty_letters_and_fixedlen_pads_and_cuts(tmp_path: Path) -> None:
    path = tmp_path / "proteins.fa"
    path.write_text(">a\nMKV\n>b\nMKVLA\n")
    with pytest.raises(ValueError, match="fixedlen"):
        Bioseq.create_from_seq("protein", str(path), seqtype="protein")
    found = Bioseq.create_from_seq("protein", str(path), seqtype="protein", fixedlen=4)
    assert found.shape == (2, 4, 1, 20)
    letters = list(found.conditions)
    shown = ["".join(letters[np.argmax(row)] if row.any() else "-" for row in rows[:, 0]) for rows in found[:]]
    assert shown == ["MKV-", "MKVL"]
    first = Bioseq.create_from_seq("protein", str(path), seqtype="protein", fixedlen=4, channel_last=False)
    np.testing.assert_array_equal(first[:], np.moveaxis(found[:], 3, 1))


def test_a_contig_that_the_genome_has_not_is_refused(files: Files) -> None:
    with pytest.raises(KeyError, match="chr9"):
        Bioseq.create_from_refgenome("dna", files.fasta, roi=[Interval("chr9", 0, 100)])
