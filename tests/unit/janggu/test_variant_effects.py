"""Variant effects of a Janggu model, against predictions on genomes that were edited by hand."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from jangdan import DnaConv2D, Janggu, inputlayer, outputdense
from jangdan.data import Array, Bioseq, Interval
from jangdan.errors import DataError, OptionError
from jangdan.formats.fasta.reader import write_fasta

pytestmark = pytest.mark.backend

RNG = np.random.default_rng(8)
LETTERS = "".join(RNG.choice(list("ACGT"), 600))
NAMES = ["Abf1", "Reb1", "Rap1"]
LENGTH = 40


@inputlayer
@outputdense("sigmoid")
def net(inputs: Any, inp: Any, oup: Any, params: Any) -> Any:
    with inputs.use("dna") as x:
        x = DnaConv2D(layers.Conv2D(8, (7, 1), activation="relu"))(x)
        return inputs, layers.GlobalMaxPooling2D()(x)


@pytest.fixture
def fasta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))
    write_fasta(tmp_path / "g.fa", [("chr1", LETTERS)])
    return tmp_path / "g.fa"


def vcf(folder: Path, rows: list[tuple[str, int, str, str]]) -> Path:
    path = folder / "v.vcf"
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    path.write_text(head + "".join(f"{c}\t{p + 1}\t.\t{r}\t{a}\t.\t.\t.\n" for c, p, r, a in rows))
    return path


def model_of(bioseq: Bioseq, one_hot: bool = False) -> Janggu:
    keras.utils.set_random_seed(3)
    if not one_hot:
        return Janggu.create(net, None, bioseq, Array("y", np.zeros((len(bioseq), 3)), NAMES))
    x = keras.Input(bioseq.shape[1:], name="dna")
    return Janggu(x, layers.Dense(3, name="y")(layers.Flatten()(x)))


ROWS = [
    *(("chr1", p, LETTERS[p], "ACGT"[("ACGT".index(LETTERS[p]) + 1) % 4]) for p in (100, 3, 300, 597)),
    ("chr1", 200, LETTERS[200:205], LETTERS[200]),  # a deletion
    ("chr1", 250, LETTERS[250], LETTERS[250] + "GATTACA"),  # an insertion
]


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("order", [1, 2])
def test_both_alleles_are_predicted_as_if_the_genome_had_them(
    fasta: Path, tmp_path: Path, order: int, one_hot: bool
) -> None:
    windows = {"roi": [Interval("chr1", 0, LENGTH)], "binsize": LENGTH, "order": order}
    genome = Bioseq.create_from_refgenome("dna", fasta, store_whole_genome=True, **windows)
    model = model_of(genome, one_hot)
    arrays, bed = model.predict_variant_effect(
        genome, str(vcf(tmp_path, ROWS)), NAMES, tmp_path / "effects", batch_size=4
    )
    assert (arrays, bed) == (tmp_path / "effects/variants.h5", tmp_path / "effects/variants.bed")
    padded = "N" * LENGTH + LETTERS + "N" * LENGTH
    with h5py.File(arrays) as file:
        assert list(file.attrs["conditions"]) == NAMES
        found = np.stack([file["reference"][()], file["alternative"][()]])
        assert file["variants/pos"][()].tolist() == [row[1] for row in ROWS]
    for i, (_, position, ref, alt) in enumerate(ROWS):
        at, start = position + LENGTH, position + LENGTH - LENGTH // 2
        edited = padded[:at] + alt + padded[at + len(ref) :]
        for allele, text in enumerate((padded, edited)):
            path = tmp_path / "allele.fa"
            write_fasta(path, [("w", text[start : start + LENGTH])])
            one = Bioseq.create_from_seq("dna", path, order=order)
            np.testing.assert_allclose(found[allele, i], model.predict(one)[0], rtol=1e-4, atol=1e-6)
    lines = [line.split("\t") for line in bed.read_text().splitlines()]
    assert [line[:4] for line in lines] == [[c, str(p), str(p + len(r)), f"{c}:{p + 1}_{r}/{a}"] for c, p, r, a in ROWS]
    largest = np.abs(found[1] - found[0]).max(axis=1)
    np.testing.assert_allclose([float(line[4]) for line in lines], largest, rtol=1e-3, atol=1e-6)


def test_conditions_are_filtered_and_what_cannot_be_scored_is_left_out(
    fasta: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    genome = Bioseq.create_from_refgenome("dna", fasta, roi=[Interval("chr1", 0, 240)], binsize=LENGTH)
    model = model_of(genome)
    wrong = "A" if LETTERS[50] != "A" else "C"
    rows = [ROWS[2], ("chr1", 50, wrong, "T"), ROWS[0], ("chr9", 5, "A", "C"), ("chr1", 60, LETTERS[60], "<DEL>")]
    with caplog.at_level("INFO"):
        arrays, bed = model.predict_variant_effect(genome, vcf(tmp_path, rows), NAMES, tmp_path, "^R")
    assert "5 alleles" in caplog.text
    for word in ("scored 1", "not_stored 1", "ref_mismatch 1", "no_contig 1", "symbolic 1"):
        assert word in caplog.text
    with h5py.File(arrays) as file:
        assert list(file.attrs["conditions"]) == ["Reb1", "Rap1"]
        assert file["reference"].shape == (1, 2)
        assert file["variants/pos"][()].tolist() == [100]
        alone = file["reference"][()]
    assert len(bed.read_text().splitlines()) == 1
    arrays, _ = model.predict_variant_effect(genome, vcf(tmp_path, rows), NAMES, tmp_path)
    with h5py.File(arrays) as file:
        np.testing.assert_allclose(file["reference"][()][:, 1:], alone, rtol=1e-6)
    with pytest.raises(DataError, match=r"v\.vcf: none of 1 alleles can be scored: ref_mismatch 1"):
        model.predict_variant_effect(genome, vcf(tmp_path, rows[1:2]), NAMES, tmp_path)


def test_wrong_arguments_are_named(fasta: Path, tmp_path: Path) -> None:
    windows = {"roi": [Interval("chr1", 0, LENGTH)], "binsize": LENGTH, "store_whole_genome": True}
    genome = Bioseq.create_from_refgenome("dna", fasta, **windows)
    model, path = model_of(genome), vcf(tmp_path, ROWS)
    out = tmp_path / "none"
    with pytest.raises(OptionError, match=r"conditions=\['a'\]: expected 3 names"):
        model.predict_variant_effect(genome, path, ["a"], out)
    with pytest.raises(OptionError, match=r"condition_filter='\(': is no regular expression"):
        model.predict_variant_effect(genome, path, NAMES, out, "(")
    with pytest.raises(OptionError, match="condition_filter='x': found in none of Abf1, Reb1, Rap1"):
        model.predict_variant_effect(genome, path, NAMES, out, "x")
    with pytest.raises(OptionError, match="bioseq: named 'genome', the model's inputs are dna; name it so"):
        model.predict_variant_effect(Bioseq.create_from_refgenome("genome", fasta, **windows), path, NAMES, out)
    with pytest.raises(OptionError, match="bioseq: found Array, expected a Bioseq"):
        model.predict_variant_effect(Array("dna", np.zeros((2, 3))), path, NAMES, out)  # type: ignore[arg-type]
    words = Bioseq.create_from_refgenome("dna", fasta, order=2, **windows)
    with pytest.raises(OptionError, match="has the order 2, which the model's input"):
        model_of(genome, one_hot=True).predict_variant_effect(words, path, NAMES, out)
    x = keras.Input((LENGTH,), dtype="uint8", name="dna")
    bins = Janggu(x, layers.Reshape((LENGTH, 1))(layers.Rescaling(1.0)(x)))
    with pytest.raises(OptionError, match=r"an output of shape \(40, 1\), expected one with one value a condition"):
        bins.predict_variant_effect(genome, path, ["a"], out)
    assert not out.exists()
