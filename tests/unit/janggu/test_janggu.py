"""Janggu: made, fitted, evaluated, saved and loaded as the documents say."""

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from sklearn.metrics import log_loss, roc_auc_score

from jangdan import DnaConv2D, Janggu, Scorer, inputlayer, outputconv, outputdense
from jangdan.data import Array, Bioseq, Cover, Interval, ReduceDim
from jangdan.errors import DataError, JangdanError, MissingFileError, OptionError
from jangdan.formats.fasta.reader import write_fasta
from jangdan.training.tensorboard import TensorBoardEvents

RNG = np.random.default_rng(0)
DATA = Array("ip", RNG.random((200, 10)))
LABELS = Array("out", (DATA[:].sum(axis=1, keepdims=True) > 5).astype(int), conditions=["many"])


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))
    return tmp_path / "out"


def by_hand(inputs: Any, inp: Any, oup: Any, params: int) -> tuple[Any, Any]:
    in_ = keras.Input((10,), name="ip")
    layer = layers.Dense(params)(in_)
    return in_, layers.Dense(1, activation="sigmoid", name="out")(layer)


@inputlayer
@outputdense("sigmoid")
def body(inputs: Any, inp: Any, oup: Any, params: int) -> tuple[Any, Any]:
    with inputs.use("ip") as layer:
        output = layers.Dense(params, activation="relu", name="hidden")(layer)
    return inputs, output


@inputlayer
@outputdense(activation={"out": "sigmoid"})
def body_that_returns_its_tensor(inputs: Any, inp: Any, oup: Any, params: int) -> tuple[Any, Any]:
    with inputs.use("ip") as in_:
        output = layers.Dense(params)(in_)
    return in_, output


def made(params: int = 8, **options: Any) -> Janggu:
    model = Janggu.create(body, modelparams=params, inputs=DATA, outputs=LABELS, **options)
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def test_a_model_of_layers_and_one_of_a_template_are_the_same() -> None:
    in_ = keras.Input((10,), name="ip")
    output = layers.Dense(1, activation="sigmoid", name="out")(layers.Dense(3)(in_))
    one, other = Janggu(in_, output, name="test_model"), Janggu.create(by_hand, modelparams=3)
    assert one.name == "test_model"
    assert [layer.__class__.__name__ for layer in one.kerasmodel.layers] == ["InputLayer", "Dense", "Dense"]
    assert Janggu(in_, output).name == other.name


@pytest.mark.parametrize("template", [body, body_that_returns_its_tensor])
def test_layers_take_names_and_shapes_from_datasets(template: Any) -> None:
    model = Janggu.create(template, 3, DATA, LABELS).kerasmodel
    assert [(t.name, t.shape) for t in model.inputs] == [("ip", (None, 10))]
    assert model.output_names == ["out"]
    assert model.output_shape == (None, 1)


