"""Training: seeds, best epochs, schedules, augmentation, resuming after a kill, and what stops it."""

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from jangdan.data import Array, Bioseq, Cover, GenomicIndexer, Interval
from jangdan.errors import DataError, HardwareError, OptionError
from jangdan.formats.fasta.reader import write_fasta
from jangdan.models.folder import save_model
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.registry import build_model
from jangdan.training import fit as fitting
from jangdan.training.augment import Augmentation
from jangdan.training.batch_feed import Feed
from jangdan.training.fit import Part, fit_model
from jangdan.training.options import TrainingOptions
from jangdan.training.transfer import copy_weights, freeze

N = 300


def parts(seed: int = 0) -> tuple[Part, Part]:
    rng = np.random.default_rng(seed)
    made = []
    for n in (N, 100):
        x = rng.normal(size=(n, 6))
        y = (x[:, :1] + 0.5 * x[:, 1:2] ** 2 > 0.3).astype(float)
        made.append(Part({"x": Array("x", x)}, Array("y", y, conditions=["a"])))
    return made[0], made[1]


def network(dropout: float = 0.3) -> keras.Model:
    x = keras.Input((6,), name="x")
    hidden = layers.Dropout(dropout)(layers.Dense(16, activation="relu", name="hidden")(x))
    return keras.Model([x], layers.Dense(1, activation="sigmoid", name="y")(hidden))


def run(options: TrainingOptions, checkpoint: Path | None = None, dropout: float = 0.3) -> tuple[list[Any], Any]:
    keras.utils.set_random_seed(options.seed)
    model = network(dropout)
    history = fit_model(model, "binary_crossentropy", *parts(), options, checkpoint)
    return model.get_weights(), history


@functools.cache
def undisturbed(options: TrainingOptions) -> tuple[list[Any], Any]:
    """Return what `run` gives, made once for all tests that compare with it."""
    return run(options)


def equal(one: list[Any], other: list[Any]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.backend
def test_a_run_repeats_to_the_bit_and_another_seed_does_not() -> None:
    one = undisturbed(TrainingOptions(epochs=2))
    two, three = (run(TrainingOptions(epochs=2, seed=s)) for s in (1, 2))
    assert equal(one[0], two[0])
    assert one[1].equals(two[1])
    assert not equal(one[0], three[0])


@pytest.mark.parametrize(
    ("monitor", "best"),
    [
        ("val_loss", "idxmin"),
        pytest.param("val_auroc", "idxmax", marks=pytest.mark.slow),
        pytest.param("val_auprc", "idxmax", marks=pytest.mark.slow),
    ],
)
def test_the_best_epoch_is_kept_and_patience_ends_the_training(monitor: str, best: str) -> None:
    options = TrainingOptions(epochs=40, patience=3, learning_rate=0.05, monitor=monitor)
    weights, history = run(options)
    chosen = int(history[monitor].idxmin() if monitor == "val_loss" else history[monitor].idxmax())
    assert len(history) == min(chosen + 1 + 3, 40)
    shorter, _ = run(TrainingOptions(**{**vars(options), "epochs": chosen + 1}))
    assert equal(weights, shorter)


@pytest.mark.backend
def test_an_interrupted_training_ends_where_an_undisturbed_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = TrainingOptions(epochs=6, patience=6, amsgrad=True)
    whole = run(options)
    save, calls = fitting.save_state, []

    def killed(*given: Any) -> None:
        save(*given)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "save_state", killed)
    with pytest.raises(KeyboardInterrupt):
        run(options, tmp_path / "state")
    resumed = run(options, tmp_path / "state")
    assert len(calls) == 6
    assert equal(whole[0], resumed[0])
    assert whole[1].to_dict() == resumed[1].to_dict()


