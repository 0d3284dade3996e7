"""The datasets that a model reads: each file is opened once, and shown over some windows."""

from collections.abc import Iterable, Mapping
from typing import Any

from jangdan.datasets.dataset import Dataset
from jangdan.datasets.stored_bioseq import StoredBioseq
from jangdan.datasets.stored_cover import StoredCover
from jangdan.datasets.wrappers import ReduceDim, StrandsAsConditions
from jangdan.errors import OptionError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.storage.any_array import AnyArray
from jangdan.storage.dataset_file import load

Files = Mapping[str, str]
"""Dataset name -> dataset file."""

OpenFiles = Mapping[str, AnyArray]
"""Dataset name -> the array of its opened file."""


def open_files(files: Files, names: Iterable[str]) -> dict[str, AnyArray]:
    """Open the files of some datasets, each once, also where two names share one."""
    wanted = list(names)
    opened = {path: load(path) for path in dict.fromkeys(files[name] for name in wanted)}
    return {name: opened[files[name]] for name in wanted}


def describe_input(name: str, options: Mapping[str, Any], array: AnyArray, order: int) -> InputDescription:
    """Return what a model must know of an input, from its config and its opened dataset file."""
    flank = options["flank"]
    if options["kind"] == "sequence":
        return InputDescription(name, "sequence", flank, order=order)
    if not array.continuous:
        flank = 0  # its values are known by the windows, and flanks are counted in them
    normalizers = normalizers_in(array)
    return InputDescription(name, "coverage", flank, array.resolution, 1, array.strands, array.conditions, normalizers)


def describe_profile(array: AnyArray) -> dict[str, Any]:
    """Return what a description says of the bins of a profile's target."""
    return {"target_resolution": array.resolution, "target_strands": array.strands}


def normalizers_in(array: AnyArray) -> tuple[Mapping[str, Any], ...]:
    """Return the fitted states of the normalizers that a dataset file has been through."""
    return tuple(array.meta.get("normalizers", ()))


def open_inputs(description: ModelDescription, arrays: OpenFiles, indexer: GenomicIndexer) -> dict[str, Dataset]:
    """Return a model's inputs by name over the windows of `indexer`, each with its own flank."""
    return {each.name: _open(each, arrays[each.name], indexer) for each in description.inputs}


def open_target(name: str, array: AnyArray, indexer: GenomicIndexer, *, profile: bool = False) -> Dataset:
    """Return a target over the windows of `indexer`, shape (region, condition): the mean over bins.

    profile: (region, bins, condition), each strand a condition of its own; raises OptionError for one value a region.
    """
    cover = StoredCover(name, array, indexer.with_flank(0))
    if not profile:
        return ReduceDim(cover, aggregator="mean")
    if not array.continuous:
        raise OptionError(f"datasets: {name}: resolution: null gives no bins; give the bp of one, for a profile")
    return StrandsAsConditions(cover)


def _open(each: InputDescription, array: AnyArray, indexer: GenomicIndexer) -> Dataset:
    windows = indexer.with_flank(each.flank)
    if each.kind == "sequence":
        return StoredBioseq(each.name, array, windows, order=each.order)
    return StoredCover(each.name, array, windows)
