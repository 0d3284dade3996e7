"""Layers for sequences, written with keras.ops, so that they run on any backend."""

from typing import Any

import keras
import numpy as np
from keras import ops

from jangdan.sequence.alphabet import UNKNOWN
from jangdan.sequence.encode import complement_permutation


@keras.saving.register_keras_serializable("jangdan")
class OneHotSequence(keras.layers.Layer):
    """Order-1 codes, shape (region, length), to order-k one-hot, (region, length - k + 1, letters ** k).

    A word with an unknown letter (code 255) is all zeros. Codes cross the wire, one byte a position.
    """

    def __init__(self, order: int = 1, n_letters: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.order, self.n_letters = order, n_letters

    def call(self, codes: Any) -> Any:
        """Return one-hot rows in the layer's float dtype."""
        letters = ops.cast(codes, "int32")
        length = letters.shape[1] - self.order + 1
        word = ops.zeros_like(letters[:, :length])
        known = ops.ones_like(word, dtype="bool")
        for i in range(self.order):
            digit = letters[:, i : i + length]
            known = ops.logical_and(known, digit != UNKNOWN)
            word = word * self.n_letters + digit
        n_words = self.n_letters**self.order
        rows = ops.one_hot(ops.where(known, word, 0), n_words, dtype=self.compute_dtype)
        return rows * ops.cast(known, self.compute_dtype)[:, :, None]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (region, length - order + 1, letters ** order)."""
        assert input_shape[1] is not None
        return (input_shape[0], input_shape[1] - self.order + 1, self.n_letters**self.order)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "order": self.order, "n_letters": self.n_letters}


@keras.saving.register_keras_serializable("jangdan")
class DualStrandConv1D(keras.layers.Layer):
    """Scan both strands of a one-hot sequence with the same kernels; the better strand counts.

    Input (region, length, letters ** order), output (region, length - kernel_size + 1, filters). The
    second scan uses each kernel's reverse complement: reversed positions, complemented words.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        order: int = 1,
        n_letters: int = 4,
        activation: str = "relu",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.order, self.n_letters = filters, kernel_size, order, n_letters
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make kernels, shape (kernel_size, words, filters), and a bias."""
        shape = (self.kernel_size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.permutation = np.asarray(complement_permutation(self.order, self.n_letters), dtype="int32")

    def call(self, inputs: Any) -> Any:
        """Return the larger of the two strands' activations."""
        reverse = ops.take(ops.flip(self.kernel, axis=0), self.permutation, axis=1)
        # one scan for both: the gradient of a convolution costs nearly as much for half of the filters
        scans = ops.conv(inputs, ops.concatenate([self.kernel, reverse], axis=-1), padding="valid")
        both = ops.maximum(scans[..., : self.filters], scans[..., self.filters :])
        return self.activation(both + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (region, length - kernel_size + 1, filters)."""
        assert input_shape[1] is not None
        return (input_shape[0], input_shape[1] - self.kernel_size + 1, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"filters": self.filters, "kernel_size": self.kernel_size, "order": self.order}
        own |= {"n_letters": self.n_letters, "activation": keras.activations.serialize(self.activation)}
        return {**super().get_config(), **own}