def test_a_process_that_is_killed_goes_on_with_the_same_end(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.unit.training.test_fit import *\n"
        "run(TrainingOptions(epochs=25, patience=25), Path(sys.argv[1]))\n"
        "Path(sys.argv[2]).touch()"
    )
    state, end = tmp_path / "state", tmp_path / "end"
    process = subprocess.Popen([sys.executable, "-c", code, str(state), str(end)])
    while not state.exists():
        time.sleep(0.05)
        assert process.poll() is None
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not end.exists()
    options = TrainingOptions(epochs=25, patience=25)
    assert equal(run(options, state)[0], run(options)[0])


@pytest.mark.parametrize("damage", [b"", b"no state", None])
def test_a_damaged_state_or_one_of_another_model_is_not_used(tmp_path: Path, damage: bytes | None) -> None:
    options = TrainingOptions(epochs=2)
    if damage is None:
        run(options, tmp_path / "state")
        x = keras.Input((6,), name="x")
        keras.utils.set_random_seed(1)
        model = keras.Model([x], layers.Dense(1, activation="sigmoid", name="y")(x))
        history = fit_model(model, "binary_crossentropy", *parts(), options, tmp_path / "state")
        assert len(history) == 2
    else:
        (tmp_path / "state").write_bytes(damage)
        assert equal(run(options, tmp_path / "state")[0], undisturbed(options)[0])


def test_a_state_of_other_options_or_other_data_is_not_used(tmp_path: Path) -> None:
    options = TrainingOptions(epochs=2)
    for first, data in ((TrainingOptions(epochs=3), None), (options, {"a.h5": [1, 2]})):
        keras.utils.set_random_seed(1)
        fit_model(network(), "binary_crossentropy", *parts(), first, tmp_path / "state", data)
        assert equal(run(options, tmp_path / "state")[0], undisturbed(options)[0])


@pytest.mark.backend
def test_learning_rates_follow_their_schedule() -> None:
    cosine = TrainingOptions(epochs=4, learning_rate=0.8, schedule="cosine")
    assert [cosine.rate(e, []) for e in range(4)] == pytest.approx([0.8, 0.682843, 0.4, 0.117157], rel=1e-5)
    plateau = TrainingOptions(learning_rate=0.8, patience=4, schedule="plateau")
    assert [plateau.rate(9, waited) for waited in ([0], [0, 1], [0, 1, 2], [0, 1, 2, 3, 4])] == [0.8, 0.8, 0.4, 0.2]
    keras.utils.set_random_seed(0)
    model = network()
    fit_model(model, "binary_crossentropy", *parts(), TrainingOptions(epochs=3, schedule="cosine"))
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3 * 0.25)


@pytest.mark.backend
def test_gradients_are_clipped_and_amsgrad_is_used() -> None:
    keras.utils.set_random_seed(0)
    model = network()
    fit_model(model, "binary_crossentropy", *parts(), TrainingOptions(epochs=1, clipnorm=0.1, amsgrad=True))
    assert (model.optimizer.clipnorm, model.optimizer.amsgrad) == (0.1, True)


@pytest.mark.parametrize(
    "options", [{"monitor": "accuracy"}, {"schedule": "steps"}, {"epochs": 0}, {"batch_size": 1.5}, {"patience": -1}]
)
def test_options_that_cannot_be_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=next(iter(options))):
        TrainingOptions(**options)
    with pytest.raises(OptionError, match="val_auroc is not measured"):
        fit_model(network(), "mse", *parts(), TrainingOptions(epochs=1, monitor="val_auroc"))


def one_spoilt_region(value: float) -> tuple[keras.Model, Part]:
    windows = GenomicIndexer.create_from_file([Interval("chr1", 0, 1000)], binsize=10)
    values = np.ones((100, 10, 1, 1), dtype=np.float32)
    values[37] = value
    tensor = keras.Input((10, 1, 1), name="x")
    model = keras.Model([tensor], layers.Dense(1)(layers.Flatten()(layers.ReLU()(tensor))))
    return model, Part({"x": Cover.create_from_array("x", values, windows)}, Array("y", np.arange(100)[:, None] % 2))


