"""How a model is run on datasets: what it is fitted and validated with, and its predictions."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.datasets.batches import batches
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.splits import split_train_test
from jangdan.errors import DataError, OptionError
from jangdan.network.matching import Datasets, inputs_of, outputs_of
from jangdan.training.feed import Feed
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
        made = as_list(model([arrays[name] for name in names], training=False))
        pieces.append([np.asarray(keras.ops.convert_to_numpy(tensor)) for tensor in made])
        if steps is not None and len(pieces) >= steps:
            break
    if not pieces:
        raise DataError(f"inputs: datasets {', '.join(inputs)} have no region to predict")
    return [np.concatenate(parts) for parts in zip(*pieces, strict=True)]


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
        return self._measured(self.feed(inputs_of(self.model, inputs), outputs_of(self.model, outputs), sample_weight))

    def training(
        self,
        inputs: Datasets | None,
        outputs: Datasets | None,
        sample_weight: ArrayLike | None,
        validation: Any,
        seed: int | None,
    ) -> tuple[Feed, Any]:
        """Return the feeds of training and validation; of chromosomes as `validation`, the regions on them."""
        own = inputs_of(self.model, inputs), outputs_of(self.model, outputs)
        if not _are_chromosomes(validation):
            return self.feed(*own, sample_weight, seed), self.validation(validation)
        if sample_weight is not None:
            raise OptionError("validation_data: chromosomes cannot be held out where sample_weight is given")
        training, held_out = _held_out(*own, validation)
        return self.feed(*training, seed=seed), self._measured(self.feed(*held_out))

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


def _are_chromosomes(given: Any) -> bool:
    return isinstance(given, (list, tuple)) and bool(given) and all(isinstance(name, str) for name in given)


def _held_out(inputs: Named, outputs: Named, chromosomes: Sequence[str]) -> list[tuple[Named, Named]]:
    """Return (inputs, outputs) of training, and of the chromosomes."""
    together = {("input", name): dataset for name, dataset in inputs.items()}
    together |= {("output", name): dataset for name, dataset in outputs.items()}
    parts = split_train_test(together, holdout=list(chromosomes))
    return [({n: part["input", n] for n in inputs}, {n: part["output", n] for n in outputs}) for part in parts]
