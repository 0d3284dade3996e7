"""Attributions and variant effects of linear models, whose answer is known; and tracks as figures."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pandas as pd
import pytest

from jangdan import Janggu, input_attribution
from jangdan.data import Bioseq, Cover, HeatTrack, LineTrack, SeqTrack, Track, plotGenomeTrack
from tests.blackbox.naive import WINDOWS, Files, sequences

WEIGHTS = np.random.default_rng(3).normal(size=(100, 1, 4, 2)).astype(np.float32)


def _linear(name: str, weights: np.ndarray) -> Janggu:
    """Return a model of one input whose output is the sum of weights x input, for each condition."""
    tensor = keras.Input(weights.shape[:-1], name=name)
    layer = keras.layers.Dense(weights.shape[-1], use_bias=False, name="y")
    out = layer(keras.layers.Flatten()(tensor))
    layer.set_weights([weights.reshape(-1, weights.shape[-1])])
    return Janggu(tensor, out, name="linear")


@pytest.fixture
def dna(files: Files) -> Bioseq:
    return Bioseq.create_from_refgenome("dna", files.fasta, roi=files.bed, binsize=100, store_whole_genome=True)


def _on_genome(scores: np.ndarray, strand: str) -> np.ndarray:
    return scores[::-1, :, ::-1] if strand == "-" else scores


def test_a_linear_model_attributes_its_weights_to_the_letters(files: Files, dna: Bioseq) -> None:
    model = _linear("dna", WEIGHTS)
    (found,) = input_attribution(model=model, inputs=dna, output="y", condition=1, steps=5)
    expected = sequences(files, WINDOWS) * WEIGHTS[..., 1]
    assert list(found.conditions) == ["A", "C", "G", "T"]
    for (contig, start, end, strand), scores in zip(WINDOWS, expected, strict=True):
        np.testing.assert_allclose(found[contig, start, end][0], _on_genome(scores, strand), rtol=1e-3, atol=1e-5)
    total = sum(found[contig, start, end].sum() for contig, start, end, _ in WINDOWS)
    assert total == pytest.approx(model.predict(dna)[:, 1].sum(), rel=1e-3)


@pytest.mark.parametrize("choice", [{"index": [1, 2]}, {"chrom": "chr1", "start": 250, "end": 450}])
def test_windows_are_chosen(files: Files, dna: Bioseq, choice: dict[str, Any]) -> None:
    (found,) = input_attribution(_linear("dna", WEIGHTS), dna, **choice)
    assert [(w.chrom, w.start, w.end) for w in found.gindexer] == [w[:3] for w in WINDOWS[1:3]]
    expected = sequences(files, WINDOWS)[1] * WEIGHTS.sum(axis=-1)
    np.testing.assert_allclose(found["chr1", 200, 300][0], expected, rtol=1e-3, atol=1e-5)


def test_a_cover_gets_attributions_of_its_own_shape(files: Files) -> None:
    reads = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, resolution=20)
    weights = np.random.default_rng(4).normal(size=(5, 2, 1, 1)).astype(np.float32)
    (found,) = input_attribution(_linear("reads", weights), reads)
    np.testing.assert_allclose(found[:], reads[:] * weights[..., 0], rtol=1e-3, atol=1e-5)


def test_effects_of_variants(files: Files, dna: Bioseq, tmp_path: Path) -> None:
    known = files.genome["chr1"]
    swap = {"A": "C", "C": "G", "G": "T", "T": "A"}
    rows = [(320, known[320], swap[known[320]]), (350, known[350], swap[known[350]])]
    wrong = (400, swap[known[400]], known[400])
    header = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=600>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    lines = [f"chr1\t{p + 1}\tv{p}\t{r}\t{a}\t.\t.\t.\n" for p, r, a in [*rows, wrong]]
    (tmp_path / "variants.vcf").write_text(header + "".join(lines))
    tensor = keras.Input((100, 1, 4), name="dna")
    layer = keras.layers.Dense(3, use_bias=False, name="y")
    weights = WEIGHTS[0, 0, :, [0, 1, 0]].T
    model = Janggu(tensor, layer(keras.layers.GlobalAveragePooling2D()(tensor)), name="mean")
    layer.set_weights([weights])
    arrays, bed = model.predict_variant_effect(
        bioseq=dna, variants=tmp_path / "variants.vcf", conditions=["one", "two", "other"],
        output_folder=tmp_path / "effects", condition_filter="^(one|two)$", batch_size=2,
    )  # fmt: skip
    assert (arrays, bed) == (tmp_path / "effects/variants.h5", tmp_path / "effects/variants.bed")
    with h5py.File(arrays) as file:
        assert list(file.attrs["conditions"]) == ["one", "two"]
        assert file["variants/pos"][()].tolist() == [320, 350]
        effect = file["alternative"][()] - file["reference"][()]
    expected = np.stack([(weights["ACGT".index(a)] - weights["ACGT".index(r)])[:2] / 100 for _, r, a in rows])
    np.testing.assert_allclose(effect, expected, rtol=1e-3, atol=1e-6)
    table = pd.read_csv(bed, sep="\t", header=None)
    assert table[1].tolist() == [320, 350]
    np.testing.assert_allclose(table[4], np.abs(expected).max(axis=1), rtol=1e-3, atol=1e-6)


def test_lines_show_the_values(files: Files) -> None:
    reads = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, resolution=20)
    figure = plotGenomeTrack(reads, "chr1", 100, 200, figsize=(6, 3))
    assert len(figure.axes) == 2  # a panel a strand
    assert tuple(figure.get_size_inches()) == (6, 3)
    for strand, ax in enumerate(figure.axes):
        points = np.concatenate([line.get_xydata() for line in ax.lines if len(line.get_xdata()) >= 5])
        inside = points[(points[:, 0] >= 100) & (points[:, 0] <= 200)]
        np.testing.assert_allclose(inside[:, 0], [110, 130, 150, 170, 190])
        np.testing.assert_allclose(inside[:, 1], reads[0][0, :, strand, 0])


def test_tracks_of_all_kinds(files: Files, dna: Bioseq, tmp_path: Path) -> None:
    signal = Cover.create_from_bigwig("signal", files.bigwig, roi=files.bed, binsize=100)
    (letters,) = input_attribution(_linear("dna", WEIGHTS), dna, steps=2)
    tracks = [
        LineTrack(data=signal, height=2, linestyle="--", marker="", color="r", linewidth=1),
        HeatTrack(data=signal, height=1),
        SeqTrack(data=letters, height=3),
        Track(data=signal, height=1),
        signal,
        signal,
        letters,
    ]
    figure = plotGenomeTrack(
        tracks=tracks, chrom="chr1", start=100, end=180, figsize=(8, 9), plottypes=["line", "heatmap", "seqplot"]
    )
    # the first panel that a dataset has in a row of panels of its own carries its name
    assert [ax.get_title(loc="left") for ax in figure.axes] == [
        "signal",
        "signal",
        "dna",
        "signal",
        "signal",
        "signal",
        "dna",
    ]
    figure.savefig(tmp_path / "tracks.png")
    assert (tmp_path / "tracks.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(ValueError, match="heatmap"):
        plotGenomeTrack(signal, "chr1", 100, 180, plottypes=["bars"])