@pytest.mark.backend
def test_a_loss_that_is_no_number_names_the_regions() -> None:
    model, part = one_spoilt_region(1e30)  # whose square is no float32
    with pytest.raises(DataError, match=r"batch \d+, of the regions chr1:\d+-\d+, .* more") as caught:
        fit_model(model, "mse", part, part, TrainingOptions(epochs=2, batch_size=10))
    feed = Feed(part.inputs, part.target, 10, 1)
    batch = next(i for i in range(10) if 37 in feed.regions(i))
    assert feed.named_regions(batch) in str(caught.value)


@pytest.mark.backend
@pytest.mark.parametrize("spoilt", ["training", "validation"])
def test_an_input_that_is_no_number_names_its_regions(spoilt: str) -> None:
    (model, sound), (_, part) = one_spoilt_region(1.0), one_spoilt_region(np.nan)
    parts = (part, sound) if spoilt == "training" else (sound, part)
    with pytest.raises(DataError, match=r"^input 'x' holds 10 NaN or infinite values in the regions chr1:370-380; "):
        fit_model(model, "mse", *parts, TrainingOptions(epochs=2, batch_size=5))


class Pairs(layers.Layer):
    """The largest product of each unit with any other."""

    def call(self, x: Any) -> Any:
        return keras.ops.max(x[:, :, None] * x[:, None, :], axis=2)

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape


@pytest.mark.backend
def test_too_little_memory_names_the_batch_size(monkeypatch: pytest.MonkeyPatch) -> None:
    x = keras.Input((6,), name="x")
    wide = layers.Dense(2**20, use_bias=False)(x)
    model = keras.Model([x], layers.Dense(1, activation="sigmoid", name="y")(Pairs()(wide)))  # 256 TiB a batch

    def fit(*_: Any, **__: Any) -> None:
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 281474976710656 bytes.")

    if keras.backend.backend() == "jax":  # whose CPU build ends the process; on a GPU it says this
        monkeypatch.setattr(model, "fit", fit)
    with pytest.raises(HardwareError, match="batch_size: 64; try training: batch_size: 32"):
        fit_model(model, "binary_crossentropy", *parts(), TrainingOptions())


def test_a_target_that_would_be_broadcast_against_the_output_is_refused() -> None:
    train, validation = parts()
    wide = Part(train.inputs, Array("y", np.zeros((N, 1, 1)), ["a"]))
    with pytest.raises(DataError, match=r"target 'y' has the shape \(300, 1, 1\), and the model's output \(None, 1\)"):
        fit_model(network(), "mse", wide, validation, TrainingOptions())


def test_a_target_without_positives_is_named() -> None:
    train, validation = parts()
    with pytest.raises(DataError, match="target 'y': no positive for condition 'a' among the 300 training regions"):
        fit_model(network(), "binary_crossentropy", Part(train.inputs, Array("y", np.zeros((N, 1)), ["a"])), validation,
                  TrainingOptions())  # fmt: skip


@pytest.fixture
def genomic(tmp_path: Path) -> tuple[Bioseq, Cover]:
    rng = np.random.default_rng(5)
    write_fasta(tmp_path / "g.fa", [("chr1", "".join(rng.choice(list("ACGT"), 2000)))])
    roi = [Interval("chr1", 200, 1800)]
    dna = Bioseq.create_from_refgenome("dna", str(tmp_path / "g.fa"), roi, binsize=40, store_whole_genome=True)
    windows = GenomicIndexer.create_from_file([Interval("chr1", 0, 2000)], binsize=2000)
    signal = Cover.create_from_array("signal", rng.random((1, 2000, 2, 1)), windows, store_whole_genome=True)
    signal.gindexer = dna.gindexer
    return dna, signal


