"""The zoo: shapes, numbers of parameters by hand, saving, learning, the other strand, windows that are too short."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from scipy.special import log_softmax

from jangdan.errors import OptionError
from jangdan.models.folder import load_model, save_model
from jangdan.models.predict import logit_model, predict_arrays
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.likelihoods import ProfileAndCounts
from jangdan.networks.registry import build_model

BINSIZE = 60
SMALL: dict[str, dict[str, Any]] = {
    "deepsea": {"filters": 6, "middle_filters": 7, "deep_filters": 8, "kernel": 3, "pool": 2, "hidden": 9},
    "danq": {"filters": 6, "kernel": 5, "pool": 4, "units": 3, "hidden": 7},
    "threelayer": {"filters": 4, "middle_filters": 5, "middle_kernel": 4, "deep_filters": 6, "deep_kernel": 5},
    "jund": {"filters": 6, "kernel": 5, "hidden": 7, "track_filters": 3, "track_kernel": 3},
    "cage": {"filters": 6, "kernel": 5, "pool": 8, "hidden": 7, "chromatin_hidden": 3},
    "bpnet": {"filters": 6, "kernel": 5, "dilated": 2, "profile_kernel": 7},
}
ONE_SEQUENCE = ("deepsea", "danq", "threelayer", "bpnet")
ANY_INPUTS = ("jund", "cage")


def dna(order: int = 1, flank: int = 0) -> InputDescription:
    return InputDescription("dna", "sequence", flank=flank, order=order)


def track(name: str = "atac", flank: int = 10, resolution: int = 10) -> InputDescription:
    return InputDescription(name, "coverage", flank, resolution, strands=2, conditions=("a", "b"))


def describe(
    architecture: str,
    inputs: tuple[InputDescription, ...] = (dna(),),
    conditions: tuple[str, ...] = ("x",),
    **parameters: Any,
) -> ModelDescription:
    activation = "linear" if architecture == "bpnet" else "sigmoid"
    sizes = {**SMALL[architecture], **parameters}
    return ModelDescription("m", architecture, sizes, BINSIZE, inputs, "target", conditions, "loss", activation)


def published(architecture: str, binsize: int, conditions: int) -> ModelDescription:
    names = tuple(map(str, range(conditions)))
    return replace(describe(architecture, (dna(),), names), parameters={}, binsize=binsize)


def arrays_of(description: ModelDescription, regions: int = 4, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    arrays = {}
    for each in description.inputs:
        shape = (regions, *each.shape(description.binsize))
        codes = rng.integers(4, size=shape).astype(np.uint8)
        arrays[each.name] = codes if each.kind == "sequence" else rng.normal(size=shape).astype(np.float32)
    return arrays


def output_shape(description: ModelDescription) -> tuple[int, ...]:
    conditions = len(description.conditions)
    return (description.binsize, conditions) if description.architecture == "bpnet" else (conditions,)


def dense(inputs: int, outputs: int) -> int:
    return inputs * outputs + outputs


def convolution(kernel: int, inputs: int, outputs: int) -> int:
    return kernel * inputs * outputs + outputs


def batch_norm(features: int) -> int:
    return 4 * features


def lstm(inputs: int, units: int) -> int:
    return 2 * 4 * (inputs * units + units * units + units)


def deepsea_by_hand(rows: int, words: int, conditions: int) -> int:
    positions = ((rows - 2) // 2 - 2) // 2 - 2
    scans = convolution(3, words, 6) + convolution(3, 6, 7) + convolution(3, 7, 8)
    return scans + dense(positions * 8, 9) + dense(9, conditions)


def danq_by_hand(rows: int, words: int, conditions: int) -> int:
    positions = (rows - 4) // 4
    return convolution(5, words, 6) + lstm(6, 3) + dense(positions * 6, 7) + dense(7, conditions)


def threelayer_by_hand(rows: int, words: int, conditions: int) -> int:
    positions = (((rows - 2) // 2 - 3) // 2 - 4) // 2
    scans = convolution(3, words, 4) + convolution(4, 4, 5) + convolution(5, 5, 6)
    return scans + dense(positions * 6, conditions)


def jund_by_hand(rows: int, words: int, conditions: int) -> int:
    return convolution(5, words, 6) + batch_norm(6) + dense(6, 7) + dense(7, conditions)


def cage_by_hand(rows: int, words: int, conditions: int) -> int:
    return convolution(5, words, 6) + batch_norm(6) + dense((rows - 4) // 8 * 6, 7) + dense(7, conditions)


def bpnet_by_hand(rows: int, words: int, conditions: int) -> int:
    trunk = convolution(5, words, 6) + 2 * convolution(3, 6, 6)
    return trunk + convolution(7, 6, conditions) + dense(6, conditions)


BY_HAND: dict[str, Callable[[int, int, int], int]] = {
    "deepsea": deepsea_by_hand,
    "danq": danq_by_hand,
    "threelayer": threelayer_by_hand,
    "jund": jund_by_hand,
    "cage": cage_by_hand,
    "bpnet": bpnet_by_hand,
}


@pytest.mark.parametrize("conditions", [("x",), ("x", "y", "z")])
@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("architecture", SMALL)
def test_a_dna_model_has_the_shapes_and_parameters_counted_by_hand(
    architecture: str, order: int, conditions: tuple[str, ...]
) -> None:
    description = describe(architecture, (dna(order),), conditions)
    model = build_model(description)
    assert [i.name for i in model.inputs] == ["dna"]
    assert model.inputs[0].dtype == "uint8"
    assert model.layers[-1].name == "target"
    assert model.count_params() == BY_HAND[architecture](BINSIZE - order + 1, 4**order, len(conditions))
    arrays = arrays_of(description)
    assert predict_arrays(model, arrays).shape == (4, *output_shape(description))
    # of a profile, the log of the expected total is what is explained
    explained = (4, len(conditions)) if architecture == "bpnet" else (4, *output_shape(description))
    assert predict_arrays(logit_model(model), arrays).shape == explained


@pytest.mark.parametrize(
    ("architecture", "binsize", "conditions", "expected"),
    [
        # convolutions of 320, 480 and 960 kernels; 53 positions are left, 50 880 features
        ("deepsea", 1000, 919, 10_560 + 1_229_280 + 3_687_360 + (50_880 * 925 + 925) + (925 * 919 + 919)),
        # 75 positions of 640 features; gates of 320 inputs, 320 units and a bias
        ("danq", 1000, 919, 33_600 + 2 * 4 * 641 * 320 + (48_000 * 925 + 925) + (925 * 919 + 919)),
        ("threelayer", 2001, 1, 208 + 5_152 + 41_024 + (238 * 64 + 1)),
        ("bpnet", 1000, 2, 6_464 + 9 * 12_352 + (25 * 64 * 2 + 2) + (64 * 2 + 2)),
    ],
)
def test_the_published_sizes_have_the_published_number_of_parameters(
    architecture: str, binsize: int, conditions: int, expected: int
) -> None:
    assert build_model(published(architecture, binsize, conditions)).count_params() == expected


def test_the_published_totals() -> None:
    # as Keras counts the published DeepSEA and DanQ, one bias a gate
    assert 10_560 + 1_229_280 + 3_687_360 + 47_064_925 + 850_994 == 52_843_119
    assert 33_600 + 1_640_960 + 44_400_925 + 850_994 == 46_926_479


def test_the_joint_jund_model_counted_by_hand() -> None:
    description = describe("jund", (dna(2), track()))
    branches = convolution(5, 16, 6) + batch_norm(6) + dense(6, 7)
    branches += convolution(3, 4, 3) + convolution(3, 3, 3) + dense(8 * 3, 7)
    assert build_model(description).count_params() == branches + dense(14, 1)


def test_the_joint_cage_model_counted_by_hand() -> None:
    description = describe("cage", (track("dnase"), dna(2), track("h3k4me3", flank=0, resolution=60)))
    sequence = convolution(5, 16, 6) + batch_norm(6) + dense((59 - 4) // 8 * 6, 7)
    chromatin = dense(8 * 4 + 1 * 4, 3)
    model = build_model(description)
    assert model.count_params() == sequence + chromatin + dense(10, 1)
    assert [i.name for i in model.inputs] == ["dnase", "dna", "h3k4me3"]


@pytest.mark.backend
@pytest.mark.parametrize("architecture", ANY_INPUTS)
def test_coverage_alone_makes_a_model(architecture: str) -> None:
    description = describe(architecture, (track(),), ("x", "y"))
    model = build_model(description)
    assert predict_arrays(model, arrays_of(description)).shape == (4, 2)


def cases() -> list[ModelDescription]:
    both = [describe(name, (dna(2), track()), ("x", "y")) for name in ANY_INPUTS]
    return [describe(name, (dna(2),), ("x", "y")) for name in ONE_SEQUENCE] + both


@pytest.mark.backend
@pytest.mark.parametrize("description", cases(), ids=lambda d: d.architecture)
def test_a_saved_model_predicts_the_same(description: ModelDescription, tmp_path: Path) -> None:
    model, arrays = build_model(description), arrays_of(description)
    save_model(model, tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(predict_arrays(loaded, arrays), predict_arrays(model, arrays))
    # what `load_model` registers is all that a model may need
    homes = {type(layer).__module__.split(".")[0] for layer in model.layers}
    own = {type(layer).__module__ for layer in model.layers if type(layer).__module__.startswith("jangdan")}
    assert homes <= {"keras", "jangdan"}
    assert own <= {"jangdan.networks.layers"}


@pytest.mark.backend
@pytest.mark.parametrize("description", cases(), ids=lambda d: d.architecture)
def test_training_lowers_the_loss(description: ModelDescription) -> None:
    keras.utils.set_random_seed(1)
    model, arrays = build_model(description), arrays_of(description, regions=256)
    gc = np.isin(arrays["dna"], (1, 2))
    labels = np.stack([gc.mean(axis=1) > 0.5, gc.mean(axis=1) <= 0.5], axis=1).astype(np.float32)
    target, loss = (labels, "binary_crossentropy")
    if description.architecture == "bpnet":
        target, loss = np.stack([3.0 * gc, 1.0 * ~gc], axis=2).astype(np.float32), ProfileAndCounts(10.0)
    model.compile(keras.optimizers.Adam(0.01), loss=loss)
    before = model.evaluate(arrays, target, verbose=0)
    epochs = 3 if description.architecture == "deepsea" else 1  # with its dropout, JAX' numbers need more than one
    model.fit(arrays, target, batch_size=16, epochs=epochs, verbose=0)
    assert model.evaluate(arrays, target, verbose=0) < before


def reverse_complements(codes: np.ndarray) -> np.ndarray:
    return (3 - codes[:, ::-1]).astype(np.uint8)


@pytest.mark.backend
@pytest.mark.parametrize("order", [1, 2, 3])
def test_jund_gives_both_strands_the_same_output(order: int) -> None:
    description = describe("jund", (dna(order),), filters=16)
    model, codes = build_model(description), arrays_of(description)["dna"]
    forward = predict_arrays(model, {"dna": codes})
    assert np.ptp(forward) > 1e-4
    np.testing.assert_allclose(predict_arrays(model, {"dna": reverse_complements(codes)}), forward, atol=1e-6)


@pytest.mark.backend
def test_jund_takes_the_best_match_in_the_window() -> None:
    description = describe("jund")
    model, codes = build_model(description), arrays_of(description)["dna"]
    both = keras.Model(model.inputs, [model.get_layer(name).output for name in ("dna_scan", "dna_motif")])
    scan, motif = (keras.ops.convert_to_numpy(each) for each in both([codes]))
    np.testing.assert_array_equal(motif, scan.max(axis=1))


@pytest.mark.backend
@pytest.mark.parametrize("architecture", ["deepsea", "danq", "threelayer", "cage", "bpnet"])
def test_models_that_keep_positions_tell_the_strands_apart(architecture: str) -> None:
    keras.utils.set_random_seed(3)
    description = describe(architecture)
    model, codes = build_model(description), arrays_of(description)["dna"]
    forward, reverse = (predict_arrays(model, {"dna": each}) for each in (codes, reverse_complements(codes)))
    assert np.abs(forward - reverse).max() > 1e-5


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    ("architecture", "least"),
    # kernels and pools backwards: (((1 + 2) * 2 + 2) * 2 + 2), 4 + 4, ((1 * 2 + 4) * 2 + 3) * 2 + 2, ...
    [("deepsea", 18), ("danq", 8), ("threelayer", 32), ("jund", 5), ("cage", 12), ("bpnet", 5)],
)
def test_a_window_that_is_too_short_is_refused_with_the_least_length(architecture: str, least: int, order: int) -> None:
    length = least + order - 1
    description = replace(describe(architecture, (dna(order),)), binsize=length)
    model = build_model(description)
    assert np.isfinite(predict_arrays(model, arrays_of(description))).all()
    said = f"{architecture}: input 'dna' has windows of {length - 1} bp, expected at least {length} bp"
    with pytest.raises(OptionError, match=said):
        build_model(replace(description, binsize=length - 1))


@pytest.mark.parametrize("architecture", ANY_INPUTS)
def test_a_window_without_a_bin_is_refused(architecture: str) -> None:
    with pytest.raises(OptionError, match=f"{architecture}: input 'atac' has windows of 80 bp, expected at least 100"):
        build_model(describe(architecture, (track(resolution=100),)))


@pytest.mark.parametrize("architecture", ONE_SEQUENCE)
@pytest.mark.parametrize(
    ("inputs", "found"), [((track(),), r"atac \(coverage\)"), ((dna(), track()), r"dna .*, atac"), ((), "none")]
)
def test_models_of_a_sequence_refuse_other_inputs(
    architecture: str, inputs: tuple[InputDescription, ...], found: str
) -> None:
    with pytest.raises(OptionError, match=f"{architecture}: inputs: {found}.*: expected one sequence"):
        build_model(describe(architecture, inputs))


@pytest.mark.parametrize("architecture", ANY_INPUTS)
def test_a_model_without_inputs_is_refused(architecture: str) -> None:
    with pytest.raises(OptionError, match=f"{architecture}: inputs: none"):
        build_model(describe(architecture, ()))


@pytest.mark.parametrize(
    ("name", "value"),
    [("filters", 0), ("filters", 2.5), ("kernel", "8"), ("dropout", 1.0), ("dropout", -0.1), ("dropout", "x")],
)
def test_a_parameter_that_cannot_be_is_named(name: str, value: Any) -> None:
    with pytest.raises(OptionError, match=f"parameters: {name}: found {value!r}, expected a "):
        build_model(describe("deepsea", **{name: value}))


@pytest.mark.backend
def test_bpnet_gives_counts_of_which_profile_and_total_are_the_heads() -> None:
    description = describe("bpnet", (dna(2, flank=7),), ("x", "y"), resolution=5)
    model, codes = build_model(description), arrays_of(description)["dna"]
    heads = [model.get_layer(name).output for name in ("profile", "counts")]
    profile, log_total = (keras.ops.convert_to_numpy(x) for x in keras.Model(model.inputs, heads)([codes]))
    counts = predict_arrays(model, {"dna": codes})
    assert counts.shape == (4, 12, 2)
    expected = log_softmax(profile.astype(np.float64), axis=1) + log_total[:, None, :]
    np.testing.assert_allclose(counts, np.exp(expected), rtol=1e-5)
    np.testing.assert_allclose(counts.sum(axis=1), np.exp(log_total), rtol=1e-5)


@pytest.mark.backend
def test_the_profile_of_bpnet_stands_over_the_bin_and_not_over_the_flanks() -> None:
    # profile logits at i see letters i - 11 .. i + 11: kernels of 7 and 5, dilations 2 and 4 over 3 each
    description = describe("bpnet", (dna(1, flank=30),))
    model, codes = build_model(description), arrays_of(description, regions=1)["dna"]
    profile = keras.Model(model.inputs, model.get_layer("profile").output)
    changed = codes.copy()
    changed[0, 30 + 25] = (codes[0, 30 + 25] + 1) % 4
    before, after = (keras.ops.convert_to_numpy(profile([each]))[0, :, 0] for each in (codes, changed))
    where = np.flatnonzero(np.abs(before - after) > 1e-9)
    assert len(where)
    assert where.min() >= 25 - 11
    assert where.max() <= 25 + 11


def test_bpnet_refuses_bins_that_do_not_fit_and_probabilities() -> None:
    with pytest.raises(OptionError, match="resolution=7: expected a divisor of binsize, 60 bp"):
        build_model(describe("bpnet", resolution=7))
    with pytest.raises(OptionError, match="bpnet: the output holds counts"):
        build_model(replace(describe("bpnet"), activation="sigmoid"))
