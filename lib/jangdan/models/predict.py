"""Predictions over datasets, a batch at a time."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from jangdan.datasets.batches import Inputs, batches, require_one_length


def logit_model(model: keras.Model) -> keras.Model:
    """Return the model up to what is explained of it, shape (region, condition): see `explained`."""
    return keras.Model(model.inputs, explained(model))


def explained(model: keras.Model) -> Any:
    """Return the tensor of one number a condition that attributions and variant effects speak of.

    "logits", the output before the activation; of a profile, whose output has three axes, "counts", the log of the
    expected total.
    """
    return model.get_layer("counts" if len(model.output.shape) == 3 else "logits").output


def predict(model: keras.Model, inputs: Inputs, batch_size: int = 512) -> NDArray[np.float32]:
    """Return predictions, shape (region, condition), or (region, bins, condition) of profiles, float32."""
    return np.concatenate([values for _, values in predictions(model, inputs, batch_size)])


def predictions(
    model: keras.Model, inputs: Inputs, batch_size: int = 512
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield (numbers of regions, their predictions as of `predict`), a batch at a time, in order."""
    length = require_one_length(inputs)
    steps = tqdm(batches(inputs, batch_size), total=-(-length // batch_size), desc="predict", unit="batch")
    for indices, arrays in steps:
        yield indices, predict_arrays(model, arrays)


def predict_arrays(model: keras.Model, arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return predictions for one batch of input arrays by name."""
    return np.asarray(keras.ops.convert_to_numpy(model([arrays[i.name] for i in model.inputs], training=False)))
