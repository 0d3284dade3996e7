"""Likelihood losses against scipy; their gradients; saving."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln
from sklearn.metrics import log_loss

from jangdan.errors import OptionError
from jangdan.networks.likelihoods import (
    Multinomial,
    PoissonNll,
    ProfileAndCounts,
    WeightedBinaryCrossentropy,
    count_error,
    multinomial_nll,
    poisson_nll,
)
from jangdan.networks.registry import build_loss
from jangdan.records.kinds import LOSSES

pytestmark = pytest.mark.backend

SHAPE = (5, 11, 3)  # (region, bins, condition)


def example(mean: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rates = rng.gamma(0.7, mean, size=SHAPE).astype(np.float32) + np.float32(1e-3)
    return rng.poisson(rng.permuted(rates, axis=1)).astype(np.float32), rates


def numpy_of(function: Callable[[Any, Any], Any], counts: np.ndarray, rates: np.ndarray) -> np.ndarray:
    tensors = (keras.ops.convert_to_tensor(x, dtype="float32") for x in (counts, rates))
    return np.asarray(keras.ops.convert_to_numpy(function(*tensors)))


def scipy_multinomial(counts: np.ndarray, rates: np.ndarray) -> np.ndarray:
    k, p = (np.moveaxis(x.astype(np.float64), 1, -1) for x in (counts, rates))
    return -stats.multinomial.logpmf(k, k.sum(axis=-1), p / p.sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("mean", [0.05, 1.0, 30.0, 3e4])
def test_the_multinomial_is_scipys(mean: float) -> None:
    counts, rates = example(mean)
    expected = scipy_multinomial(counts, rates)
    error = np.abs(numpy_of(multinomial_nll, counts, rates) - expected)
    assert (error <= 2e-5 + 1e-6 * (counts.sum(axis=1) + expected)).all()


@pytest.mark.parametrize("mean", [0.05, 1.0, 30.0, 3e4])
def test_poisson_is_scipys(mean: float) -> None:
    counts, rates = example(mean)
    expected = -stats.poisson.logpmf(counts.astype(np.float64), rates.astype(np.float64))
    error = np.abs(numpy_of(poisson_nll, counts, rates) - expected)
    assert (error <= 2e-5 + 2e-6 * np.maximum(counts, rates)).all()


def test_every_small_count_and_broken_ones_have_their_log_factorial() -> None:
    counts = np.concatenate([np.arange(40), np.linspace(0, 12, 50), [1e3, 1e5, 1e6]]).astype(np.float32)
    rates = np.maximum(counts, np.float32(0.5))
    k, rate = counts.astype(np.float64), rates.astype(np.float64)
    expected = rate - k * np.log(rate) + gammaln(k + 1)
    np.testing.assert_allclose(numpy_of(poisson_nll, counts, rates), expected, rtol=1e-5, atol=1e-5)


def test_the_scale_of_the_rates_is_not_the_multinomials() -> None:
    counts, rates = example(2.0)
    np.testing.assert_allclose(
        numpy_of(multinomial_nll, counts, 64 * rates), numpy_of(multinomial_nll, counts, rates), rtol=1e-5, atol=1e-5
    )


def test_a_region_without_counts_costs_nothing_by_its_profile() -> None:
    _, rates = example(1.0)
    np.testing.assert_allclose(numpy_of(multinomial_nll, np.zeros(SHAPE), rates), 0, atol=1e-6)


def test_the_count_error_is_of_the_logs_of_one_plus_totals() -> None:
    counts, rates = example(4.0)
    expected = (np.log1p(counts.sum(axis=1)) - np.log1p(rates.sum(axis=1))) ** 2
    np.testing.assert_allclose(numpy_of(count_error, counts, rates), expected, rtol=1e-4, atol=1e-6)


def test_the_classes_are_the_means_with_the_weight_of_the_counts() -> None:
    counts, rates = example(4.0)
    profile, total = scipy_multinomial(counts, rates).mean(), numpy_of(count_error, counts, rates).mean()
    poisson = -stats.poisson.logpmf(counts.astype(np.float64), rates.astype(np.float64)).mean()
    found = [numpy_of(loss, counts, rates) for loss in (Multinomial(), ProfileAndCounts(2.5), PoissonNll())]
    np.testing.assert_allclose(found, [profile, profile + 2.5 * total, poisson], rtol=1e-5)


def test_sample_weights_leave_regions_out() -> None:
    counts, rates = example(4.0)
    weights = np.array([1, 0, 0, 0, 0], dtype=np.float32)
    value = keras.ops.convert_to_numpy(Multinomial(reduction="sum")(counts, rates, sample_weight=weights))
    np.testing.assert_allclose(value, scipy_multinomial(counts, rates)[0].mean(), rtol=1e-5)


def fitted(loss: keras.losses.Loss, counts: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take one step of gradient descent from log rates `start`; return the gradient and the loss."""
    inputs = keras.Input((1,))
    free = keras.layers.Dense(start.size, use_bias=False)(inputs)
    rates = keras.layers.Activation("exponential")(keras.layers.Reshape(start.shape)(free))
    model = keras.Model(inputs, rates)
    model.set_weights([start.reshape(1, -1)])
    model.compile(keras.optimizers.SGD(1.0), loss=loss)
    value = model.train_on_batch(np.ones((1, 1), dtype=np.float32), counts[None])
    return start - model.get_weights()[0].reshape(start.shape), np.asarray(value)


