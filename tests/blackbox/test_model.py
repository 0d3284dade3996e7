"""Janggu: a Keras model over datasets, saved by its name; and the layers for DNA."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from jangdan import (
    Complement,
    DnaConv2D,
    Janggu,
    LocalAveragePooling2D,
    Reverse,
    inputlayer,
    outputconv,
    outputdense,
)
from jangdan.data import Array, Bioseq, Cover
from tests.blackbox.naive import WINDOWS, Files, sequences

WEIGHTS = np.random.default_rng(2).normal(scale=0.1, size=(100 * 4, 2)).astype(np.float32)
BIAS = np.array([0.25, -1.0], dtype=np.float32)
LABELS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])


@inputlayer
@outputdense("sigmoid")
def dense(inputs: Any, inp: Any, oup: Any, params: Any) -> Any:
    with inputs.use("dna") as x:
        return inputs, keras.layers.Flatten()(x)


@inputlayer
@outputconv("linear")
def convolution(inputs: Any, inp: Any, oup: Any, params: Any) -> Any:
    with inputs.use("reads") as x:
        return inputs, keras.layers.Conv2D(params, (1, 1), name="hidden")(x)


@pytest.fixture
def dna(files: Files) -> Bioseq:
    return Bioseq.create_from_refgenome("dna", files.fasta, roi=files.bed, binsize=100)


@pytest.fixture
def labels() -> Array:
    return Array("y", LABELS, conditions=["a", "b"])


@pytest.fixture
def model(dna: Bioseq, labels: Array) -> Janggu:
    made = Janggu.create(dense, modelparams=None, inputs=dna, outputs=labels, name="known")
    made.kerasmodel.get_layer("y").set_weights([WEIGHTS, BIAS])
    made.compile("sgd", loss="binary_crossentropy")
    return made


def _expected(files: Files) -> np.ndarray:
    flat = sequences(files, WINDOWS).reshape(5, -1)
    return 1 / (1 + np.exp(-(flat @ WEIGHTS + BIAS)))


def _cross_entropy(predicted: np.ndarray) -> float:
    return float(-(LABELS * np.log(predicted) + (1 - LABELS) * np.log(1 - predicted)).mean())


def test_predictions_are_those_of_the_weights(files: Files, dna: Bioseq, model: Janggu) -> None:
    np.testing.assert_allclose(model.predict(inputs=dna), _expected(files), rtol=1e-4)
    np.testing.assert_allclose(model.predict({"dna": dna}, batch_size=2, verbose=0), _expected(files), rtol=1e-4)
    np.testing.assert_allclose(
        model.predict([dna], batch_size=2, steps=1, use_multiprocessing=False, workers=1),
        _expected(files)[:2],
        rtol=1e-4,
    )
    inner = model.predict(dna, layername=model.kerasmodel.layers[-2].name)
    np.testing.assert_array_equal(inner, sequences(files, WINDOWS).reshape(5, -1))
    with pytest.raises(ValueError, match="absent"):
        model.predict(dna, layername="absent")


def test_evaluation_is_the_loss(files: Files, dna: Bioseq, labels: Array, model: Janggu) -> None:
    found = model.evaluate(dna, labels, batch_size=5)
    assert np.ravel(found)[0] == pytest.approx(_cross_entropy(_expected(files)), rel=1e-4)
    weighted = model.evaluate(inputs=dna, outputs=labels, sample_weight=np.ones(5), steps=1, batch_size=5, verbose=0,
                              use_multiprocessing=False, workers=1)  # fmt: skip
    assert np.ravel(weighted)[0] == pytest.approx(_cross_entropy(_expected(files)), rel=1e-4)


def test_one_step_of_gradient_descent(files: Files, dna: Bioseq, labels: Array, model: Janggu) -> None:
    model.compile(keras.optimizers.SGD(0.5), loss="binary_crossentropy")
    history = model.fit(dna, labels, batch_size=5, epochs=1, verbose=0, shuffle=False)
    assert history.history["loss"][0] == pytest.approx(_cross_entropy(_expected(files)), rel=1e-4)
    # the gradient of the mean cross entropy of a logistic layer: x (p - y) / (regions * conditions)
    flat = sequences(files, WINDOWS).reshape(5, -1)
    error = (_expected(files) - LABELS) / LABELS.size
    kernel, bias = model.kerasmodel.get_layer("y").get_weights()
    np.testing.assert_allclose(kernel, WEIGHTS - 0.5 * flat.T @ error, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(bias, BIAS - 0.5 * error.sum(axis=0), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("validation", ["chromosomes", "datasets"])
def test_regions_of_validation_are_left_out(
    files: Files, dna: Bioseq, labels: Array, model: Janggu, validation: str
) -> None:
    model.compile(keras.optimizers.SGD(0.0), loss="binary_crossentropy")
    held: Any = ["chr2"] if validation == "chromosomes" else (dna.subset([3, 4]), labels.subset([3, 4]))
    history = model.fit(dna, labels, validation_data=held, epochs=2, verbose=0, batch_size=5).history
    predicted = _expected(files)
    each = -(LABELS * np.log(predicted) + (1 - LABELS) * np.log(1 - predicted)).mean(axis=1)
    assert history["val_loss"] == pytest.approx([each[3:].mean()] * 2, rel=1e-3)
    training = each[:3] if validation == "chromosomes" else each
    assert history["loss"] == pytest.approx([training.mean()] * 2, rel=1e-3)


def test_options_of_fit(files: Files, dna: Bioseq, labels: Array, model: Janggu) -> None:
    model.compile(keras.optimizers.SGD(0.0), loss="binary_crossentropy")
    seen: list[int] = []
    counter = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    history = model.fit(
        inputs=dna, outputs=labels, batch_size=2, epochs=4, verbose=0, callbacks=[counter], shuffle=True,
        sample_weight=np.array([2.0, 0, 0, 0, 0]), initial_epoch=1, steps_per_epoch=3, use_multiprocessing=False,
        workers=1, seed=3,
    )  # fmt: skip
    assert seen == [1, 2, 3]
    assert len(history.history["loss"]) == 3


def test_a_class_weight_counts_as_a_weight_of_samples(files: Files, dna: Bioseq) -> None:
    target = Array("one", LABELS[:, :1])
    made = Janggu.create(dense, None, dna, target, name="weighted")
    made.compile(keras.optimizers.SGD(0.0), loss="binary_crossentropy")
    predicted = made.predict(dna)[:, 0].astype(np.float64)
    each = np.where(LABELS[:, 0] == 1, -np.log(predicted), -np.log(1 - predicted))
    weights = np.where(LABELS[:, 0] == 1, 3.0, 0.5)
    history = made.fit(dna, target, class_weight={0: 0.5, 1: 3.0}, batch_size=5, verbose=0)
    by_hand = made.fit(dna, target, sample_weight=weights, batch_size=5, verbose=0)
    expected = [(weights * each).sum() / n for n in (5, weights.sum())]  # Keras' mean is over regions, or weights
    assert any(history.history["loss"][0] == pytest.approx(value, rel=1e-3) for value in expected)
    assert history.history["loss"] == pytest.approx(by_hand.history["loss"], rel=1e-5)


def test_a_model_is_saved_and_found_by_its_name(dna: Bioseq, labels: Array, model: Janggu, output: Path) -> None:
    expected = model.predict(dna)
    path = model.save()
    assert path == output / "models/known.keras"
    again = Janggu.create_by_name("known")
    assert again.name == "known"
    np.testing.assert_array_equal(again.predict(dna), expected)
    with pytest.raises(ValueError, match="overwrite"):
        model.save(overwrite=False)
    other = model.save(filename=str(output / "other.keras"), overwrite=True, show_shapes=True)
    assert other.stat().st_size > 0
    with pytest.raises(FileNotFoundError, match="absent"):
        Janggu.create_by_name("absent", custom_objects={})


def test_fitting_saves_the_model(dna: Bioseq, labels: Array, model: Janggu, output: Path) -> None:
    model.fit(dna, labels, verbose=0)
    np.testing.assert_array_equal(Janggu.create_by_name("known").predict(dna), model.predict(dna))


def test_a_name_is_made_of_the_architecture(dna: Bioseq, labels: Array) -> None:
    names = [Janggu.create(dense, None, dna, labels).name for _ in range(2)]
    other = Janggu.create(dense, None, dna, Array("z", LABELS)).name
    assert names[0] == names[1] != other


def test_a_model_of_keras_layers(dna: Bioseq, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    rows = keras.Input((100, 1, 4), name="dna")
    out = keras.layers.GlobalAveragePooling2D(name="mean")(rows)
    model = Janggu(inputs=rows, outputs=out, name="plain")
    np.testing.assert_allclose(model.predict(dna), sequences(files, WINDOWS).mean(axis=(1, 2)), rtol=1e-5)
    assert model.get_config()["layers"]
    model.summary()
    assert "mean" in capsys.readouterr().out


def test_a_convolution_as_output(files: Files) -> None:
    reads = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, resolution=50, stranded=False)
    target = Cover.create_from_bigwig("signal", files.bigwig, roi=files.bed, binsize=100, resolution=50)
    model = Janggu.create(convolution, modelparams=3, inputs=reads, outputs=target)
    hidden, out = (model.kerasmodel.get_layer(name).get_weights() for name in ("hidden", "signal"))
    expected = (reads[:] @ hidden[0][0, 0] + hidden[1]) @ out[0][0, 0] + out[1]
    np.testing.assert_allclose(model.predict(reads), expected, rtol=1e-4, atol=1e-5)
    assert model.predict(reads).shape == target.shape


def test_a_dataset_of_another_name_is_refused(files: Files, model: Janggu) -> None:
    other = Bioseq.create_from_refgenome("genome", files.fasta, roi=files.bed, binsize=100)
    with pytest.raises(ValueError, match="genome"):
        model.predict(other)


def _scan(rows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    length = rows.shape[1] - kernel.shape[0] + 1
    return np.stack(
        [np.tensordot(rows[:, i : i + kernel.shape[0]], kernel, axes=([1, 2, 3], [0, 1, 2])) for i in range(length)], 1
    )


@pytest.mark.parametrize("merge_mode", ["max", "ave", "concat", None])
def test_both_strands_are_scanned(files: Files, merge_mode: str | None) -> None:
    rows = sequences(files, WINDOWS).astype(np.float32)
    layer = DnaConv2D(layer=keras.layers.Conv2D(2, (5, 1), use_bias=False), merge_mode=merge_mode)
    found = layer(rows)
    kernel = np.asarray(layer.layer.get_weights()[0])
    forward, reverse = _scan(rows, kernel), _scan(rows, kernel[::-1, :, ::-1])
    expected: Any = {
        "max": np.maximum(forward, reverse),
        "ave": (forward + reverse) / 2,
        "concat": np.concatenate([forward, reverse], axis=-1),
        None: [forward, reverse],
    }[merge_mode]
    pairs = zip(found, expected, strict=True) if merge_mode is None else [(found, expected)]
    for one, other in pairs:
        np.testing.assert_allclose(keras.ops.convert_to_numpy(one)[:, :, 0], other, rtol=1e-4, atol=1e-5)


def test_layers_of_dna(files: Files) -> None:
    rows = sequences(files, WINDOWS).astype(np.float32)
    turned = keras.ops.convert_to_numpy(Complement()(Reverse(axis=1)(rows)))
    np.testing.assert_array_equal(turned, rows[:, ::-1, :, ::-1])
    pooled = keras.ops.convert_to_numpy(LocalAveragePooling2D(window_size=3)(rows))
    expected = np.stack([rows[:, i : i + 3].mean(axis=1) for i in range(98)], axis=1)
    np.testing.assert_allclose(pooled, expected, rtol=1e-5, atol=1e-7)
