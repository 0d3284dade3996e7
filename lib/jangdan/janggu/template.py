"""Model templates: functions of (inputs, inp, oup, params) whose input and output layers are made from datasets."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import keras
from keras import layers

from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError, OptionError
from jangdan.networks.layers import OneHotSequence

Template = Callable[..., tuple[Any, Any]]
_NAME = re.compile(r"[A-Za-z0-9.][\w.-]*", re.ASCII)  # of a scope in TensorFlow

Activation = str | Callable[..., Any] | Mapping[str, Any] | None


class InputLayers:
    """The input layers of a model by name. `use` gives what a template computes with.

    tensors: name -> the model's input; layers: name -> the tensor to compute with, which for sequences
    is the one-hot of the codes that are fed.
    """

    def __init__(self) -> None:
        self.tensors: dict[str, Any] = {}
        self.layers: dict[str, Any] = {}

    def add(self, dataset: Dataset) -> None:
        """Make the input layer of a dataset, named as it is. Sequences are fed as codes, one byte a letter."""
        if isinstance(dataset, Bioseq):
            codes = keras.Input((dataset.window,), dtype="uint8", name=dataset.name)
            rows = OneHotSequence(dataset.order, len(dataset.alphabet), name=f"{dataset.name}_onehot")(codes)
            self.tensors[dataset.name] = codes
            shape = dataset.shape[1:] if dataset.channel_last else (dataset.shape[2], 1, dataset.shape[1])
            self.layers[dataset.name] = layers.Reshape(shape, name=f"{dataset.name}_rows")(rows)
            if not dataset.channel_last:
                self.layers[dataset.name] = layers.Permute((3, 1, 2), name=f"{dataset.name}_first")(
                    self.layers[dataset.name]
                )
        else:
            self.tensors[dataset.name] = keras.Input(dataset.shape[1:], name=dataset.name)
            self.layers[dataset.name] = self.tensors[dataset.name]

    @contextmanager
    def use(self, *names: str) -> Iterator[Any]:
        """Give the tensor of an input, or a list of those of several. Raises OptionError for an unknown name."""
        for name in names:
            if name not in self.layers:
                raise OptionError(f"inputs.use({name!r}): the model's inputs are {', '.join(self.layers)}")
        chosen = [self.layers[name] for name in names]
        yield chosen[0] if len(chosen) == 1 else chosen


def inputlayer(template: Template) -> Template:
    """Give a template its `inputs`: the layers of the input datasets, where it was called without any."""

    @wraps(template)
    def with_inputs(inputs: Any, inp: Any, oup: Any, params: Any) -> tuple[Any, Any]:
        if inputs is None:
            inputs = InputLayers()
            for dataset in _datasets(inp, "inputs"):
                inputs.add(dataset)
        body_inputs, output = template(inputs, inp, oup, params)
        # a template may return the tensor it used: what is fed are the layers made here
        return inputs if isinstance(inputs, InputLayers) else body_inputs, output

    return with_inputs


def outputdense(activation: Activation = None) -> Callable[[Template], Template]:
    """Append a dense output layer for each output dataset, named and sized as its last axis.

    activation: of all, or name -> activation.
    """
    return _with_output(lambda units, **options: layers.Dense(units, **options), activation)


def outputconv(activation: Activation = None) -> Callable[[Template], Template]:
    """Append a 1 x 1 convolution for each output dataset, for outputs of shape (region, bins, strands, conditions)."""
    return _with_output(lambda units, **options: layers.Conv2D(units, (1, 1), **options), activation)


def require_names(inputs: Sequence[Dataset], outputs: Sequence[Dataset]) -> None:
    """Raise OptionError for names that layers cannot have, and for a name that an input and an output share."""
    for dataset in (*inputs, *outputs):
        if not _NAME.fullmatch(dataset.name):
            raise OptionError(
                f"dataset {dataset.name!r}: the model's layer is named like it, and can have letters of English, "
                "digits, and _ . - in its name; name the dataset so"
            )
    both = {dataset.name for dataset in inputs} & {dataset.name for dataset in outputs}
    if both:
        raise OptionError(f"inputs and outputs: both have a dataset {min(both)!r}; name one otherwise, as its layer is")


def network_of(template: Template, params: Any, inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Call a template; return the model's input tensors and its outputs. Raises OptionError for other results."""
    inp, oup = _listed(inputs), _listed(outputs)
    require_names(inp or (), oup or ())
    made = template(None, inp, oup, params)
    if not isinstance(made, tuple) or len(made) != 2:
        raise OptionError(f"template {_name(template)}: returned {type(made).__name__}, expected (inputs, output)")
    return made


def tensors_of(inputs: Any) -> list[Any]:
    """Return the tensors that a model is made with, of InputLayers or of Keras' own."""
    if isinstance(inputs, InputLayers):
        return list(inputs.tensors.values())
    return list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]


def _with_output(layer: Callable[..., keras.layers.Layer], activation: Activation) -> Callable[[Template], Template]:
    def decorator(template: Template) -> Template:
        @wraps(template)
        def with_output(inputs: Any, inp: Any, oup: Any, params: Any) -> tuple[Any, Any]:
            inputs, output = template(inputs, inp, oup, params)
            made = [
                layer(dataset.shape[-1], activation=_activation(activation, dataset.name), name=dataset.name)(output)
                for dataset in _datasets(oup, "outputs")
            ]
            return inputs, made[0] if len(made) == 1 else made

        return with_output

    return decorator


def _activation(activation: Activation, name: str) -> Any:
    if not isinstance(activation, Mapping):
        return activation
    if name not in activation:
        raise OptionError(f"activation: names {', '.join(activation)}, but the output is {name!r}")
    return activation[name]


def _datasets(given: Sequence[Dataset] | None, argument: str) -> Sequence[Dataset]:
    if not given:
        raise DataError(f"{argument}: the template takes its layers from datasets; give Janggu.create {argument}=")
    for dataset in given:
        if dataset.ndim < 2:
            raise DataError(
                f"{argument}: dataset {dataset.name!r} has the shape {dataset.shape}; expected (region, ...): for one "
                "value a region, array[:, None]"
            )
    return given


def _listed(datasets: Any) -> list[Dataset] | None:
    if datasets is None:
        return None
    given = list(datasets.values()) if isinstance(datasets, Mapping) else datasets
    return [given] if isinstance(given, Dataset) else list(given)


def _name(template: Any) -> str:
    return getattr(template, "__name__", repr(template))
