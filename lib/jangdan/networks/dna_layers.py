"""Layers for one-hot DNA, shape (batch, length, 1, 4 ** order): both strands by one Conv2D, the other strand, windows.

Written with keras.ops, so that they run on any backend. The last axis holds the words of `order` letters, in the order
of `jangdan.sequence.encode`; unknown words, which are all zeros, stay so.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from jangdan.errors import OptionError, whole_number
from jangdan.sequence.encode import complement_permutation

Shape = tuple[int | None, ...]

N_LETTERS = 4

_MERGES: dict[str | None, Callable[[Any, Any], Any]] = {
    "max": ops.maximum,
    "ave": lambda forward, reverse: (forward + reverse) / 2,
    "concat": lambda forward, reverse: ops.concatenate([forward, reverse], axis=-1),
    None: lambda forward, reverse: [forward, reverse],
}


@keras.saving.register_keras_serializable("jangdan")
class DnaConv2D(keras.layers.Wrapper):
    """Scan both strands of one-hot DNA with the kernels of a Conv2D, which both scans share.

    Input (batch, length, 1, 4 ** order); the order is found from the shape. Output as the Conv2D's, for merge_mode

    - "max", "ave": the larger, or the mean, of both strands' activations;
    - "concat": both in the last axis, the forward strand's filters first;
    - None: the list [forward, reverse].

    Position i of both strands belongs to the same stretch of the forward strand, for every padding, stride, dilation
    and kernel length: the second scan uses each kernel's reverse complement (reversed positions, complemented words)
    on the same windows, to which it gives what the kernel gives to their reverse complements. The reverse complement
    of a whole input therefore gives the same output backwards, with the strands exchanged, where its windows are the
    same stretches: with padding "valid" where the stride divides length - kernel; with "same" where as many zeros are
    added before as after (stride 1: an odd kernel) and the stride is no longer than the kernel.

    `layer` keeps its bias, activation, constraints, regularizers and dtype; activation and regularizer of the activity
    apply to each strand. The wrapper takes its dtype unless `dtype` says otherwise.

    Raises OptionError for a layer other than a Conv2D of one group with channels last, for an unknown merge_mode, and,
    when built, for an input of another shape.
    """

    def __init__(self, layer: keras.layers.Layer, merge_mode: str | None = "max", **kwargs: Any) -> None:
        _check_convolution(layer)
        if not isinstance(merge_mode, str | None) or merge_mode not in _MERGES:
            known = ", ".join(repr(name) for name in _MERGES)
            raise OptionError(f"merge_mode={merge_mode!r}: expected one of {known}")
        kwargs["dtype"] = kwargs.get("dtype") or layer.dtype_policy
        super().__init__(layer, **kwargs)
        self.merge_mode = merge_mode

    def build(self, input_shape: Shape) -> None:
        """Make the Conv2D's weights; raises OptionError where the input is no one-hot DNA."""
        if len(input_shape) != 4:
            raise OptionError(
                f"DnaConv2D: the input has shape {tuple(input_shape)}, expected (batch, length, 1, 4 ** order)"
            )
        _complement(input_shape)
        super().build(input_shape)

    def call(self, inputs: Any) -> Any:
        """Return the merged activations, in the layer's compute dtype."""
        strands = [ops.cast(each, self.compute_dtype) for each in (self.layer(inputs), self._scan_reverse(inputs))]
        return _MERGES[self.merge_mode](*strands)

    def _scan_reverse(self, inputs: Any) -> Any:
        layer, dtype = self.layer, self.layer.compute_dtype
        kernel = ops.take(ops.flip(ops.cast(layer.kernel, dtype), axis=0), _complement(inputs.shape), axis=2)
        outputs = layer.convolution_op(ops.cast(inputs, dtype), kernel)
        if layer.use_bias:
            outputs = outputs + ops.cast(layer.bias, dtype)
        if layer.activation is not None:
            outputs = layer.activation(outputs)
        if layer.activity_regularizer is not None:
            # as Keras does for the forward strand: the penalty of an example, whatever the size of the batch
            penalty = layer.activity_regularizer(outputs)
            self.add_loss(penalty / ops.cast(ops.shape(outputs)[0], penalty.dtype))
        return outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape | list[Shape]:
        """Return (batch, positions, 1, filters), twice the filters for "concat", a list of two for None."""
        shape = tuple(self.layer.compute_output_shape(input_shape))
        if self.merge_mode is None:
            return [shape, shape]
        return (*shape[:-1], 2 * shape[-1]) if self.merge_mode == "concat" else shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, the Conv2D among them."""
        config = super().get_config()
        config["layer"].pop("build_config", None)  # the wrapper builds the copy, whose weights are named as here
        return {**config, "merge_mode": self.merge_mode}


class _Rearranged(keras.layers.Layer):
    """A layer that moves values about: the output has the input's shape and dtype, whole numbers stay such."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        return tuple(input_shape)

    def compute_output_spec(self, inputs: Any) -> keras.KerasTensor:
        """Return the input's shape and dtype."""
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)


