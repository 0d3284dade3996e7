"""How a model is run on datasets: what it is fitted and validated with, and its predictions."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.datasets.batches import batches
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.labels import require_positives
from jangdan.datasets.splits import split_train_test
from jangdan.errors import DataError, OptionError
from jangdan.janggu.class_weights import region_weights
from jangdan.janggu.layer_matching import Datasets, inputs_of, outputs_of, require_regions
from jangdan.janggu.scorer import Scorer, scorer_named
from jangdan.training.batch_feed import Feed
from jangdan.training.out_of_memory import memory_named
from jangdan.training.parallel import replicas

Named = dict[str, Dataset]


def predictions(
    model: keras.Model, inputs: Mapping[str, Dataset], batch_size: int, steps: int | None = None
) -> list[NDArray[Any]]:
    """Return one array for each output of a model, over all regions, or over the first `steps` batches.

    Raises DataError where there is no region.
    """
    names = [tensor.name for tensor in model.inputs]
    pieces: list[list[NDArray[Any]]] = []
    for _, arrays in batches(inputs, batch_size):
        with memory_named(batch_size):
            made = as_list(model([arrays[name] for name in names], training=False))
        pieces.append([np.asarray(keras.ops.convert_to_numpy(tensor)) for tensor in made])
        if steps is not None and len(pieces) >= steps:
            break
    if not pieces:
        raise DataError(f"inputs: datasets {', '.join(inputs)} have no region to predict")
    return [np.concatenate(parts) for parts in zip(*pieces, strict=True)]


def scorers_of(callbacks: Sequence[Scorer | str] | Scorer | str | None, *, by_name: bool = True) -> list[Scorer]:
    """Return scorers of one, several, or their names; raises OptionError for what is none.

    by_name: whether scores by name are taken, all of which compare with outputs.
    """
    given = [callbacks] if isinstance(callbacks, (str, Scorer)) else list(callbacks or ())
    for each in given:
        if not isinstance(each, (str, Scorer)):
            raise OptionError(f"callbacks: found {type(each).__name__}, expected a Scorer or the name of a score")
        if isinstance(each, str) and not by_name:
            raise OptionError(f"callbacks: {each!r} compares with outputs; give it to evaluate, or give a Scorer")
    return [scorer_named(each) if isinstance(each, str) else each for each in given]


def layer_up_to(model: keras.Model, layername: str) -> tuple[keras.Model, list[str]]:
    """Return the model that ends at a layer, and the names of its outputs: several where the layer has several.

    Raises OptionError for an unknown layer.
    """
    try:
        output = model.get_layer(layername).output
    except ValueError:
        known = ", ".join(layer.name for layer in model.layers)
        raise OptionError(f"layername={layername!r}: the model's layers are {known}") from None
    count = len(as_list(output))
    return keras.Model(model.inputs, output), [layername] if count == 1 else [f"{layername}_{i}" for i in range(count)]


def as_list(tensors: Any) -> list[Any]:
    """Return a model's outputs as a list, also where there is one."""
    return list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]


