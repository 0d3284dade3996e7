"""Integrated gradients on one-hot sequence and coverage.

Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, PMLR 70, 2017: the gradient is
averaged over the straight path from a baseline (all zeros) to the input, by the midpoint rule, and
multiplied with their difference. The sum over all inputs is then the output's difference between
input and baseline, which is checked with every result (`residual`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from jangdan.interpret.gradients import Pick, input_gradients
from jangdan.models.predict import explained
from jangdan.networks.layers import OneHotSequence

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
    body, encoders = differentiable(model, explained(model))
    names = [tensor.name for tensor in model.inputs]
    order = [encoders[name](arrays[name]) for name in names]
    columns = np.broadcast_to(condition, len(order[0]))
    rows = [
        along_path(body, [point[i : i + 1] for point in order], _of_column(column), steps)
        for i, column in enumerate(columns.tolist())
    ]
    scores = [np.stack(parts) for parts in zip(*rows, strict=True)]
    output, baseline = (_outputs(body, x, columns) for x in (order, [np.zeros_like(p) for p in order]))
    total_score = sum(s.reshape(len(s), -1).sum(axis=1) for s in scores)
    residual = total_score - (output - baseline)
    return Attribution(dict(zip(names, scores, strict=True)), output, baseline, np.asarray(residual))


def _of_column(column: int) -> Pick:
    return lambda outputs: keras.ops.sum(outputs[:, column])


def along_path(body: keras.Model, point: Sequence[NDArray[Any]], pick: Pick, steps: int) -> list[NDArray[np.float64]]:
    """Return the integrated gradients of ``pick(outputs)`` at one region, an array an input.

    point: one array an input of `body`, of shape (1, ...). pick: the number to explain, summed over the regions of a
    batch. The path from zeros is read in one batch of `steps` regions.
    """
    fraction = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    path = [fraction.reshape(-1, *[1] * (each.ndim - 1)) * each for each in point]
    gradients = input_gradients(body, path, pick)
    return [each.mean(axis=0) * value[0] for each, value in zip(gradients, point, strict=True)]


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


def differentiable(model: keras.Model, outputs: Any) -> tuple[keras.Model, dict[str, Any]]:
    """Return the model from one-hot (and coverage) to some of its tensors, and what encodes each input, by name."""
    tensors, encoders = [], {}
    for tensor in model.inputs:
        onehot = _onehot_of(model, tensor.name)
        tensors.append(tensor if onehot is None else onehot.output)
        encoders[tensor.name] = _as_float if onehot is None else _encoder(onehot)
    return keras.Model(tensors, outputs), encoders


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
