"""The layers for both strands against loops over strings, whose other strand Biopython gives."""

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from Bio.Seq import Seq
from keras import ops

from jangdan.errors import OptionError
from jangdan.networks.dna_layers import Complement, DnaConv2D, LocalAveragePooling2D, Reverse

pytestmark = pytest.mark.backend

MERGES = ["max", "ave", "concat", None]


def _texts(n: int, length: int, letters: str = "ACGT", seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(letters), length)) for _ in range(n)]


def _other_strand(text: str) -> str:
    return str(Seq(text).reverse_complement())


def _one_hot(texts: list[str], order: int = 1) -> np.ndarray:
    """Return (text, position, 1, 4 ** order), float32; words with an N are zeros."""
    words = ["".join(word) for word in itertools.product("ACGT", repeat=order)]
    rows = [[[text[i : i + order] == w for w in words] for i in range(len(text) - order + 1)] for text in texts]
    return np.array(rows, dtype="float32")[:, :, None, :]


def _scan(text: str, kernel: np.ndarray, conv: dict[str, Any], reverse: bool) -> np.ndarray:
    """Return (position, filter): each window's letters, or those of its other strand, times the kernel, in loops."""
    order, size, stride = round(np.log(kernel.shape[1]) / np.log(4)), len(kernel), conv["strides"]
    n_words, before, n_windows = len(text) - order + 1, 0, (len(text) - order + 1 - size) // stride + 1
    if conv["padding"] == "same":
        n_windows = -(-n_words // stride)
        before = max((n_windows - 1) * stride + size - n_words, 0) // 2
    table = {"".join(word): i for i, word in enumerate(itertools.product("ACGT", repeat=order))}
    result = np.zeros((n_windows, kernel.shape[2]))
    for window, offset in itertools.product(range(n_windows), range(size)):
        # beyond the ends, and where a letter is unknown, there is no word: it adds nothing
        at = window * stride - before + offset
        word = text[at : at + order] if 0 <= at < n_words else ""
        if word and "N" not in word:
            row, code = (size - 1 - offset, table[_other_strand(word)]) if reverse else (offset, table[word])
            result[window] += kernel[row, code]
    return result


def _expected(texts: list[str], weights: list[np.ndarray], conv: dict[str, Any], merge_mode: str | None) -> Any:
    kernel, bias = weights[0][:, 0].astype(float), weights[1] if len(weights) > 1 else 0.0
    strands = []
    for reverse in (False, True):
        scans = np.stack([_scan(text, kernel, conv, reverse) for text in texts])[:, :, None] + bias
        strands.append(np.tanh(scans) if conv["activation"] == "tanh" else scans)
    both = np.stack(strands)
    whole = {"max": both.max(axis=0), "ave": both.mean(axis=0), "concat": np.concatenate(strands, axis=-1)}
    return strands if merge_mode is None else whole[merge_mode]


def _conv(conv: dict[str, Any], size: int = 5, **more: Any) -> keras.layers.Conv2D:
    strides = (conv["strides"], 1)
    own = {"bias_initializer": "random_normal", **conv, "strides": strides, **more}
    return keras.layers.Conv2D(3, (size, 1), **own)


def _numpy(values: Any) -> Any:
    return [_numpy(each) for each in values] if isinstance(values, list) else ops.convert_to_numpy(values)


def _assert_close(found: Any, expected: Any, tolerance: float = 1e-5) -> None:
    if not isinstance(expected, list):
        found, expected = [found], [expected]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert tuple(one.shape) == other.shape
        np.testing.assert_allclose(ops.convert_to_numpy(ops.cast(one, "float32")), other, rtol=0, atol=tolerance)


@pytest.mark.parametrize("merge_mode", MERGES)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("order", "size", "strides"), [(1, 5, 1), (1, 6, 1), (1, 6, 4), (2, 4, 3), (2, 1, 2), (3, 3, 2)]
)
def test_both_strands_are_scanned_at_the_same_windows(
    order: int, size: int, strides: int, padding: str, merge_mode: str | None
) -> None:
    texts = _texts(2, 23, "ACGTN")
    conv = {"strides": strides, "padding": padding, "activation": "tanh"}
    layer = DnaConv2D(_conv(conv, size), merge_mode=merge_mode)
    found = layer(_one_hot(texts, order))
    _assert_close(found, _expected(texts, layer.get_weights(), conv, merge_mode))


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("activation", [None, "tanh"])
def test_bias_and_activation_are_the_layers(use_bias: bool, activation: str | None) -> None:
    texts, conv = _texts(2, 15), {"strides": 1, "padding": "valid", "activation": activation}
    layer = DnaConv2D(_conv(conv, use_bias=use_bias), merge_mode=None)
    found = layer(_one_hot(texts))
    assert [w.shape for w in layer.weights] == [(5, 1, 4, 3), (3,)][: 1 + use_bias]
    _assert_close(found, _expected(texts, layer.get_weights(), conv, None))


