"""Integrated gradients on one-hot sequence and coverage.

Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, PMLR 70, 2017: the gradient is
averaged over the straight path from a baseline (all zeros) to the input, by the midpoint rule, and
multiplied with their difference. The sum over all inputs is then the output's difference between
input and baseline, which is checked with every result (`residual`).
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from jangdan.errors import HardwareError
from jangdan.models.layers import OneHotSequence
from jangdan.models.predict import explained

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Attribution:
    """scores: by input name, shape (region, length, words) for sequences, as the input for coverage;
    output, baseline: the model's output (logit, or log total) at input and baseline, shape (region,);
    residual: sum of all scores minus (output - baseline), shape (region,)."""

    scores: Arrays
    output: NDArray[np.float64]
    baseline: NDArray[np.float64]
    residual: NDArray[np.float64]


def integrated_gradients(
    model: keras.Model, arrays: Arrays, condition: int | NDArray[np.int64], *, steps: int = 32
) -> Attribution:
    """Attribute one condition's logit to the inputs of the regions in `arrays`, given by input name.

    condition: its number, or one a region, shape (region,). Of a profile, the log of the expected total is explained.
    """
    body, encoders = _body(model)
    points = {name: encoders[name](values) for name, values in arrays.items()}
    names = [tensor.name for tensor in model.inputs]
    order = [points[name] for name in names]
    scores = [np.zeros_like(p, dtype=np.float64) for p in order]
    columns = np.broadcast_to(condition, len(order[0]))
    for row, column in enumerate(columns.tolist()):
        single = [p[row : row + 1] for p in order]
        for total, gradient, value in zip(scores, _mean_gradients(body, single, column, steps), single, strict=True):
            total[row] = gradient * value[0]
    output, baseline = (_outputs(body, x, columns) for x in (order, [np.zeros_like(p) for p in order]))
    total_score = sum(s.reshape(len(s), -1).sum(axis=1) for s in scores)
    residual = total_score - (output - baseline)
    return Attribution(dict(zip(names, scores, strict=True)), output, baseline, np.asarray(residual))


def letter_scores(scores: NDArray[Any], codes: NDArray[np.uint8], order: int, n_letters: int = 4) -> NDArray[Any]:
    """Share the scores of order-k words among their letters.

    scores: (region, length - order + 1, words); codes: order-1, (region, length). Returns (region,
    length, letters), zero but at the letter that is there; sums are kept.
    """
    by_word = scores.sum(axis=2) / order
    by_position = np.zeros(codes.shape, dtype=np.float64)
    for i in range(order):
        by_position[:, i : i + by_word.shape[1]] += by_word
    letters = np.zeros((*codes.shape, n_letters))
    for letter in range(n_letters):
        letters[..., letter] = np.where(codes == letter, by_position, 0)
    return letters


def _body(model: keras.Model) -> tuple[keras.Model, dict[str, Any]]:
    """Return the model from one-hot (and coverage) to logits, and what encodes each input."""
    tensors, encoders = [], {}
    for tensor in model.inputs:
        onehot = _onehot_of(model, tensor.name)
        tensors.append(tensor if onehot is None else onehot.output)
        encoders[tensor.name] = _as_float if onehot is None else _encoder(onehot)
    return keras.Model(tensors, explained(model)), encoders


def _onehot_of(model: keras.Model, name: str) -> OneHotSequence | None:
    found = [x for x in model.layers if isinstance(x, OneHotSequence) and x.input.name == name]
    return found[0] if found else None


def _as_float(values: NDArray[Any]) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _encoder(layer: OneHotSequence) -> Any:
    return lambda codes: np.asarray(keras.ops.convert_to_numpy(layer(codes)), dtype=np.float32)


def _outputs(body: keras.Model, points: list[NDArray[Any]], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    output = np.asarray(keras.ops.convert_to_numpy(body(points, training=False)), dtype=np.float64)
    return output[np.arange(len(output)), columns]


def _mean_gradients(body: keras.Model, single: list[NDArray[Any]], condition: int, steps: int) -> list[NDArray[Any]]:
    if keras.backend.backend() != "tensorflow":
        raise HardwareError("attribution needs the TensorFlow backend; set KERAS_BACKEND=tensorflow")
    import tensorflow as tf

    fraction = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    path = [tf.constant(fraction.reshape(-1, *[1] * (p.ndim - 1)) * p) for p in single]
    with tf.GradientTape() as tape:
        tape.watch(path)
        summed = tf.reduce_sum(body(path, training=False)[:, condition])
    return [np.asarray(g).mean(axis=0, dtype=np.float64) for g in tape.gradient(summed, path)]
