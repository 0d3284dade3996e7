"""Datasets to layers by name: what a model is fed with, and what it is compared with."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.wrappers import Wrapper, indexer_of, is_placed
from jangdan.errors import DataError, OptionError
from jangdan.genome.indexer import GenomicIndexer

log = logging.getLogger(__name__)

Datasets = Dataset | Sequence[Dataset] | Mapping[str, Dataset]


def inputs_of(model: keras.Model, datasets: Datasets | None) -> dict[str, Dataset]:
    """Return input name -> dataset. Raises DataError where names or shapes do not fit the model's input layers."""
    named = by_name(datasets, "inputs")
    tensors = {tensor.name: tensor for tensor in model.inputs}
    _require_names("inputs", tensors, named)
    return {name: _fitting(tensor, named[name]) for name, tensor in tensors.items()}


def outputs_of(model: keras.Model, datasets: Datasets | None) -> dict[str, Dataset]:
    """Return output name -> dataset. Raises DataError where names or shapes do not fit the model's output layers."""
    named = by_name(datasets, "outputs")
    tensors = dict(zip(model.output_names, model.outputs, strict=True))
    _require_names("outputs", tensors, named)
    for name, tensor in tensors.items():
        if not _fits(tensor.shape, named[name].shape):
            raise _mismatch("outputs", name, tensor.shape, named[name])
    return {name: named[name] for name in tensors}


def require_regions(datasets: Mapping[str, Dataset]) -> None:
    """Look whether datasets are of the same regions, which their numbers do not tell.

    Windows that do not overlap, region by region, are a warning in the log, since inputs may be meant to be of two
    places, such as enhancer and promoter. Raises DataError where there is no region.
    """
    if any(len(dataset) == 0 for dataset in datasets.values()):
        empty = [name for name, dataset in datasets.items() if len(dataset) == 0]
        raise DataError(f"datasets {', '.join(empty)} have no region; look at their roi, or at what was filtered out")
    placed = [(name, indexer_of(dataset)) for name, dataset in datasets.items() if is_placed(dataset)]
    for name, windows in placed[1:]:
        first, other = placed[0]
        if len(windows) != len(other):
            continue  # the feed says so
        apart = np.flatnonzero(~_overlap(windows, other))
        if len(apart):
            log.warning(
                "datasets %r and %r are of other regions: %d of %d do not overlap, such as %s and %s",
                first, name, len(apart), len(windows), other[int(apart[0])], windows[int(apart[0])],
            )  # fmt: skip


def _overlap(one: GenomicIndexer, other: GenomicIndexer) -> NDArray[np.bool_]:
    """Tell for each region whether its windows, without flanks, share a position; shape (region,)."""
    same = one.contigs.find(other.contigs.names)[other.chrom] == one.chrom
    return same & (one.start < other.end) & (other.start < one.end)


def by_name(datasets: Any, argument: str) -> dict[str, Dataset]:
    """Return name -> dataset of one, several, or a mapping. Raises OptionError for what is none, or two of one name."""
    given = list(datasets.values()) if isinstance(datasets, Mapping) else datasets
    given = [given] if isinstance(given, Dataset) else given
    if not isinstance(given, Sequence) or not all(isinstance(dataset, Dataset) for dataset in given):
        found = "None" if datasets is None else type(datasets).__name__
        raise OptionError(f"{argument}={found}: expected datasets, named as the model's {argument}")
    for dataset in given:
        if dataset.ndim < 2:
            raise DataError(
                f"{argument}: dataset {dataset.name!r} has the shape {dataset.shape}; expected (region, ...): for one "
                "value a region, array[:, None]"
            )
    named = {dataset.name: dataset for dataset in given}
    if len(named) != len(given):
        raise OptionError(f"{argument}: two datasets are named alike: {', '.join(d.name for d in given)}")
    return named


def _require_names(argument: str, tensors: Mapping[str, Any], named: Mapping[str, Dataset]) -> None:
    missing = [name for name in tensors if name not in named]
    unknown = [name for name in named if name not in tensors]
    if missing or unknown:
        raise DataError(
            f"{argument}: datasets are named {', '.join(named) or 'nothing'}, the model's {argument} are "
            f"{', '.join(tensors)}; name each dataset like its layer"
        )


def _fitting(tensor: Any, dataset: Dataset) -> Dataset:
    """Return the dataset in the form that an input layer takes: sequences as codes, or as one-hot values."""
    if isinstance(dataset, Bioseq):
        if len(tensor.shape) == 2 and _fits(tensor.shape, (len(dataset), dataset.window)):
            return dataset
        if _fits(tensor.shape, dataset.shape):
            return Wrapper(dataset)
    elif _fits(tensor.shape, dataset.shape):
        return dataset
    raise _mismatch("inputs", tensor.name, tensor.shape, dataset)


def _fits(layer: Sequence[int | None], shape: Sequence[int]) -> bool:
    """Compare all axes but the first, where None fits anything."""
    return len(layer) == len(shape) and all(a is None or a == b for a, b in zip(layer[1:], shape[1:], strict=True))


def _mismatch(argument: str, name: str, layer: Sequence[int | None], dataset: Dataset) -> DataError:
    return DataError(
        f"{argument}: layer {name!r} takes windows of shape {tuple(layer[1:])}, dataset {dataset.name!r} has "
        f"{tuple(dataset.shape[1:])}; build both with the same binsize, flank, resolution, order and conditions"
    )