def test_dilated_kernels_are_the_kernels_with_holes() -> None:
    texts, conv = _texts(2, 20), {"strides": 1, "padding": "same", "activation": None}
    layer = DnaConv2D(_conv(conv, 4, dilation_rate=(2, 1)), merge_mode=None)
    found = layer(_one_hot(texts))
    kernel, bias = layer.get_weights()
    with_holes = np.zeros((7, *kernel.shape[1:]))
    with_holes[::2] = kernel
    _assert_close(found, _expected(texts, [with_holes, bias], conv, None))


@pytest.mark.parametrize("merge_mode", ["max", "ave"])
@pytest.mark.parametrize(("padding", "size", "strides", "same"), [
    ("valid", 5, 1, True), ("valid", 6, 1, True), ("same", 5, 1, True), ("valid", 5, 3, True), ("same", 4, 2, True),
    ("same", 6, 1, False), ("valid", 5, 4, False),
])  # fmt: skip
def test_the_other_strand_gives_the_same_backwards_where_its_windows_are_the_same(
    padding: str, size: int, strides: int, same: bool, merge_mode: str
) -> None:
    """Of 20 letters: where zeros before and after differ, or windows end before the last letter, they are others."""
    texts, conv = _texts(3, 20), {"strides": strides, "padding": padding, "activation": "relu"}
    layer = DnaConv2D(_conv(conv, size), merge_mode=merge_mode)
    forward = _numpy(layer(_one_hot(texts)))
    backward = _numpy(layer(_one_hot([_other_strand(text) for text in texts])))
    assert np.allclose(backward[:, ::-1], forward, atol=1e-5) is same


