"""Weights of another model: copied by the names of layers, and kept as they are where asked."""

import logging
from collections.abc import Sequence
from os import PathLike

import keras
import numpy as np

from jangdan.errors import DataError, OptionError
from jangdan.models.folder import load_model

log = logging.getLogger(__name__)


def copy_weights(model: keras.Model, path: str | PathLike[str]) -> list[str]:
    """Copy the weights of all layers that a saved model has under the same name and shapes; return their names.

    Raises DataError where there is none, InputFileError where the file is no model.
    """
    source = load_model(path)
    copied = []
    for layer in model.layers:
        other = next((each for each in source.layers if each.name == layer.name and each.weights), None)
        if other is not None and [np.shape(w) for w in other.get_weights()] == [
            np.shape(w) for w in layer.get_weights()
        ]:
            layer.set_weights(other.get_weights())
            copied.append(layer.name)
    if not copied:
        own = ", ".join(layer.name for layer in model.layers if layer.weights)
        raise DataError(f"initial_weights: {path} has no layer of the name and shapes of any of {own}")
    log.info("weights of %s from %s", ", ".join(copied), path)
    return copied


def freeze(model: keras.Model, names: Sequence[str]) -> None:
    """Keep the weights of layers as they are; raises OptionError for a name that the model does not have."""
    known = {layer.name: layer for layer in model.layers}
    for name in names:
        if name not in known:
            raise OptionError(f"freeze: {name!r}: the model's layers are {', '.join(known)}")
        known[name].trainable = False
    if names:
        log.info("frozen: %s", ", ".join(names))