@pytest.mark.parametrize("name", ["multinomial", "profile_and_counts", "poisson_nll"])
def test_gradients_are_finite_where_counts_or_rates_are_zero(name: str) -> None:
    counts = np.array([[0, 5], [0, 0], [0, 1e5]], dtype=np.float32)  # (bins, condition)
    start = np.array([[-200, -200], [0, 3], [2, -80]], dtype=np.float32)
    gradient, value = fitted(build_loss(name), counts, start)
    assert np.isfinite(gradient).all()
    assert np.isfinite(value).all()


def test_the_multinomials_gradient_is_expected_minus_observed() -> None:
    counts = np.random.default_rng(1).poisson(3.0, size=(7, 2)).astype(np.float32)
    start = np.random.default_rng(2).normal(size=(7, 2)).astype(np.float32)
    shares = np.exp(start) / np.exp(start).sum(axis=0)
    expected = (counts.sum(axis=0) * shares - counts) / 2  # the mean over two conditions
    gradient, _ = fitted(Multinomial(), counts, start)
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-4)


def test_poissons_gradient_is_expected_minus_observed() -> None:
    counts = np.random.default_rng(1).poisson(3.0, size=(7, 2)).astype(np.float32)
    start = np.random.default_rng(2).normal(size=(7, 2)).astype(np.float32)
    gradient, _ = fitted(PoissonNll(), counts, start)
    np.testing.assert_allclose(gradient, (np.exp(start) - counts) / counts.size, rtol=1e-3, atol=1e-5)


def test_a_compiled_model_is_loaded_with_its_loss(tmp_path: Path) -> None:
    inputs = keras.Input((4, 1))
    model = keras.Model(inputs, keras.layers.Dense(1, activation="exponential")(inputs))
    model.compile("sgd", loss=ProfileAndCounts(3.5))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert isinstance(loaded.loss, ProfileAndCounts)
    assert loaded.loss.count_weight == 3.5


@pytest.mark.parametrize("shape", [(9, 3), (5, 4, 1, 3)])
def test_weighted_cross_entropy_is_scikit_learns(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(4)
    y, p = rng.integers(0, 2, shape).astype(np.float32), rng.uniform(0.01, 0.99, shape).astype(np.float32)
    positives, negatives = [2.0, 0.5, 7.0], [1.0, 3.0, 0.25]
    weights = np.where(y == 1, positives, negatives)
    expected = log_loss(y.ravel(), p.ravel().astype(np.float64), sample_weight=weights.ravel()) * weights.mean()
    found = numpy_of(WeightedBinaryCrossentropy(positives, negatives), y, p)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    plain = numpy_of(WeightedBinaryCrossentropy(), y, p)
    np.testing.assert_allclose(plain, numpy_of(keras.losses.BinaryCrossentropy(), y, p), rtol=1e-5)


def test_weighted_cross_entropy_is_finite_at_the_ends_and_no_number_stays_none() -> None:
    y = np.array([[1.0], [0.0]], dtype=np.float32)
    # Keras keeps probabilities within 1e-7 of 0 and 1, in float32
    far = numpy_of(WeightedBinaryCrossentropy(), y, 1 - y)
    assert far == pytest.approx(-np.log(1e-7), rel=0.02)
    assert np.isnan(numpy_of(WeightedBinaryCrossentropy(), y, np.array([[np.nan], [0.5]], dtype=np.float32)))


def test_weights_of_classes_travel_with_the_model(tmp_path: Path) -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="sigmoid")(inputs))
    model.compile("sgd", loss=WeightedBinaryCrossentropy([2, 3], [1, 0.5]))
    model.save(tmp_path / "model.keras")
    loss = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True).loss
    assert (loss.positives, loss.negatives) == ([2.0, 3.0], [1.0, 0.5])
    with pytest.raises(OptionError, match=r"negatives=.*at least 0"):
        WeightedBinaryCrossentropy([1], [-1])


def test_losses_are_found_by_name_and_others_left_to_keras() -> None:
    assert isinstance(build_loss("multinomial"), Multinomial)
    assert build_loss("mse") == "mse"
    assert build_loss("kl_divergence") == "kl_divergence"
    assert build_loss("profile_and_counts", mean_total=7.0).count_weight == 3.5
    profiles = [record.name for record in LOSSES if record.predicts == "profile"]
    assert profiles == ["multinomial", "poisson_nll", "profile_and_counts"]
    assert [build_loss(name).name for name in profiles] == profiles
    assert {record.name: record.activation for record in LOSSES if record.activation != "linear"} == {
        "binary_crossentropy": "sigmoid"
    }


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), "x"])
def test_a_weight_that_cannot_be_is_refused(weight: Any) -> None:
    with pytest.raises(OptionError, match="count_weight="):
        ProfileAndCounts(weight)


def test_a_target_without_bins_is_refused() -> None:
    with pytest.raises(OptionError, match=r"shape \(5, 3\), expected \(region, bins, condition\)"):
        multinomial_nll(np.ones((5, 3), dtype=np.float32), np.ones((5, 3), dtype=np.float32))