def test_merge_modes_of_a_model_have_the_computed_shapes_for_any_length() -> None:
    for merge_mode, padding in itertools.product(MERGES, ["valid", "same"]):
        layer = DnaConv2D(keras.layers.Conv2D(3, (4, 1), strides=(2, 1), padding=padding), merge_mode)
        inputs = keras.Input((None, 1, 16))
        model = keras.Model(inputs, layer(inputs))
        filters = 6 if merge_mode == "concat" else 3
        for length in (9, 14):
            positions = -(-length // 2) if padding == "same" else (length - 4) // 2 + 1
            shape = (2, positions, 1, filters)
            expected = [shape, shape] if merge_mode is None else shape
            assert layer.compute_output_shape((2, length, 1, 16)) == expected
            found = model.predict(np.zeros((2, length, 1, 16), "float32"), verbose=0)
            assert ([f.shape for f in found] if merge_mode is None else found.shape) == expected
        open_shape = (None, None, 1, filters)
        assert layer.compute_output_shape((None, None, 1, 16)) == (
            [open_shape] * 2 if merge_mode is None else open_shape
        )
        assert model.output_shape == ([open_shape] * 2 if merge_mode is None else open_shape)


@pytest.mark.parametrize("merge_mode", ["max", "concat"])
def test_mixed_precision_computes_in_half_and_keeps_the_weights_whole(merge_mode: str) -> None:
    texts, conv = _texts(2, 15), {"strides": 1, "padding": "valid", "activation": None}
    for layer in (
        DnaConv2D(_conv(conv, dtype="mixed_float16"), merge_mode),
        DnaConv2D(_conv(conv), merge_mode, dtype="mixed_float16"),
    ):
        found = layer(keras.Input((None, 1, 4)))
        assert (found.dtype, layer.layer.kernel.dtype) == ("float16", "float32")
        found = layer(_one_hot(texts))
        assert keras.backend.standardize_dtype(found.dtype) == "float16"
        _assert_close(found, _expected(texts, layer.get_weights(), conv, merge_mode), tolerance=5e-3)


def test_a_penalty_on_activities_and_kernels_counts_both_strands_and_the_kernel_once() -> None:
    texts, conv = _texts(4, 15), {"strides": 1, "padding": "valid", "activation": "tanh"}
    layer = DnaConv2D(_conv(conv, activity_regularizer=keras.regularizers.L1(0.5), kernel_regularizer="l2"))
    layer(_one_hot(texts))
    strands = _expected(texts, layer.get_weights(), conv, None)
    activities = sum(0.5 * np.abs(strand).sum() / len(texts) for strand in strands)
    kernel = 0.01 * (layer.get_weights()[0] ** 2).sum()
    assert float(sum(ops.convert_to_numpy(loss) for loss in layer.losses)) == pytest.approx(
        activities + kernel, rel=1e-4
    )


def _motif_task(n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Return one-hot, of which every second one has GATTACA's other strand, and which."""
    texts, motif = _texts(n, 40, seed=4), _other_strand("GATTACA")
    starts = np.random.default_rng(5).integers(0, 33, n)
    for i in range(0, n, 2):
        texts[i] = texts[i][: starts[i]] + motif + texts[i][starts[i] + len(motif) :]
    return _one_hot(texts), (np.arange(n) % 2 == 0).astype("float32")[:, None]


def _motif_model(merge_mode: str | None = "max", noise: float = 0.1) -> keras.Model:
    """Return a model whose only kernel begins as GATTACA with noise."""
    inputs = keras.Input((40, 1, 4))
    scan = DnaConv2D(keras.layers.Conv2D(1, (7, 1), activation="relu", name="motifs"), merge_mode, name="scan")
    x = scan(inputs)
    x = keras.layers.Concatenate()(x) if merge_mode is None else x
    x = keras.layers.GlobalMaxPooling2D()(LocalAveragePooling2D(1)(x))
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")(x))
    kernel, bias = scan.get_weights()
    start = noise * _one_hot(["GATTACA"])[0][:, :, :, None]
    scan.set_weights([start + np.random.default_rng(1).normal(0, 0.02, kernel.shape), bias])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    return model


def test_a_motif_on_the_reverse_strand_trains_the_shared_kernel() -> None:
    keras.utils.set_random_seed(1)
    rows, labels = _motif_task()
    model = _motif_model()
    before = model.get_layer("scan").get_weights()[0]
    model.fit(rows, labels, epochs=25, batch_size=50, verbose=0)
    kernel = model.get_layer("scan").get_weights()[0]
    assert model.evaluate(rows, labels, verbose=0)[1] > 0.95
    assert np.abs(kernel - before).max() > 0.1
    assert "".join("ACGT"[i] for i in kernel[:, 0, :, 0].argmax(axis=1)) == "GATTACA"


def test_a_step_on_the_reverse_strand_alone_moves_the_kernel_by_its_reverse_complement() -> None:
    """The mean of the reverse scan's outputs has the mean of the windows' other strands as gradient."""
    texts = _texts(6, 12)
    inputs = keras.Input((12, 1, 4))
    scan = DnaConv2D(keras.layers.Conv2D(1, (5, 1), use_bias=False), None)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(scan(inputs)[1]))
    model.compile(keras.optimizers.SGD(1.0), loss=lambda true, predicted: -ops.mean(predicted))
    before = scan.get_weights()[0]
    model.train_on_batch(_one_hot(texts), np.zeros((6, 1), "float32"))
    windows = [_other_strand(text[i : i + 5]) for text in texts for i in range(8)]
    np.testing.assert_allclose(
        scan.get_weights()[0][..., 0] - before[..., 0], _one_hot(windows).mean(axis=0), atol=1e-5
    )


@pytest.mark.parametrize("merge_mode", MERGES)
def test_a_saved_model_predicts_the_same_and_trains_on(tmp_path: Path, merge_mode: str | None) -> None:
    rows, labels = _motif_task(60)
    model = _motif_model(merge_mode)
    model.fit(rows, labels, verbose=0)
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    assert [(w.path, w.shape) for w in again.trainable_weights] == [(w.path, w.shape) for w in model.trainable_weights]
    assert len(again.get_layer("scan").trainable_weights) == 2
    np.testing.assert_array_equal(again.predict(rows, verbose=0), model.predict(rows, verbose=0))
    before = again.get_layer("scan").get_weights()[0]
    for each in (model, again):
        each.fit(rows, labels, verbose=0, shuffle=False)
    assert np.abs(again.get_layer("scan").get_weights()[0] - before).max() > 1e-3
    np.testing.assert_allclose(again.predict(rows, verbose=0), model.predict(rows, verbose=0), atol=1e-5)


def test_a_saved_model_is_loaded_by_a_fresh_process_that_imports_the_layers(tmp_path: Path) -> None:
    rows, _ = _motif_task(8)
    model = _motif_model()
    model.save(tmp_path / "m.keras")
    np.save(tmp_path / "rows.npy", rows)
    code = (
        "import sys, keras, numpy as np, jangdan.networks.dna_layers; at = sys.argv[1]\n"
        "model = keras.models.load_model(at + '/m.keras')\n"
        "np.save(at + '/found.npy', model.predict(np.load(at + '/rows.npy'), verbose=0))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), model.predict(rows, verbose=0), atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        DnaConv2D(keras.layers.Conv2D(2, (3, 1), activation="tanh", padding="same", strides=(2, 1)), "concat"),
        DnaConv2D(keras.layers.Conv2D(2, (3, 1), use_bias=False, dtype="float64"), None, name="both", trainable=False),
        Complement(name="other"),
        Reverse(axis=-2),
        LocalAveragePooling2D(window_size=3),
    ],
    ids=lambda layer: layer.name,
)
def test_a_layer_is_what_its_config_says(layer: keras.layers.Layer) -> None:
    config = layer.get_config()
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == config
    assert again is not layer
    assert [again.name, again.trainable, again.dtype] == [layer.name, layer.trainable, layer.dtype]


