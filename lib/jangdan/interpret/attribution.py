"""What attributions are: scores of a model's inputs, by region and position; and what methods of attribution share."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

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


def outputs_at(body: keras.Model, points: list[NDArray[Any]], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the output of each region, shape (region,), in the column of its condition."""
    output = np.asarray(keras.ops.convert_to_numpy(body(points, training=False)), dtype=np.float64)
    return output[np.arange(len(output)), columns]
