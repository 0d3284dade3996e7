"""Variant windows against strings put together by hand; attributions against known answers."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from jangdan.datasets.build import Place, build_sequence
from jangdan.formats.fasta.reader import write_fasta
from jangdan.formats.genome import Genome
from jangdan.genome.contigs import Contigs
from jangdan.interpret.attribution import letter_scores
from jangdan.interpret.integrated_gradients import integrated_gradients
from jangdan.interpret.variants import allele_windows, classify, window_starts
from jangdan.networks.layers import DualStrandConv1D, OneHotSequence
from jangdan.sequence.encode import decode, encode, one_hot, reverse_complement
from jangdan.storage.genomic_array import GenomicArray

pytestmark = pytest.mark.backend

GENOME = "".join(np.random.default_rng(0).choice(list("ACGT"), 500))


@pytest.fixture
def genome(tmp_path: Path) -> GenomicArray:
    write_fasta(tmp_path / "g.fa", [("chr1", GENOME)])
    return build_sequence(Genome(tmp_path / "g.fa"), Place(Contigs.of_sizes({"chr1": 500}), dtype="uint8"))


def _variants(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["pos", "ref", "alt"])
    return table.assign(chrom="chr1", id=".", line=range(len(rows)))


def test_alternative_windows_are_the_edited_genome(genome: GenomicArray) -> None:
    rng = np.random.default_rng(3)
    rows = []
    for position in [0, 1, 7, 480, 499, *rng.integers(10, 480, 40)]:
        length = int(rng.integers(1, 12))
        ref = GENOME[position : position + length]
        alt = "".join(rng.choice(list("ACGT"), rng.integers(1, 12)))
        rows.append((int(position), ref, alt))
    table = _variants(rows)
    assert (classify(table, genome)["status"] == "scored").all()
    starts = window_starts(table["pos"].to_numpy(), 40, 1)
    padded, seen = "N" * 100 + GENOME + "N" * 100, 0
    for pair in allele_windows(table, genome, starts, 40):
        for index, reference, alternative in zip(pair.index, pair.reference, pair.alternative, strict=True):
            position, ref, alt = rows[index]
            start = int(starts[index]) + 100
            edited = padded[: position + 100] + alt + padded[position + 100 + len(ref) :]
            assert decode(reference) == padded[start : start + 40]
            assert decode(alternative) == edited[start : start + 40]
            seen += 1
    assert seen == len(rows)


def test_what_cannot_be_scored_says_why(genome: GenomicArray) -> None:
    wrong = "A" if GENOME[5] != "A" else "C"
    table = _variants([(5, GENOME[5], "T"), (5, wrong, "T"), (5, GENOME[5], "<DEL>"), (5, GENOME[5], "*")])
    table.loc[len(table)] = [5, "A", "C", "chr9", ".", 9]
    expected = ["scored", "ref_mismatch", "symbolic", "symbolic", "no_contig"]
    assert classify(table, genome)["status"].tolist() == expected


def test_both_strands_are_scanned_alike() -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (3, 60)).astype(np.uint8)
    for order in (1, 2, 3):
        onehot, scan = OneHotSequence(order), DualStrandConv1D(5, 7, order, activation="linear")
        forward = keras.ops.convert_to_numpy(scan(onehot(codes)))
        backward = keras.ops.convert_to_numpy(scan(onehot(reverse_complement(codes))))
        np.testing.assert_allclose(forward, backward[:, ::-1], rtol=1e-4, atol=1e-5)
        # a plain convolution of either strand, by hand
        kernel = keras.ops.convert_to_numpy(scan.kernel)
        for strand, letters in (("f", codes), ("r", reverse_complement(codes))):
            rows = keras.ops.convert_to_numpy(onehot(letters))
            plain = np.stack(
                [np.einsum("nkc,kcf->nf", rows[:, i : i + 7], kernel) for i in range(rows.shape[1] - 6)], 1
            )
            assert (forward >= (plain if strand == "f" else plain[:, ::-1]) - 1e-4).all()


def _linear_model(order: int, weights: np.ndarray) -> keras.Model:
    codes = keras.Input((20,), dtype="uint8", name="dna")
    coverage = keras.Input((4, 1, 1), name="atac")
    rows = OneHotSequence(order)(codes)
    joined = keras.layers.Concatenate()([keras.layers.Flatten()(rows), keras.layers.Flatten()(coverage)])
    logits = keras.layers.Dense(1, name="logits", use_bias=True)
    model = keras.Model([codes, coverage], keras.layers.Activation("sigmoid", name="out")(logits(joined)))
    logits.set_weights([weights, np.array([0.7], dtype=np.float32)])
    return model


@pytest.mark.parametrize("order", [1, 2])
def test_attributions_of_a_linear_model_are_its_weights(order: int) -> None:
    rng = np.random.default_rng(2)
    length = 20 - order + 1
    weights = rng.normal(size=(length * 4**order + 4, 1)).astype(np.float32)
    codes, coverage = rng.integers(0, 4, (3, 20)).astype(np.uint8), rng.random((3, 4, 1, 1))
    result = integrated_gradients(_linear_model(order, weights), {"dna": codes, "atac": coverage}, 0, steps=4)
    words = weights[: length * 4**order, 0].reshape(length, 4**order)
    from jangdan.sequence.encode import higher_order

    expected = one_hot(higher_order(codes, order), 4**order) * words
    np.testing.assert_allclose(result.scores["dna"], expected, atol=1e-5)
    np.testing.assert_allclose(
        result.scores["atac"].ravel(), (coverage.reshape(3, 4) * weights[-4:, 0]).ravel(), atol=1e-5
    )
    assert np.abs(result.residual).max() < 1e-4
    np.testing.assert_allclose(result.baseline, 0.7, atol=1e-6)
    letters = letter_scores(result.scores["dna"], codes, order)
    np.testing.assert_allclose(letters.sum(axis=(1, 2)), result.scores["dna"].sum(axis=(1, 2)), atol=1e-5)
    assert (letters[np.arange(3)[:, None], np.arange(20), codes] == letters.sum(axis=2)).all()


def test_letters_of_unknown_bases_get_nothing() -> None:
    assert letter_scores(np.ones((1, 4, 4)), encode("ANGT")[None], 1)[0, 1].sum() == 0