def test_the_wrapped_layer_keeps_its_weights_and_shares_them() -> None:
    texts, conv = _texts(2, 12), {"strides": 1, "padding": "valid", "activation": None}
    inner = _conv(conv)
    inner.build((None, 12, 1, 4))
    first, second = DnaConv2D(inner, None), DnaConv2D(inner, "ave")
    _assert_close(first(_one_hot(texts)), _expected(texts, inner.get_weights(), conv, None))
    inner.set_weights([2 * w for w in inner.get_weights()])
    _assert_close(second(_one_hot(texts)), _expected(texts, inner.get_weights(), conv, "ave"))
    assert [id(w) for w in first.weights] == [id(w) for w in second.weights] == [id(w) for w in inner.weights]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_complement_of_reverse_is_the_one_hot_of_the_other_strand(order: int, dtype: str) -> None:
    texts = _texts(5, 20, "ACGTN")
    inputs = keras.Input((None, 1, 4**order), dtype=dtype)
    outputs = Complement()(Reverse()(inputs))
    assert (outputs.shape, outputs.dtype) == (inputs.shape, dtype)
    found = Complement()(Reverse()(ops.cast(_one_hot(texts, order), dtype)))
    assert keras.backend.standardize_dtype(found.dtype) == dtype
    np.testing.assert_array_equal(_numpy(found), _one_hot([_other_strand(text) for text in texts], order))
    model = keras.Model(inputs, outputs)
    predicted = model.predict(_one_hot(texts, order).astype(dtype), verbose=0)
    np.testing.assert_array_equal(predicted, _one_hot([_other_strand(text) for text in texts], order))


@pytest.mark.parametrize("axis", [0, 1, 2, 3, -1, -3])
def test_reverse_reverses_its_axis_alone(axis: int) -> None:
    values = np.arange(2 * 3 * 4 * 5, dtype="float32").reshape(2, 3, 4, 5)
    for layer in (Reverse(axis), Reverse.from_config(Reverse(axis).get_config())):
        np.testing.assert_array_equal(_numpy(layer(values)), np.flip(values, axis))
    assert Reverse(axis).compute_output_shape((None, 3, None, 5)) == (None, 3, None, 5)


@pytest.mark.parametrize("layer", [Complement(), Reverse(), LocalAveragePooling2D(2)], ids=lambda layer: layer.name)
def test_half_precision_in_and_out(layer: keras.layers.Layer) -> None:
    half = type(layer).from_config({**layer.get_config(), "dtype": "mixed_float16"})
    rows = _one_hot(_texts(2, 9))
    assert half(keras.Input((9, 1, 4))).dtype == "float16"
    found = half(rows)
    assert keras.backend.standardize_dtype(found.dtype) == "float16"
    np.testing.assert_array_equal(_numpy(found).astype("float32"), _numpy(layer(rows)))


