"""Input attributions on the genome: known answers of linear models, and the sum rule for others."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from jangdan import Janggu, input_attribution, inputlayer, outputdense
from jangdan.data import Array, Bioseq, Cover, GenomicIndexer, Interval, ReduceDim, SeqTrack, plotGenomeTrack
from jangdan.errors import DataError, IntervalError, OptionError
from jangdan.formats.fasta.reader import write_fasta

pytestmark = pytest.mark.backend

RNG = np.random.default_rng(4)
LETTERS = "".join(RNG.choice(list("ACGT"), 400))
SIGNAL = RNG.random((400, 2))
COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.fixture
def fasta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))
    write_fasta(tmp_path / "g.fa", [("chr1", LETTERS)])
    return tmp_path / "g.fa"


def dna(fasta: Path, regions: list[Interval], **options: Any) -> Bioseq:
    return Bioseq.create_from_refgenome("dna", fasta, roi=regions, **options)


def linear(dataset: Any, weights: np.ndarray, one_hot: bool = False) -> Janggu:
    """A model whose output 'y' is the sum of `weights`, shaped as a window, times the input; bias 0.7."""
    outputs = Array("y", np.zeros((len(dataset), 1)))

    @inputlayer
    @outputdense("linear")
    def template(inputs: Any, inp: Any, oup: Any, params: Any) -> Any:
        with inputs.use(dataset.name) as x:
            return inputs, layers.Flatten()(x)

    if one_hot:
        x = keras.Input(dataset.shape[1:], name=dataset.name)
        model = Janggu(x, layers.Dense(1, name="y")(layers.Flatten()(x)))
    else:
        model = Janggu.create(template, None, dataset, outputs)
    model.kerasmodel.get_layer("y").set_weights([weights.reshape(-1, 1), np.array([0.7])])
    return model


def expected_letters(weights: np.ndarray, start: int, strand: str = "+") -> np.ndarray:
    """(position, ACGT) of a window of order 1, by hand."""
    text = LETTERS[start : start + len(weights)]
    text = text if strand != "-" else text.translate(COMPLEMENT)[::-1]
    values = np.zeros((len(weights), 4))
    for i, letter in enumerate(text):
        at = "ACGT".index(letter)
        if strand == "-":
            values[len(weights) - 1 - i, 3 - at] = weights[i, 0, at]
        else:
            values[i, at] = weights[i, 0, at]
    return values


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("strand", ["+", "-"])
def test_letters_of_a_linear_model_get_its_weights(fasta: Path, strand: str, one_hot: bool) -> None:
    windows = dna(fasta, [Interval("chr1", 40, 60, strand), Interval("chr1", 100, 120, strand)], binsize=20, flank=5)
    weights = RNG.normal(size=(30, 1, 4))
    (found,) = input_attribution(linear(windows, weights, one_hot), windows)
    assert isinstance(found, Cover)
    assert (found.name, found.conditions, found.garray.resolution) == ("dna", ("A", "C", "G", "T"), 1)
    for start in (35, 95):
        values = found.garray["chr1", start, start + 30][:, 0]
        np.testing.assert_allclose(values, expected_letters(weights, start, strand), atol=1e-5)
    assert found["chr1", 200, 230].sum() == 0


def test_windows_are_chosen_by_place_or_number_and_averaged_where_they_overlap(fasta: Path) -> None:
    windows = dna(fasta, [Interval("chr1", 0, 100)], binsize=20, stepsize=10)  # 0-20, 10-30 ... 80-100
    weights = RNG.normal(size=(20, 1, 4))
    model = linear(windows, weights)
    (one,) = input_attribution(model, [windows], "chr1", 5, 10)  # 0-20 only
    assert [str(place) for place in one.gindexer] == ["chr1:0-20"]
    (two,) = input_attribution(model, windows, chrom="chr1", start=5, end=25)  # 0-20, 10-30, 20-40
    assert [str(place) for place in two.gindexer] == ["chr1:0-20", "chr1:10-30", "chr1:20-40"]
    tables = [np.pad(expected_letters(weights, at), ((at, 40 - at - 20), (0, 0))) for at in (0, 10, 20)]
    counts = np.repeat([1, 2, 2, 1], 10)[:, None]
    np.testing.assert_allclose(two.garray["chr1", 0, 40][:, 0], sum(tables) / counts, atol=1e-5)
    for chosen in (1, [1], np.array([1])):
        (found,) = input_attribution(model, windows, index=chosen)
        np.testing.assert_allclose(found["chr1", 10, 30][0, :, 0], expected_letters(weights, 10), atol=1e-5)
    assert len(input_attribution(model, windows, chrom="chr1")[0]) == len(windows)


def test_words_are_shared_among_their_letters(fasta: Path) -> None:
    windows = dna(fasta, [Interval("chr1", 0, 20)], binsize=20, order=2)
    weights = RNG.normal(size=(19, 1, 16))
    (found,) = input_attribution(linear(windows, weights), windows)
    values = found["chr1", 0, 20][0, :, 0]
    numbers = ["ACGT".index(a) * 4 + "ACGT".index(b) for a, b in pairwise(LETTERS[:20])]
    word = weights[np.arange(19), 0, numbers]
    np.testing.assert_allclose(values.sum(axis=1), (np.append(word, 0) + np.append(0, word)) / 2, atol=1e-5)
    assert (values != 0).sum(axis=1).max() == 1


@pytest.mark.parametrize("strand", ["+", "-"])
def test_coverage_keeps_its_bins_strands_and_conditions(fasta: Path, strand: str) -> None:
    regions = GenomicIndexer.create_from_file([Interval("chr1", 40, 60, strand)], binsize=20)
    values = RNG.random((1, 4, 2, 3))
    cover = Cover.create_from_array("signal", values, regions, {"chr1": 400}, conditions=["a", "b", "c"])
    weights = RNG.normal(size=values.shape[1:])
    (found,) = input_attribution(linear(cover, weights), cover, index=0)
    assert (found.shape, found.conditions, found.garray.resolution) == ((1, 4, 2, 3), ("a", "b", "c"), 5)
    np.testing.assert_allclose(found[0], values * weights, atol=1e-5)  # in the window's direction, as the input
    turned = (values * weights)[0][::-1, ::-1] if strand == "-" else (values * weights)[0]
    np.testing.assert_allclose(found.garray["chr1", 40, 60], turned, atol=1e-5)


def test_one_value_a_window_stays_one(fasta: Path) -> None:
    regions = GenomicIndexer.create_from_file([Interval("chr1", 40, 80)], binsize=20)
    cover = Cover.create_from_array("signal", RNG.random((2, 4, 1, 3)), regions, {"chr1": 400})
    reduced, weights = ReduceDim(cover), RNG.normal(size=3)
    (found,) = input_attribution(linear(reduced, weights), reduced)
    assert found.shape == (2, 1, 1, 3)
    np.testing.assert_allclose(found[:][:, 0, 0], reduced[:] * weights, atol=1e-5)


@inputlayer
@outputdense("sigmoid")
def joint(inputs: Any, inp: Any, oup: Any, params: Any) -> Any:
    with inputs.use("dna", "signal") as (x, y):
        x = layers.GlobalMaxPooling2D()(layers.Conv2D(6, (5, 1), activation="relu")(x))
        return inputs, layers.Dense(5, activation="tanh")(layers.Concatenate()([x, layers.Flatten()(y)]))


def test_attributions_add_up_to_what_is_explained_in_the_order_that_was_given(fasta: Path) -> None:
    keras.utils.set_random_seed(1)
    regions = [Interval("chr1", 40, 80)]
    sequence = dna(fasta, regions, binsize=20)
    signal = Cover.create_from_array("signal", RNG.random((2, 4, 1, 1)), sequence.gindexer, {"chr1": 400})
    target = Array("y", np.zeros((2, 3)))
    model = Janggu.create(joint, None, [sequence, signal], target)
    zeros = {"dna": np.full((1, 20), 255, dtype=np.uint8), "signal": np.zeros((1, 4, 1, 1), dtype=np.float32)}
    predicted = model.predict([sequence, signal])
    baseline = ops.convert_to_numpy(model.kerasmodel([zeros[t.name] for t in model.kerasmodel.inputs]))
    for condition in (None, 2):
        covers = input_attribution(model, [signal, sequence], index=1, condition=condition, output="y", steps=200)
        assert [cover.name for cover in covers] == ["signal", "dna"]
        change = (predicted[1] - baseline[0])[slice(None) if condition is None else condition].sum()
        assert sum(cover.garray.data.sum() for cover in covers) == pytest.approx(change, rel=0.02)


def test_letters_are_drawn(fasta: Path) -> None:
    windows = dna(fasta, [Interval("chr1", 40, 60)], binsize=20)
    (found,) = input_attribution(linear(windows, RNG.normal(size=(20, 1, 4))), windows)
    assert len(plotGenomeTrack(SeqTrack(found), "chr1", 40, 60).axes) == 1


def test_wrong_arguments_are_named(fasta: Path, caplog: pytest.LogCaptureFixture) -> None:
    windows = dna(fasta, [Interval("chr1", 40, 80)], binsize=20)
    model = linear(windows, RNG.normal(size=(20, 1, 4)))
    with pytest.raises(IntervalError, match="chr1:200-300: none of the 2 windows of dataset 'dna' overlaps"):
        input_attribution(model, windows, "chr1", 200, 300)
    with pytest.raises(IntervalError, match="chr7: none of the 2 windows"):
        input_attribution(model, windows, "chr7")
    with pytest.raises(OptionError, match="give chrom, start and end, or index"):
        input_attribution(model, windows, "chr1", 0, 50, 1)
    with pytest.raises(OptionError, match="start, end: give chrom, too"):
        input_attribution(model, windows, start=5)
    with pytest.raises(OptionError, match="output='z': the model's outputs are y"):
        input_attribution(model, windows, output="z")
    with pytest.raises(OptionError, match="condition=1: output 'y' has 1; expected 0 to 0"):
        input_attribution(model, windows, condition=1)
    with pytest.raises(DataError, match="datasets are named other"):
        input_attribution(model, Array("other", np.zeros((2, 20))))
    plain = Array("x", np.zeros((2, 4)))
    x = keras.Input((4,), name="x")
    with pytest.raises(OptionError, match="dataset 'x' has no place on the genome"):
        input_attribution(Janggu(x, layers.Dense(1)(x)), plain)
    codes = keras.Input((20,), dtype="uint8", name="dna")
    embedded = Janggu(codes, layers.Dense(1)(layers.Flatten()(layers.Embedding(256, 2)(codes))))
    with pytest.raises(OptionError, match="input 'dna' takes uint8, of which there is no gradient; feed one-hot"):
        input_attribution(embedded, windows)


def test_too_few_steps_are_a_warning(fasta: Path, caplog: pytest.LogCaptureFixture) -> None:
    windows = dna(fasta, [Interval("chr1", 40, 60)], binsize=20)
    x = keras.Input((20, 1, 4), name="dna")
    steep = Janggu(
        x, layers.Lambda(lambda t: keras.ops.sigmoid(keras.ops.sum(t, axis=(1, 2, 3)) * 20 - 100)[:, None])(x)
    )
    input_attribution(steep, windows, steps=2)
    assert "raise steps" in caplog.text