@keras.saving.register_keras_serializable("jangdan")
class Complement(_Rearranged):
    """Complement one-hot DNA in the last axis, shape (..., 4 ** order), of any dtype; the shape tells the order.

    A word becomes its reverse complement, so that `Complement()(Reverse()(x))` is the one-hot of x's other strand.
    Raises OptionError, when built, where the last axis is no power of 4.
    """

    def build(self, input_shape: Shape) -> None:
        """Check the shape."""
        _complement(input_shape)

    def call(self, inputs: Any) -> Any:
        """Return the complement, of the input's shape and dtype."""
        return ops.take(inputs, _complement(inputs.shape), axis=-1)


@keras.saving.register_keras_serializable("jangdan")
class Reverse(_Rearranged):
    """Reverse an axis of a tensor of any dtype: axis 1, the positions, unless said otherwise; axis 0 is the batch.

    Raises OptionError for an axis that is no whole number, and, when built, for one that the input has not.
    """

    def __init__(self, axis: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = whole_number("axis", axis)

    def build(self, input_shape: Shape) -> None:
        """Check that the axis is there."""
        rank = len(input_shape)
        if not -rank <= self.axis < rank:
            raise OptionError(
                f"axis={self.axis}: the input has shape {tuple(input_shape)}; take an axis from {-rank} to {rank - 1}"
            )

    def call(self, inputs: Any) -> Any:
        """Return the input backwards along the axis."""
        return ops.flip(inputs, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "axis": self.axis}


@keras.saving.register_keras_serializable("jangdan")
class LocalAveragePooling2D(keras.layers.Layer):
    """Average windows of `window_size` positions along axis 1, with stride 1 and no padding; channels are last.

    Input (batch, length, width, channels), output (batch, length - window_size + 1, width, channels), as
    GlobalAveragePooling2D in windows. Raises OptionError for a window_size below 1, and, when built, for an input of
    another rank or shorter than the window.
    """

    def __init__(self, window_size: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.window_size = whole_number("window_size", window_size, least=1)

    def build(self, input_shape: Shape) -> None:
        """Check the shape."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: Any) -> Any:
        """Return the windows' means, in the layer's compute dtype."""
        values = ops.cast(inputs, self.compute_dtype)
        return ops.average_pool(values, (self.window_size, 1), 1, padding="valid", data_format="channels_last")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, length - window_size + 1, width, channels); a length of None stays so."""
        if len(input_shape) != 4:
            raise OptionError(
                "LocalAveragePooling2D: the input has shape "
                f"{tuple(input_shape)}, expected (batch, length, width, channels)"
            )
        batch, length, *rest = input_shape
        if length is not None and length < self.window_size:
            raise OptionError(
                f"window_size={self.window_size}: the input has {length} positions; take a window of at most as many"
            )
        return (batch, None if length is None else length - self.window_size + 1, *rest)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "window_size": self.window_size}


def _check_convolution(layer: Any) -> None:
    if not isinstance(layer, keras.layers.Conv2D):
        raise OptionError(f"layer={layer!r}: expected a keras.layers.Conv2D")
    if type(layer).call is not keras.layers.Conv2D.call:
        raise OptionError(f"layer={layer!r}: it has its own `call`, which the other strand's scan would pass by")
    if layer.groups != 1:
        raise OptionError(f"layer: a Conv2D with groups={layer.groups}, expected 1, since complements cross the groups")
    if layer.data_format != "channels_last":
        raise OptionError(f"layer: a Conv2D with data_format={layer.data_format!r}, expected 'channels_last'")


def _complement(shape: Shape) -> NDArray[np.int32]:
    """Return, for each word of the last axis, the place of its reverse complement."""
    words = shape[-1] if len(shape) else None
    order = 0 if words is None else round(np.log2(max(words, 1)) / 2)
    if order < 1 or words != N_LETTERS**order:
        raise OptionError(
            f"the input has shape {tuple(shape)}, expected one-hot DNA, 4 ** order (4, 16, 64, ...) in the last axis"
        )
    return _permutation(order)


@cache
def _permutation(order: int) -> NDArray[np.int32]:
    permutation = complement_permutation(order, N_LETTERS).astype(np.int32)
    permutation.flags.writeable = False  # every layer is given the same array
    return permutation