def test_augmentation_reads_sequence_and_signal_in_step(genomic: tuple[Bioseq, Cover]) -> None:
    dna, signal = genomic
    feed = Feed({"dna": dna}, signal, 40, seed=3, augment=Augmentation(reverse_complement=True, shift=5))
    inputs, target = feed[0]
    codes = inputs["dna"]
    genome, values = dna["chr1", 0, 2000], signal["chr1", 0, 2000][0]
    letters = genome[0, :, 0].argmax(axis=1)
    seen = set()
    for i, region in enumerate(feed.regions(0)):
        start = int(dna.gindexer.start[region])
        for shift in range(-5, 6):
            forward = letters[start + shift : start + shift + 40]
            for flip, expected in ((False, forward), (True, 3 - forward[::-1])):
                if np.array_equal(codes[i], expected):
                    window = values[start + shift : start + shift + 40]
                    np.testing.assert_allclose(target[i], window[::-1, ::-1] if flip else window, rtol=1e-6)
                    seen.add((shift, flip))
                    break
    assert len(seen) > 12
    feed.set_epoch(1)
    again = feed[0][0]["dna"]
    feed.set_epoch(0)
    np.testing.assert_array_equal(feed[0][0]["dna"], codes)
    assert not np.array_equal(again, codes)


def test_a_label_of_a_region_stays_where_the_region_is_shifted(genomic: tuple[Bioseq, Cover], tmp_path: Path) -> None:
    dna, _ = genomic
    (tmp_path / "peaks.bed").write_text("chr1\t600\t900\n")
    labels = Cover.create_from_bed("peaks", str(tmp_path / "peaks.bed"), dna.gindexer, resolution=None)
    feed = Feed({"dna": dna}, labels, 40, seed=3, augment=Augmentation(shift=20))
    np.testing.assert_array_equal(feed[0][1], labels[feed.regions(0)])


def test_the_feed_visits_every_region_in_each_epoch_in_another_order() -> None:
    train, _ = parts()
    feed = Feed(train.inputs, train.target, 32, seed=1, sample_weight=np.arange(N))
    orders = []
    for epoch in range(2):
        feed.set_epoch(epoch)
        batches = [feed[i] for i in range(len(feed))]
        np.testing.assert_array_equal(np.sort(np.concatenate([w for *_, w in batches])), np.arange(N))
        orders.append([tuple(w) for *_, w in batches])
    assert orders[0] != orders[1]
    with pytest.raises(DataError, match="sample_weight"):
        Feed(train.inputs, train.target, 32, sample_weight=[1, 2])


@pytest.mark.backend
@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_outputs_stay_float32_in_mixed_precision(precision: str) -> None:
    sequence = InputDescription("dna", "sequence", order=2)
    keras.config.set_dtype_policy(precision)
    try:
        for name in ("cnn", "jund", "deepsea", "danq", "cage", "threelayer"):
            described = ModelDescription("m", name, {}, 200, (sequence,), "y", ("a",), "binary_crossentropy", "sigmoid")
            model = build_model(described)
            assert model.output.dtype == "float32", name
            assert model.get_layer("logits").compute_dtype == precision.removeprefix("mixed_")
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.backend
def test_weights_of_another_model_are_copied_and_frozen(tmp_path: Path) -> None:
    source = network()
    save_model(source, tmp_path / "source.keras")
    model = network()
    assert copy_weights(model, tmp_path / "source.keras") == ["hidden", "y"]
    freeze(model, ["hidden"])
    before = model.get_layer("hidden").get_weights()
    fit_model(model, "binary_crossentropy", *parts(), TrainingOptions(epochs=2))
    assert equal(before, model.get_layer("hidden").get_weights())
    assert equal(before, source.get_layer("hidden").get_weights())
    assert not equal(model.get_layer("y").get_weights(), source.get_layer("y").get_weights())
    with pytest.raises(OptionError, match=r"freeze: 'scan'.*hidden"):
        freeze(model, ["scan"])
    other = keras.Input((3,), name="x")
    with pytest.raises(DataError, match=r"source.keras has no layer"):
        copy_weights(keras.Model([other], layers.Dense(2, name="hidden")(other)), tmp_path / "source.keras")