@contextmanager
def logged_to(path: Path) -> Iterator[None]:
    """Append what jangdan logs to a file, with dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler, logger = logging.FileHandler(path, encoding="utf-8"), logging.getLogger("jangdan")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(min(logger.getEffectiveLevel(), logging.INFO))
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()


class Feeds:
    """Makes the feeds of a model's inputs and outputs, `batch_size` regions a batch.

    workers: options of keras.utils.PyDataset.
    """

    def __init__(self, model: keras.Model, batch_size: int, **workers: Any) -> None:
        self.model, self.batch_size, self.workers = model, batch_size, workers

    def feed(
        self, inputs: Named, outputs: Named, sample_weight: ArrayLike | None = None, seed: int | None = None
    ) -> Feed:
        """Return the feed of datasets by name."""
        target = next(iter(outputs.values())) if len(outputs) == 1 else outputs
        feed = Feed(inputs, target, self.batch_size, seed, sample_weight, **self.workers)
        feed.share_out(replicas(self.model))
        return feed

    def of(self, inputs: Datasets | None, outputs: Datasets | None, sample_weight: ArrayLike | None = None) -> Feed:
        """Return the feed of datasets as users give them, in order. Raises DataError where they do not fit."""
        return self._measured(self.feed(*self._own(inputs, outputs), sample_weight))

    def weighted(
        self,
        inputs: Named,
        outputs: Named,
        class_weight: Mapping[int, float] | None,
        sample_weight: ArrayLike | None,
        seed: int | None,
    ) -> Feed:
        """Return the feed that a model is fitted with; raises DataError where its labels hold nothing to learn."""
        for name, target in outputs.items():
            if _is_label(self.model, name, target):
                require_positives(target, "training")
        if class_weight is not None and len(outputs) > 1:
            raise OptionError("class_weight: the model has several outputs; give sample_weight, a weight a region")
        weights = region_weights(next(iter(outputs.values())), class_weight, sample_weight)
        return self.feed(inputs, outputs, weights, seed)

    def training(
        self,
        inputs: Datasets | None,
        outputs: Datasets | None,
        weights: tuple[Mapping[int, float] | None, ArrayLike | None],
        validation: Any,
        seed: int | None,
    ) -> tuple[Feed, Any]:
        """Return the feeds of training and validation; of chromosomes as `validation`, the regions on them.

        weights: (class_weight, sample_weight).
        """
        own = self._own(inputs, outputs)
        if not _are_chromosomes(validation):
            return self.weighted(*own, *weights, seed), self.validation(validation)
        if weights[1] is not None:
            raise OptionError("validation_data: chromosomes cannot be held out where sample_weight is given")
        training, held_out = _held_out(*own, validation)
        return self.weighted(*training, *weights, seed), self._measured(self.feed(*held_out))

    def _own(self, inputs: Datasets | None, outputs: Datasets | None) -> tuple[Named, Named]:
        """Return datasets by the names of the layers that they fit."""
        own = inputs_of(self.model, inputs), outputs_of(self.model, outputs)
        require_regions({**own[0], **{f"target {name}": dataset for name, dataset in own[1].items()}})
        return own

    def validation(self, given: Any) -> Any:
        """Return what validation_data stands for: a feed, a PyDataset as it is, or None."""
        if given is None or isinstance(given, keras.utils.PyDataset):
            return given
        if isinstance(given, tuple) and len(given) in (2, 3):
            return self.of(*given)
        raise OptionError(
            "validation_data: expected (inputs, outputs), (inputs, outputs, sample_weight), a PyDataset or chromosomes"
        )

    def _measured(self, feed: Feed) -> Feed:
        feed.share_out(replicas(self.model), mean_of="epoch")
        return feed


def _is_label(model: keras.Model, name: str, target: Dataset) -> bool:
    """Tell whether an output has one value a region and condition, and is fitted with binary cross-entropy."""
    loss = getattr(model, "loss", None)
    if isinstance(loss, (list, tuple)):
        loss = dict(zip(model.output_names, loss, strict=False))
    loss = loss.get(name) if isinstance(loss, Mapping) else loss
    binary = loss == "binary_crossentropy" or isinstance(loss, keras.losses.BinaryCrossentropy)
    return binary and math.prod(target.shape[1:]) == target.shape[-1]


def _are_chromosomes(given: Any) -> bool:
    return isinstance(given, (list, tuple)) and bool(given) and all(isinstance(name, str) for name in given)


def _held_out(inputs: Named, outputs: Named, chromosomes: Sequence[str]) -> list[tuple[Named, Named]]:
    """Return (inputs, outputs) of training, and of the chromosomes."""
    together = {("input", name): dataset for name, dataset in inputs.items()}
    together |= {("output", name): dataset for name, dataset in outputs.items()}
    parts = split_train_test(together, holdout=list(chromosomes))
    return [({n: part["input", n] for n in inputs}, {n: part["output", n] for n in outputs}) for part in parts]