def test_names_are_those_of_the_architecture_in_every_process() -> None:
    assert made().name == made().name != made(9).name
    code = (
        "from jangdan import Janggu\nfrom tests.unit.janggu.test_janggu import *\n"
        "layers.Dense(3); print(Janggu.create(body, 8, DATA, LABELS).name)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split()[-1] == made().name


@pytest.mark.backend
def test_fit_evaluate_and_predict_take_datasets(root: Path) -> None:
    model = made()
    history = model.fit(DATA, LABELS, epochs=30, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]
    predicted = model.predict(DATA)
    assert predicted.shape == (200, 1)
    np.testing.assert_allclose(predicted, model.kerasmodel.predict(DATA[:], verbose=0), rtol=1e-5, atol=1e-6)
    loss, accuracy = model.evaluate(DATA, LABELS, callbacks=["auroc", "prc"], datatags=["train"])
    assert loss == pytest.approx(log_loss(LABELS[:, 0], predicted[:, 0]), rel=1e-4)
    assert accuracy == pytest.approx(((predicted > 0.5) == LABELS[:]).mean())
    table = pd.read_csv(next((root / "evaluation" / model.name).rglob("auroc*.tsv")), sep="\t")
    expected = roc_auc_score(LABELS[:, 0], predicted[:, 0])
    assert any(abs(float(v) - expected) < 1e-4 for v in table.select_dtypes("number").to_numpy().ravel())
    assert list((root / "evaluation" / model.name).rglob("prc*.png"))


def test_a_fit_is_logged_with_the_shapes_of_its_datasets(root: Path) -> None:
    model = made(name="kept")
    model.fit(DATA, LABELS, epochs=2, verbose=0)
    lines = (root / "logs/kept.log").read_text().splitlines()
    assert "training on 200 regions" in lines[0]
    assert "(200, 10)" in lines[0]
    assert "fitted to epoch 2" in lines[-1]


def test_an_inner_layer_is_predicted_by_name() -> None:
    model = made()
    kernel, bias = model.kerasmodel.get_layer("hidden").get_weights()
    np.testing.assert_allclose(
        model.predict(DATA, layername="hidden"), np.maximum(DATA[:] @ kernel + bias, 0), rtol=1e-4, atol=1e-5
    )
    with pytest.raises(OptionError, match=r"layername='no'.*hidden"):
        model.predict(DATA, layername="no")


def test_a_saved_model_is_loaded_by_its_name(root: Path) -> None:
    model = made(name="kept")
    path = model.save()
    assert path == root / "models/kept.keras"
    assert "hidden" in path.with_suffix(".txt").read_text()
    np.testing.assert_array_equal(Janggu.create_by_name("kept").predict(DATA), model.predict(DATA))
    with pytest.raises(OptionError, match=r"filename='kept.h5'.*\.keras"):
        model.save("kept.h5")
    with pytest.raises(OptionError, match="overwrite=False"):
        model.save(overwrite=False)
    with pytest.raises(MissingFileError, match="other"):
        Janggu.create_by_name("other")


@pytest.mark.backend
def test_a_loaded_model_is_evaluated_and_fitted_on_as_it_was_compiled() -> None:
    model = made(name="kept")
    model.fit(DATA, LABELS, epochs=2, verbose=0)
    model.save()
    loaded = Janggu.create_by_name("kept")
    assert loaded.evaluate(DATA, LABELS) == pytest.approx(model.evaluate(DATA, LABELS))
    for each in (model, loaded):
        each.fit(DATA, LABELS, epochs=1, verbose=0)
    np.testing.assert_allclose(loaded.predict(DATA), model.predict(DATA), rtol=1e-5)


def a_loss_of_ones_own(true: Any, pred: Any) -> Any:
    return keras.ops.mean((true - pred) ** 2)


def test_a_loaded_model_whose_loss_is_not_known_predicts_and_takes_it_as_a_custom_object(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = made(name="kept")
    model.compile("adam", loss=a_loss_of_ones_own)
    model.save()
    loaded = Janggu.create_by_name("kept")
    assert "compile it again" in caplog.text
    np.testing.assert_array_equal(loaded.predict(DATA), model.predict(DATA))
    known = Janggu.create_by_name("kept", {"a_loss_of_ones_own": a_loss_of_ones_own})
    assert known.evaluate(DATA, LABELS) == pytest.approx(np.mean((LABELS[:] - model.predict(DATA)) ** 2), rel=1e-4)


def test_a_fitted_model_is_kept_without_being_asked(root: Path) -> None:
    model = made(name="kept")
    model.fit(DATA, LABELS, verbose=0)
    assert {path.name for path in (root / "models").iterdir()} == {"kept.keras", "kept.txt"}
    np.testing.assert_array_equal(Janggu.create_by_name("kept").predict(DATA), model.predict(DATA))


class Seen(Array):
    """Remembers which regions were read."""

    def __init__(self, name: str, values: np.ndarray) -> None:
        super().__init__(name, values)
        self.read_so_far: list[list[int]] = []

    def _read(self, indices: Any, *jitter: Any) -> np.ndarray:
        self.read_so_far.append(indices.tolist())
        return super()._read(indices, *jitter)


def seen_by_fit(**options: Any) -> list[list[int]]:
    """Return the regions of the batches that were fitted on."""
    data = Seen("ip", DATA[:])
    options = {"batch_size": 40, "verbose": 0, **options}
    made().fit(data, LABELS, **options)
    steps = options.get("steps_per_epoch", 5) * (options.get("epochs", 1) - options.get("initial_epoch", 0))
    return data.read_so_far[-steps:]  # Keras looks at some batches first


@functools.cache
def two_epochs() -> list[list[int]]:
    """Return the regions of the batches of two whole epochs."""
    return seen_by_fit(epochs=2)


def test_regions_come_in_their_order_without_shuffle_and_in_one_of_the_seed_with_it() -> None:
    in_order = [list(range(start, start + 40)) for start in range(0, 200, 40)]
    assert seen_by_fit(shuffle=False) == in_order
    one, other = two_epochs(), seen_by_fit(epochs=2)
    assert one == other != seen_by_fit(epochs=2, seed=1)
    for epoch in (one[:5], one[5:]):
        assert sorted(region for batch in epoch for region in batch) == list(range(200))
    assert one[:5] != one[5:]
    assert seen_by_fit(epochs=2, initial_epoch=1) == one[5:]


def test_an_epoch_of_some_steps_goes_on_where_the_one_before_ended() -> None:
    for epochs, steps in ((5, 2), (2, 5), (1, 10)):
        assert seen_by_fit(epochs=epochs, steps_per_epoch=steps) == two_epochs()


def test_runs_repeat_from_their_seed() -> None:
    def weights(seed: int) -> np.ndarray:
        keras.utils.set_random_seed(1)
        model = made()
        model.fit(DATA, LABELS, epochs=2, verbose=0, seed=seed)
        return model.kerasmodel.get_layer("hidden").get_weights()[0]

    np.testing.assert_array_equal(weights(3), weights(3))
    assert not np.array_equal(weights(3), weights(4))


def test_weights_of_samples_and_classes_count() -> None:
    ones = np.zeros(200)
    ones[LABELS[:, 0] == 1] = 1.0
    for options in ({"sample_weight": ones}, {"class_weight": {0: 0.0, 1: 1.0}}):
        keras.utils.set_random_seed(1)
        model = made()
        model.fit(DATA, LABELS, epochs=30, verbose=0, **options)
        assert model.predict(DATA).min() > 0.5, options
    weighted = made()
    values = [weighted.evaluate(DATA, LABELS, sample_weight=w)[0] for w in (ones, 1 - ones, np.ones(200))]
    assert values[0] + values[1] == pytest.approx(values[2], rel=1e-4)


def test_class_weights_are_those_of_each_regions_class_and_multiply_with_its_own() -> None:
    from jangdan.janggu.class_weights import region_weights

    three = Array("y", np.eye(3)[[0, 2, 1, 2]])
    one = Array("y", np.array([[0], [1], [1], [0]]))
    classes, own = {0: 0.5, 1: 2.0}, np.array([1.0, 2.0, 3.0, 0.0])
    np.testing.assert_array_equal(region_weights(three, classes, None), [0.5, 1, 2, 1])
    np.testing.assert_array_equal(region_weights(one, classes, None), [0.5, 2, 2, 0.5])
    np.testing.assert_array_equal(region_weights(one, classes, own), [0.5, 4, 6, 0])
    np.testing.assert_array_equal(region_weights(one, None, own), own)
    assert region_weights(one, None, None) is None
    for labels in (np.array([[1, 1, 0]]), np.zeros((1, 3)), np.array([[0.2, 0.8, 0.0]])):
        with pytest.raises(OptionError, match="do not exclude each other"):
            region_weights(Array("y", labels), classes, None)
    with pytest.raises(OptionError, match="4 values a region"):
        region_weights(Array("y", np.zeros((2, 4, 1, 1))), classes, None)


@pytest.mark.backend
def test_weights_multiply_the_loss_of_their_regions() -> None:
    weights = np.linspace(0, 2, 200)
    y = LABELS[:, 0].astype(int)
    of_classes = np.array([0.25, 3.0])
    for options, each in (
        ({"sample_weight": weights}, weights),
        ({"class_weight": {0: 0.25, 1: 3.0}}, of_classes[y]),
        ({"class_weight": {0: 0.25, 1: 3.0}, "sample_weight": weights}, of_classes[y] * weights),
    ):
        model = made()
        model.compile(keras.optimizers.SGD(0.0), loss="binary_crossentropy")
        history = model.fit(DATA, LABELS, verbose=0, **options)
        p = model.predict(DATA)[:, 0].astype(float)
        expected = (each * -np.log(np.where(y == 1, p, 1 - p))).mean()
        assert history.history["loss"] == [pytest.approx(expected, rel=1e-4)], options


def test_a_fit_writes_event_files_where_a_callback_says_so(tmp_path: Path) -> None:
    import tensorflow as tf

    model = made()
    callback = TensorBoardEvents(tmp_path / "events")
    history = model.fit(DATA, LABELS, epochs=2, verbose=0, validation_data=(DATA, LABELS), callbacks=[callback])
    found = {}
    for part in ("train", "validation"):
        (path,) = (tmp_path / "events" / part).iterdir()
        for record in tf.data.TFRecordDataset([str(path)]):
            for value in tf.compat.v1.Event.FromString(record.numpy()).summary.value:
                found.setdefault((part, value.tag), []).append(value.simple_value)
    for name in ("loss", "accuracy"):
        assert found["train", f"epoch_{name}"] == pytest.approx(history.history[name])
        assert found["validation", f"epoch_{name}"] == pytest.approx(history.history[f"val_{name}"])
    assert found["train", "epoch_learning_rate"] == pytest.approx([0.05, 0.05])


@pytest.fixture
def genomic(tmp_path: Path) -> tuple[Bioseq, Cover]:
    letters = "".join(RNG.choice(list("ACGT"), 4000))
    write_fasta(tmp_path / "g.fa", [("chr1", letters[:3000]), ("chr2", letters[3000:])])
    (tmp_path / "roi.bed").write_text("chr1\t0\t3000\nchr2\t0\t1000\n")
    (tmp_path / "peaks.bed").write_text("chr1\t0\t1500\nchr2\t500\t1000\n")
    roi = str(tmp_path / "roi.bed")
    dna = Bioseq.create_from_refgenome("dna", str(tmp_path / "g.fa"), roi, binsize=50, order=2)
    return dna, Cover.create_from_bed("peaks", str(tmp_path / "peaks.bed"), roi, binsize=50, resolution=50)


@inputlayer
@outputconv("sigmoid")
def convolution(inputs: Any, inp: Any, oup: Any, params: Any) -> tuple[Any, Any]:
    with inputs.use("dna") as layer:
        layer = layers.Conv2D(4, (49, 1), name="scan")(layer)
    return inputs, layer


@pytest.mark.backend
def test_sequences_are_fed_as_codes_and_computed_with_as_one_hot(genomic: tuple[Bioseq, Cover]) -> None:
    dna, peaks = genomic
    model = Janggu.create(convolution, None, dna, peaks)
    assert [(t.name, t.shape, t.dtype) for t in model.kerasmodel.inputs] == [("dna", (None, 50), "uint8")]
    kernel, bias = model.kerasmodel.get_layer("scan").get_weights()
    found = model.predict(dna, layername="scan")
    expected = np.einsum("rlwc,lwcf->rf", dna[:].astype(float), kernel) + bias
    np.testing.assert_allclose(found[:, 0, 0], expected, rtol=1e-4, atol=1e-5)
    assert model.predict(dna).shape == peaks.shape == (80, 1, 1, 1)
    # a model whose input layer takes one-hot values is fed with these
    plain = keras.Input((49, 1, 16), name="dna")
    other = Janggu(plain, layers.Conv2D(4, (49, 1), name="peaks")(plain))
    other.kerasmodel.set_weights([kernel, bias])
    np.testing.assert_allclose(other.predict(dna), found, rtol=1e-4, atol=1e-5)


def test_chromosomes_are_held_out_for_validation(genomic: tuple[Bioseq, Cover]) -> None:
    dna, peaks = genomic
    model = Janggu.create(convolution, None, dna, peaks)
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(dna, peaks, validation_data=["chr2"], epochs=1, verbose=0)
    held = np.array([region.chrom == "chr2" for region in dna.gindexer])
    expected = np.abs(model.predict(dna)[held] - peaks[:][held]).mean()
    assert history.history["val_mae"][0] == pytest.approx(expected, rel=1e-3)
    for given in ((dna, peaks), (dna, peaks, np.ones(len(dna)))):
        assert "val_loss" in model.fit(dna, peaks, validation_data=given, verbose=0).history


@pytest.mark.backend
def test_several_inputs_and_outputs(genomic: tuple[Bioseq, Cover]) -> None:
    dna, peaks = genomic
    atac = Array("atac", RNG.random((80, 5)))
    flat = ReduceDim(peaks)
    count = Array("count", RNG.random((80, 2)))

    @inputlayer
    @outputdense({"peaks": "sigmoid", "count": None})
    def both(inputs: Any, inp: Any, oup: Any, params: Any) -> tuple[Any, Any]:
        with inputs.use("dna", "atac") as (one, other):
            joined = layers.Concatenate()([layers.Flatten()(one), other])
        return inputs, layers.Dense(4)(joined)

    model = Janggu.create(both, None, [dna, atac], [flat, count])
    model.compile("adam", {"peaks": "binary_crossentropy", "count": "mse"})
    model.fit([atac, dna], [count, flat], verbose=0)
    assert [p.shape for p in model.predict({"x": dna, "y": atac})] == [(80, 1), (80, 2)]
    assert len(model.evaluate([dna, atac], [flat, count])) >= 1


@pytest.mark.backend
def test_an_inner_layer_of_two_strands_is_predicted_and_scored(genomic: tuple[Bioseq, Cover]) -> None:
    x = keras.Input((49, 1, 16), name="dna")
    forward, reverse = DnaConv2D(layers.Conv2D(3, (9, 1)), merge_mode=None, name="scan")(x)
    joined = layers.Flatten()(layers.Concatenate()([forward, reverse]))
    model = Janggu(x, layers.Dense(1, name="peaks")(joined))
    scorer = Scorer("sum", np.sum)
    both = model.predict(genomic[0], layername="scan", callbacks=scorer)
    assert [each.shape for each in both] == [(80, 41, 1, 3)] * 2
    assert {key[1] for key in scorer.results} == {"scan_0", "scan_1"}
    assert scorer.results[model.name, "scan_1", 2]["value"] == pytest.approx(both[1][..., 2].sum(), rel=1e-4)


@pytest.mark.parametrize(
    ("inputs", "outputs", "words"),
    [
        (Array("other", DATA[:]), LABELS, ["other", "ip", "inputs"]),
        (DATA, Array("y", LABELS[:]), ["outputs", "y", "out"]),
        (Array("ip", RNG.random((200, 9))), LABELS, ["ip", "(10,)", "(9,)"]),
        (DATA, Array("out", RNG.random((200, 2))), ["out", "(1,)", "(2,)"]),
        (DATA, Array("out", LABELS[:100]), ["ip: 200", "out: 100"]),
        ([DATA, DATA], LABELS, ["named alike"]),
        (3, LABELS, ["inputs", "int"]),
        (None, LABELS, ["inputs=None"]),
        (DATA, Array("out", LABELS[:, 0]), ["out", "(200,)", "[:, None]"]),
        (Array("ip", DATA[:0]), Array("out", LABELS[:0]), ["ip", "target out", "no region"]),
    ],
)
def test_datasets_that_do_not_fit_are_named(inputs: Any, outputs: Any, words: list[str]) -> None:
    with pytest.raises(JangdanError) as caught:
        made().fit(inputs, outputs, verbose=0)
    assert [word for word in words if word not in str(caught.value)] == [], str(caught.value)


def test_templates_without_what_they_need_are_named() -> None:
    with pytest.raises(DataError, match="inputs="):
        Janggu.create(body, 3, None, LABELS)
    with pytest.raises(OptionError, match=r"'nothing'.*ip"):
        Janggu.create(inputlayer(lambda inputs, *_: _use(inputs, "nothing")), 3, DATA, LABELS)
    with pytest.raises(OptionError, match=r"expected \(inputs, output\)"):
        Janggu.create(lambda *_: None)
    with pytest.raises(OptionError, match="name='a/b'"):
        made(name="a/b")
    for name in ("a/b", "two words", "é"):
        with pytest.raises(OptionError, match=f"dataset '{name}'"):
            Janggu.create(body, 3, DATA, Array(name, LABELS[:]))
    with pytest.raises(OptionError, match="both have a dataset 'ip'"):
        Janggu.create(body, 3, DATA, Array("ip", LABELS[:]))
    with pytest.raises(DataError, match=r"outputs: dataset 'out' has the shape \(200,\)"):
        Janggu.create(body, 3, DATA, Array("out", LABELS[:, 0]))


def test_scorers_are_given_one_or_several_and_others_named() -> None:
    model, scorer = made(), Scorer("mean", lambda true, pred: float(pred.mean()), immediate_export=False)
    model.evaluate(DATA, LABELS, callbacks=scorer)
    model.evaluate(DATA, LABELS, callbacks="auroc")
    assert len(scorer.results) == 1
    with pytest.raises(OptionError, match="callbacks: found function"):
        model.evaluate(DATA, LABELS, callbacks=[np.testing.assert_equal])
    with pytest.raises(OptionError, match="'auroc' compares with outputs; give it to evaluate"):
        model.predict(DATA, callbacks=["auroc"])


def _use(inputs: Any, name: str) -> Any:
    with inputs.use(name) as layer:
        return inputs, layer


def test_a_saved_model_holds_no_code(root: Path) -> None:
    import zipfile

    with zipfile.ZipFile(made().save()) as archive:
        assert set(archive.namelist()) == {"metadata.json", "config.json", "model.weights.h5"}
        json.loads(archive.read("config.json"))


def test_windows_are_found_by_interval(genomic: tuple[Bioseq, Cover]) -> None:
    dna, _ = genomic
    assert dna[Interval("chr1", 0, 50)].shape == (1, 49, 1, 16)
