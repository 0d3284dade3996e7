"""Several devices as one: variables on each, batches shared out evenly, gradients averaged."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


def data_parallel(devices: Sequence[str]) -> AbstractContextManager[Any]:
    """Return a context in which models are built and fitted on all of `devices`, such as ``["gpu:0", "gpu:1"]``.

    JAX: keras.distribution.DataParallel. TensorFlow, for which Keras has no distribution yet:
    tf.distribute.MirroredStrategy, where batch normalization and dropout see each device's share of a batch by
    itself. One device or none: nothing changes.
    """
    if len(devices) < 2:
        return nullcontext()
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        strategy: Any = tf.distribute.MirroredStrategy([name.upper() for name in devices])
    else:
        strategy = keras.distribution.DataParallel(devices=list(devices))
    scope: AbstractContextManager[Any] = strategy.scope()
    return scope


def replicas(model: keras.Model) -> int:
    """Return on how many devices a model is fitted."""
    if keras.backend.backend() == "tensorflow":
        return int(model.distribute_strategy.num_replicas_in_sync)
    distribution = keras.distribution.distribution()
    return 1 if distribution is None else int(distribution.num_model_replicas)


def evenly(arrays: Any, devices: int) -> Any:
    """Return an array, or name -> array, with the last region repeated to a multiple of `devices` regions."""
    if isinstance(arrays, Mapping):
        return {name: evenly(array, devices) for name, array in arrays.items()}
    missing = -len(arrays) % devices
    return np.concatenate([arrays, np.repeat(arrays[-1:], missing, axis=0)]) if missing else arrays


def even_weights(weights: NDArray[np.float32], devices: int, factor: float | None = None) -> NDArray[np.float32]:
    """Return weights of regions, times `factor`, and 0 for those that `evenly` repeats.

    Keras divides the weighted sum by the number of regions, repeated ones too. By default `factor` makes up for it
    in this batch, so that its loss and gradient are those of its own regions.
    """
    missing = -len(weights) % devices
    factor = (len(weights) + missing) / len(weights) if factor is None else factor
    return np.concatenate([weights * np.float32(factor), np.zeros(missing, dtype=np.float32)])