@pytest.mark.parametrize("window", [1, 2, 5, 11])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_local_average_pooling_is_the_mean_of_each_window(window: int, dtype: str) -> None:
    values = np.random.default_rng(2).normal(0, 9, (2, 11, 3, 2)).astype(dtype)
    expected = np.stack([values[:, i : i + window].mean(axis=1) for i in range(11 - window + 1)], axis=1)
    layer = LocalAveragePooling2D(window)
    _assert_close(layer(values), expected)
    assert layer.compute_output_shape(values.shape) == expected.shape
    inputs = keras.Input((None, 3, 2), dtype=dtype)
    outputs = layer(inputs)
    assert (outputs.shape, outputs.dtype) == ((None, None, 3, 2), "float32")
    _assert_close(keras.Model(inputs, outputs).predict(values, verbose=0), expected)


def test_pooling_over_the_whole_length_is_global_average_pooling() -> None:
    values = np.random.default_rng(3).normal(size=(2, 30, 1, 4)).astype("float32")
    whole = keras.layers.GlobalAveragePooling2D(keepdims=True)(values)
    _assert_close(LocalAveragePooling2D(30)(values), _numpy(whole))


class _OwnCall(keras.layers.Conv2D):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs)


CONV = keras.layers.Conv2D(2, (3, 1))


@pytest.mark.parametrize(("make", "message"), [
    (lambda: DnaConv2D(keras.layers.Dense(3)), r"layer=<Dense.*expected a keras.layers.Conv2D"),
    (lambda: DnaConv2D(keras.layers.Conv1D(3, 3)), r"layer=<Conv1D.*expected a keras.layers.Conv2D"),
    (lambda: DnaConv2D("conv"), r"layer='conv': expected a keras.layers.Conv2D"),
    (lambda: DnaConv2D(_OwnCall(3, (3, 1))), r"layer=.*its own `call`"),
    (lambda: DnaConv2D(keras.layers.Conv2D(4, (3, 1), groups=2)), r"layer: .*groups=2, expected 1"),
    (lambda: DnaConv2D(keras.layers.Conv2D(4, (3, 1), data_format="channels_first")), r"data_format='channels_first'"),
    (lambda: DnaConv2D(CONV, "sum"), r"merge_mode='sum': expected one of 'max', 'ave', 'concat', None"),
    (lambda: DnaConv2D(CONV, ["max"]), r"merge_mode=\['max'\]: expected"),
    (lambda: DnaConv2D(CONV)(np.zeros((2, 9, 1, 5))), r"shape \(2, 9, 1, 5\), expected one-hot DNA"),
    (lambda: DnaConv2D(CONV)(np.zeros((2, 9, 4))), r"shape \(2, 9, 4\), expected \(batch, length, 1, 4 \*\* order\)"),
    (lambda: Complement()(np.zeros((2, 9, 1, 8))), r"shape \(2, 9, 1, 8\), expected one-hot DNA"),
    (lambda: Complement()(np.zeros((2, 9, 1, 1))), r"shape \(2, 9, 1, 1\), expected one-hot DNA"),
    (lambda: Complement()(keras.Input((9, 1, None))), r"shape \(None, 9, 1, None\), expected one-hot DNA"),
    (lambda: Reverse(1.5), r"axis=1.5: expected a whole number"),
    (lambda: Reverse(4)(np.zeros((2, 9, 1, 4))), r"axis=4: .* shape \(2, 9, 1, 4\); take an axis from -4 to 3"),
    (lambda: Reverse(-5)(np.zeros((2, 9, 1, 4))), r"axis=-5: the input has shape"),
    (lambda: LocalAveragePooling2D(0), r"window_size=0: expected a whole number of at least 1"),
    (lambda: LocalAveragePooling2D("3"), r"window_size='3': expected a whole number"),
    (lambda: LocalAveragePooling2D(10)(np.zeros((2, 9, 1, 4))), r"window_size=10: the input has 9 positions"),
    (lambda: LocalAveragePooling2D(2)(np.zeros((2, 9, 4))), r"LocalAveragePooling2D: the input has shape \(2, 9, 4\)"),
])  # fmt: skip
def test_a_mistake_is_named_in_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
