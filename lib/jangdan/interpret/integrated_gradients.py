"""Integrated gradients on one-hot sequence and coverage.

Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, PMLR 70, 2017: the gradient is
averaged over the straight path from a baseline (all zeros) to the input, by the midpoint rule, and
multiplied with their difference. The sum over all inputs is then the output's difference between
input and baseline, which is checked with every result (`residual`).
"""

import logging
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from jangdan.interpret.attribution import Arrays, Attribution, differentiable, outputs_at
from jangdan.interpret.gradients import Pick, input_gradients
from jangdan.models.predict import explained

log = logging.getLogger(__name__)

TOLERANCE = 0.05
"""Largest relative residual of which no warning is given."""


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
    output, baseline = (outputs_at(body, x, columns) for x in (order, [np.zeros_like(p) for p in order]))
    total_score = sum(s.reshape(len(s), -1).sum(axis=1) for s in scores)
    residual = total_score - (output - baseline)
    result = Attribution(dict(zip(names, scores, strict=True)), output, baseline, np.asarray(residual))
    _log_residuals(result)
    return result


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


def _log_residuals(result: Attribution) -> None:
    change = np.abs(result.output - result.baseline)
    relative = np.abs(result.residual) / np.maximum(change, 1e-9)
    log.info("sum of attributions against the change of the output: largest relative residual %.4f", relative.max())
    if relative.max() > TOLERANCE:
        log.warning("residuals above %.0f %%: use more steps (attribution: parameters: steps)", 100 * TOLERANCE)
