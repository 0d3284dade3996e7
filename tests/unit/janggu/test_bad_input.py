"""Bad input to Janggu: one clear sentence each. The workflow's are in tests/unit/jobs/test_bad_input.py.

Elsewhere: names and shapes of datasets and layers, in test_janggu.py; damaged and other versions' files, in
models/test_folder.py; scores that are not defined, in test_scorer.py and evaluation/test_metrics.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from jangdan import Janggu
from jangdan.data import Array, Cover, GenomicIndexer, Interval
from jangdan.errors import DataError, HardwareError, InputFileError

RNG = np.random.default_rng(0)
N = 200
WINDOWS = GenomicIndexer.create_from_file([Interval("chr1", 0, 10 * N)], binsize=10)
DATA = Cover.create_from_array("ip", RNG.random((N, 10, 1, 1)), WINDOWS)
LABELS = RNG.integers(2, size=(N, 3)).astype(float)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))


def labels(values: np.ndarray) -> Array:
    return Array("out", values, conditions=["Abf1", "Reb1", "Rap1"])


def made(loss: str = "binary_crossentropy", **options: Any) -> Janggu:
    x = keras.Input((10, 1, 1), name="ip")
    model = Janggu(x, layers.Dense(3, activation="sigmoid", name="out")(layers.Flatten()(x)))
    model.compile(keras.optimizers.SGD(0.01), loss, **options)
    return model


@pytest.mark.parametrize("steps", [None, 4])
@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
def test_nan_in_a_target_is_named_with_its_batch(loss: str, steps: int | None) -> None:
    values = LABELS.copy()
    values[137, 1] = np.nan
    with pytest.raises(DataError) as caught:
        made(loss).fit(DATA, labels(values), batch_size=20, epochs=9, shuffle=False, steps_per_epoch=steps, verbose=0)
    text = str(caught.value)
    # region 137 is in batch 7 of 20 regions: in the second epoch where one has 4 batches
    assert ("epoch 2, batch 3," if steps else "epoch 1, batch 7,") in text
    assert "of the regions chr1:1200-1210, chr1:1210-1220, chr1:1220-1230 and 17 more" in text
    assert "target 'out' holds 1 NaN" in text


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("step", ["fit", "validate", "evaluate", "predict"])
def test_nan_in_an_input_names_its_regions_though_a_relu_would_swallow_it(value: float, step: str) -> None:
    signal = DATA[:]
    signal[130, :4], signal[133, 2] = value, value  # not in the first two batches, which Keras itself reads
    damaged = Cover.create_from_array("ip", signal, WINDOWS)
    x = keras.Input((10, 1, 1), name="ip")
    model = Janggu(x, layers.Dense(3, activation="sigmoid", name="out")(layers.ReLU()(layers.Flatten()(x))))
    model.compile("sgd", "binary_crossentropy")
    y, few = labels(LABELS), {"batch_size": 16, "verbose": 0}
    steps: dict[str, Callable[[], Any]] = {
        "fit": lambda: model.fit(damaged, y, shuffle=False, **few),
        "validate": lambda: model.fit(DATA, y, validation_data=(damaged, y), **few),
        "evaluate": lambda: model.evaluate(damaged, y, **few),
        "predict": lambda: model.predict(damaged, **few),
    }
    with pytest.raises(DataError) as caught:
        steps[step]()
    assert "input 'ip' holds 5 NaN or infinite values in the regions chr1:1300-1310, chr1:1330-1340;" in str(
        caught.value
    )


def test_an_error_of_reading_a_batch_is_raised_as_it_was() -> None:
    class Broken(Cover):
        def __init__(self) -> None:
            vars(self).update(vars(DATA))

        def read(self, indices: Any, *_: Any) -> Any:
            if 150 in np.asarray(indices):
                raise InputFileError("cached.h5", "checksum differs; delete the file")
            return DATA.read(indices)

    for steps in (None, 20):
        with pytest.raises(InputFileError, match=r"^cached.h5: checksum differs; delete the file$") as caught:
            made().fit(Broken(), labels(LABELS), batch_size=8, steps_per_epoch=steps, verbose=0)
        assert caught.value.path == "cached.h5"


def test_a_loss_that_grows_without_bounds_says_what_to_lower() -> None:
    x = keras.Input((10, 1, 1), name="ip")
    model = Janggu(x, layers.Dense(3, name="out")(layers.Flatten()(x)))
    model.compile(keras.optimizers.SGD(1e25), "mse")
    with pytest.raises(DataError, match=r"the loss is (nan|inf) in epoch 1, .* lower the learning rate"):
        model.fit(DATA, labels(LABELS), epochs=3, verbose=0)


def test_nan_from_batches_of_ones_own_is_named_by_batch() -> None:
    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> tuple[Any, Any]:
            return {"ip": DATA[:8]}, np.full((8, 3), np.nan)

    with pytest.raises(DataError, match="in epoch 1, batch 1; look for NaN"):
        made().fit(Batches(), verbose=0)


def test_a_target_without_any_positive_is_an_error() -> None:
    with pytest.raises(DataError, match="target 'out': no positive for conditions 'Abf1', 'Reb1', 'Rap1' among the 200 "
                                        "training regions"):  # fmt: skip
        made().fit(DATA, labels(np.zeros((N, 3))), verbose=0)


def test_conditions_without_a_positive_or_a_negative_are_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    values = LABELS.copy()
    values[:, 1], values[:, 2] = 0, 1
    model = made()
    model.fit(DATA, labels(values), verbose=0)
    said = [record.getMessage() for record in caplog.records if record.name == "jangdan.datasets.labels"]
    assert len(said) == 2
    assert "target 'out': no positive for condition 'Reb1' among the 200 training regions" in said[0]
    assert "target 'out': no negative for condition 'Rap1' among the 200 training regions" in said[1]


def test_held_out_chromosomes_do_not_count_as_training_regions() -> None:
    windows = GenomicIndexer.create_from_file([Interval("chr1", 0, 500), Interval("chr2", 0, 500)], binsize=10)
    data = Cover.create_from_array("ip", RNG.random((100, 10, 1, 1)), windows)
    target = Cover.create_from_array(
        "out", np.repeat(np.arange(100) >= 50, 3).reshape(100, 1, 1, 3).astype(float), windows
    )
    x = keras.Input((10, 1, 1), name="ip")
    model = Janggu(x, layers.Conv2D(3, (10, 1), activation="sigmoid", name="out")(x))
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(DataError, match="among the 50 training regions"):
        model.fit(data, target, validation_data=["chr2"], verbose=0)


def test_regression_targets_may_be_all_zero() -> None:
    assert made("mse").fit(DATA, labels(np.zeros((N, 3))), verbose=0).history["loss"]


def test_datasets_of_other_regions_are_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    x = keras.Input((10, 1, 1), name="ip")
    model = Janggu(x, layers.Conv2D(1, (10, 1), name="out")(x))
    model.compile("sgd", "mse")
    values = RNG.random((N, 1, 1, 1))
    same = GenomicIndexer.create_from_file([Interval("chr1", 0, 10 * N)], binsize=10, flank=5)
    for windows, expected in ((same, False), (WINDOWS.shuffle(3), True)):
        caplog.clear()
        model.evaluate(DATA, Cover.create_from_array("out", values, windows))
        found = [record.getMessage() for record in caplog.records]
        assert ("datasets 'ip' and 'target out' are of other regions" in " ".join(found)) is expected


def test_memory_that_does_not_suffice_names_the_batch_size_to_try() -> None:
    x = keras.Input((10, 1, 1), name="ip")
    wide = layers.GlobalMaxPooling2D()(layers.ZeroPadding2D((2**29, 2**10))(x))  # 35 TB for 4 regions
    model = Janggu(x, layers.Dense(3, name="out")(wide))
    model.compile("sgd", "mse")
    with pytest.raises(HardwareError, match="out of memory with batch_size=4; try batch_size=2"):
        model.fit(DATA, labels(LABELS), batch_size=4, verbose=0)
