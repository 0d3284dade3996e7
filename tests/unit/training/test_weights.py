"""Weights of classes and regions in the loss, against scikit-learn and numpy."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_class_weight

from jangdan.data import Array
from jangdan.datasets.labels import summarize_labels
from jangdan.errors import DataError, OptionError
from jangdan.training.fit import Part, fit_model
from jangdan.training.options import TrainingOptions
from jangdan.training.weights import class_weights

RNG = np.random.default_rng(3)
X = RNG.normal(size=(200, 6))
Y = np.stack([X[:, 0] > 1.2, X[:, 1] > -0.5], axis=1).astype(float)


def network() -> keras.Model:
    keras.utils.set_random_seed(2)
    x = keras.Input((6,), name="x")
    return keras.Model([x], layers.Dense(2, activation="sigmoid", name="y")(x))


def first_losses(class_weight: Any = None, sample_weight: Any = None) -> tuple[float, float, np.ndarray]:
    """Return loss and val_loss of an epoch in which nothing moves, and the predictions."""
    model, part = network(), Part({"x": Array("x", X)}, Array("y", Y, conditions=["a", "b"]), sample_weight)
    options = TrainingOptions(epochs=1, learning_rate=1e-20, positive_weight=class_weight)
    history = fit_model(model, "binary_crossentropy", part, part, options)
    predicted = keras.ops.convert_to_numpy(model([X.astype(np.float32)]))
    return history["loss"][0], history["val_loss"][0], predicted.astype(np.float64)


def test_balanced_weights_are_scikit_learns() -> None:
    positives, negatives = class_weights(summarize_labels(Array("y", Y)), "balanced")
    for i, column in enumerate(Y.T):
        expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=column)
        assert (negatives[i], positives[i]) == pytest.approx(tuple(expected))
    loss, val_loss, predicted = first_losses("balanced")
    weights = np.where(Y == 1, positives, negatives)
    assert weights.mean(axis=0) == pytest.approx([1, 1])
    # scikit-learn divides by the sum of the weights, which is their number
    expected = np.mean([log_loss(Y[:, i], predicted[:, i], sample_weight=weights[:, i]) for i in (0, 1)])
    assert (loss, val_loss) == pytest.approx((expected, expected), rel=1e-5)


def test_a_number_is_what_a_positive_counts_for() -> None:
    loss, val_loss, predicted = first_losses(7.5)
    expected = np.mean(-7.5 * Y * np.log(predicted) - (1 - Y) * np.log(1 - predicted))
    assert (loss, val_loss) == pytest.approx((expected, expected), rel=1e-5)


@pytest.mark.backend
def test_weights_of_regions_count() -> None:
    weights = np.linspace(0, 3, 200)
    loss, _, predicted = first_losses(sample_weight=weights)
    each = -(Y * np.log(predicted) + (1 - Y) * np.log(1 - predicted)).mean(axis=1)
    assert loss == pytest.approx((weights * each).mean(), rel=1e-5)


@pytest.mark.parametrize("given", ["even", 0, -1, True, float("inf"), float("nan"), [1]])
def test_weights_that_cannot_be_are_named(given: Any) -> None:
    with pytest.raises(OptionError, match=r"^positive_weight: found .*expected balanced or a number above 0"):
        TrainingOptions(positive_weight=given)


def test_weights_of_what_is_no_class_are_refused() -> None:
    part = Part({"x": Array("x", X)}, Array("y", Y))
    with pytest.raises(OptionError, match="positive_weight: is of loss binary_crossentropy, not of mse"):
        fit_model(network(), "mse", part, part, TrainingOptions(positive_weight=2))
    with pytest.raises(DataError, match="target values from 0 to 3, expected classes"):
        class_weights(summarize_labels(Array("y", 3 * Y)), "balanced")
