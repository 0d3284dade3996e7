"""Randomness that is no variable of a model: PyTorch's own generators, which Keras' unseeded dropout draws from there.

TensorFlow and JAX have none: their layers' generators are variables, which a checkpoint holds anyway.
"""

import importlib
from typing import Any

import keras
import numpy as np


class SeededEpoch(keras.callbacks.Callback):
    """Lets PyTorch's generators begin an epoch, 0-based, from seed and epoch alone, so that one can go on from there.

    Does so in the epoch's beginning: what Keras does before, such as building the model, draws from them too.
    """

    def __init__(self, seed: int, epoch: int) -> None:
        super().__init__()
        self.drawn = int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Seed the generators of the CPU and of all GPUs; other backends have nothing to seed."""
        if keras.backend.backend() == "torch":
            importlib.import_module("torch").manual_seed(self.drawn)  # none of the dependencies
