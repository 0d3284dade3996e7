"""Several devices: as one device, to float tolerance; here CPUs that TensorFlow and JAX are told to count as two."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jangdan.data import Array
from jangdan.training.batch_feed import Feed
from jangdan.training.fit import Part, fit_model
from jangdan.training.options import TrainingOptions
from jangdan.training.parallel import data_parallel, replicas

DEVICES = ["cpu:0", "cpu:1"]


def example(regions: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(regions, 6))
    y = np.stack([x[:, 0] + 0.5 * x[:, 1] ** 2 > 0.3, x[:, 2] > 1], axis=1).astype(float)
    return Array("x", x), Array("y", y, conditions=["a", "b"])


def network() -> Any:
    import keras

    keras.utils.set_random_seed(1)
    x = keras.Input((6,), name="x")
    hidden = keras.layers.Dense(16, activation="relu")(x)
    return keras.Model([x], keras.layers.Dense(2, activation="sigmoid", name="y")(hidden))


def fitted(regions: tuple[int, int], options: TrainingOptions, folder: Path) -> dict[str, Any]:
    """Fit on as many devices as the scope has; where regions are odd, a second model takes the first one's state."""
    (x, y), (vx, vy) = example(regions[0], 0), example(regions[1], 1)
    train, validation = Part({"x": x}, y), Part({"x": vx}, vy)
    found: dict[str, Any] = {}
    for name in ("whole", "resumed") if regions[0] % 2 else ("whole",):
        model = network()
        history = fit_model(model, "binary_crossentropy", train, validation, options, folder / "state")
        weights = [w.ravel().tolist() for w in model.get_weights()]
        found[name] = {"history": history.to_dict("list"), "weights": weights, "replicas": replicas(model)}
    return found


def wrapped() -> dict[str, list[Any]]:
    """Fit, evaluate and predict with Janggu, on a number of regions that is odd."""
    from jangdan import Janggu

    x, y = example(301, 0)
    built = network()
    model = Janggu(built.inputs, built.outputs, name="m")
    model.compile("adam", loss="binary_crossentropy")
    weights = np.linspace(0.5, 1.5, 301)
    history = model.fit(x, y, batch_size=50, epochs=2, verbose=0, sample_weight=weights)
    loss = model.evaluate(x, y, sample_weight=weights)
    p = model.predict(x).astype(float)
    by_hand = (weights * -(y[:] * np.log(p) + (1 - y[:]) * np.log(1 - p)).mean(axis=1)).mean()
    return {"loss": history.history["loss"], "evaluated": [loss], "by hand": [by_hand], "predicted": p[:5].tolist()}


def main(folder: str) -> None:
    """Print, as JSON, what one and two devices give."""
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    found: dict[str, Any] = {"even": [], "odd": [], "wrapped": []}
    for devices in (DEVICES[:1], DEVICES):
        own = Path(folder) / str(len(devices))
        for name, regions, batch_size in (("even", (300, 100), 50), ("odd", (301, 99), 43)):
            options = TrainingOptions(epochs=2, batch_size=batch_size, positive_weight="balanced", learning_rate=0.01)
            (own / name).mkdir(parents=True)
            with data_parallel(devices):
                found[name].append(fitted(regions, options, own / name))
        with data_parallel(devices):
            found["wrapped"].append(wrapped())
    print("\n" + json.dumps(found))


def on_one_and_two(backend: str, folder: Path) -> dict[str, Any]:
    flags = {"KERAS_BACKEND": backend, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    code = "import sys; from tests.unit.training.test_parallel import main; main(sys.argv[1])"
    environment = {**os.environ, **flags, "JANGDAN_OUTPUT": str(folder / "out")}
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "backend", [pytest.param("tensorflow", marks=pytest.mark.slow), pytest.param("jax", marks=pytest.mark.jax)]
)
def test_two_devices_train_as_one_does(backend: str, tmp_path: Path) -> None:
    found = on_one_and_two(backend, tmp_path)
    for name in ("even", "odd"):
        one, two = found[name]
        assert two.get("resumed", two["whole"]) == two["whole"]
        one, two = one["whole"], two["whole"]
        assert (one["replicas"], two["replicas"]) == (1, 2)
        for one_weights, two_weights in zip(one["weights"], two["weights"], strict=True):
            np.testing.assert_allclose(two_weights, one_weights, rtol=1e-3, atol=1e-4)
        for column, values in one["history"].items():
            # of an odd batch, Keras counts the repeated region when it takes the mean over the epoch's batches
            tolerance = 1e-5 if name == "even" or column.startswith("val_") else 1e-2
            np.testing.assert_allclose(two["history"][column], values, rtol=tolerance, err_msg=f"{name} {column}")
    one, two = found["wrapped"]
    np.testing.assert_allclose(two["loss"], one["loss"], rtol=1e-2)
    np.testing.assert_allclose(two["predicted"], one["predicted"], rtol=1e-3)
    np.testing.assert_allclose(two["evaluated"], two["by hand"], rtol=1e-4)


def test_a_batch_is_filled_up_with_regions_that_weigh_nothing() -> None:
    x, y = Array("x", np.arange(7.0)[:, None]), Array("y", np.arange(7.0)[:, None])
    feed = Feed({"x": x}, y, batch_size=5, sample_weight=np.arange(1.0, 8.0))
    feed.share_out(4)
    inputs, target, weights = feed[1]
    np.testing.assert_array_equal(inputs["x"][:, 0], [5, 6, 6, 6])
    np.testing.assert_array_equal(target[:, 0], [5, 6, 6, 6])
    # the mean over 4 is that over the batch's own 2
    np.testing.assert_allclose(weights, [6 * 2, 7 * 2, 0, 0])
    feed.share_out(4, mean_of="epoch")
    # batches of 8 and 4: the mean over 12 is that over 7
    np.testing.assert_allclose(feed[1][2], [6 * 12 / 7, 7 * 12 / 7, 0, 0])
    feed.share_out(1)
    np.testing.assert_array_equal(feed[1][2], [6, 7])


def test_one_device_changes_nothing() -> None:
    with data_parallel(DEVICES[:1]):
        assert replicas(network()) == 1
    x, y = example(10, 0)
    feed = Feed({"x": x}, y, batch_size=3)
    feed.share_out(1)
    assert len(feed[0]) == 2
