"""Gradients by the inputs of a model, on any backend of Keras."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

Pick = Callable[[Any], Any]
"""From a model's outputs to the one number that is derived."""


def input_gradients(model: keras.Model, points: Sequence[NDArray[Any]], pick: Pick) -> list[NDArray[np.float64]]:
    """Return the gradient of ``pick(outputs)`` by each input of a model, an array as each of `points`, float64.

    points: one array an input, floating. An input that the number does not depend on has the gradient 0.
    """
    of_backend = {"tensorflow": _tensorflow, "torch": _torch, "jax": _jax}[keras.backend.backend()]
    gradients = of_backend(model, [ops.convert_to_tensor(point, dtype="float32") for point in points], pick)
    return [
        np.zeros(point.shape) if gradient is None else np.asarray(ops.convert_to_numpy(gradient), dtype=np.float64)
        for point, gradient in zip(points, gradients, strict=True)
    ]


def _tensorflow(model: keras.Model, tensors: list[Any], pick: Pick) -> list[Any]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(tensors)
        number = pick(model(tensors, training=False))
    return list(tape.gradient(number, tensors))


def _torch(model: keras.Model, tensors: list[Any], pick: Pick) -> list[Any]:
    torch = importlib.import_module("torch")  # none of the dependencies
    followed = [tensor.detach().clone().requires_grad_() for tensor in tensors]
    return list(torch.autograd.grad(pick(model(followed, training=False)), followed, allow_unused=True))


def _jax(model: keras.Model, tensors: list[Any], pick: Pick) -> list[Any]:
    jax = importlib.import_module("jax")  # none of the dependencies
    trainable, fixed = ([v.value for v in each] for each in (model.trainable_variables, model.non_trainable_variables))

    def number(points: list[Any]) -> Any:
        return pick(model.stateless_call(trainable, fixed, points, training=False)[0])

    return list(jax.grad(number)(tensors))
