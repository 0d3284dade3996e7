"""The datasets that a model reads, opened over some windows."""

from collections.abc import Mapping
from typing import Any

from jangdan.datasets.dataset import Dataset
from jangdan.datasets.stored_bioseq import StoredBioseq
from jangdan.datasets.stored_cover import StoredCover
from jangdan.datasets.wrappers import ReduceDim, StrandsAsConditions
from jangdan.errors import OptionError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.storage.dataset_file import load
from jangdan.storage.genomic_array import GenomicArray

Files = Mapping[str, str]
"""Dataset name -> dataset file."""


def describe_input(name: str, options: Mapping[str, Any], path: str, order: int) -> InputDescription:
    """Return what a model must know of an input, from its config and its dataset file."""
    flank = options["flank"]
    if options["kind"] == "sequence":
        return InputDescription(name, "sequence", flank, order=order)
    array = load(path)
    if not isinstance(array, GenomicArray):
        flank = 0  # its values are known by the windows, and flanks are counted in them
    normalizers = tuple(array.meta.get("normalizers", ()))
    return InputDescription(name, "coverage", flank, array.resolution, 1, array.strands, array.conditions, normalizers)


def describe_profile(path: str) -> dict[str, Any]:
    """Return what a description says of the bins of a profile's target, from its dataset file."""
    array = load(path)
    return {"target_resolution": array.resolution, "target_strands": array.strands}


def normalizers_in(path: str) -> tuple[Mapping[str, Any], ...]:
    """Return the fitted states of the normalizers that a dataset file has been through."""
    return tuple(load(path).meta.get("normalizers", ()))


def open_inputs(description: ModelDescription, files: Files, indexer: GenomicIndexer) -> dict[str, Dataset]:
    """Return a model's inputs by name over the windows of `indexer`, each with its own flank."""
    return {each.name: _open(each, files[each.name], indexer) for each in description.inputs}


def open_target(name: str, path: str, indexer: GenomicIndexer, *, profile: bool = False) -> Dataset:
    """Return a target over the windows of `indexer`, shape (region, condition): the mean over bins.

    profile: (region, bins, condition), each strand a condition of its own; raises OptionError for one value a region.
    """
    cover = StoredCover(name, load(path), indexer.with_flank(0))
    if not profile:
        return ReduceDim(cover, aggregator="mean")
    if not isinstance(cover.garray, GenomicArray):
        raise OptionError(f"datasets: {name}: resolution: null gives no bins; give the bp of one, for a profile")
    return StrandsAsConditions(cover)


def _open(each: InputDescription, path: str, indexer: GenomicIndexer) -> Dataset:
    windows = indexer.with_flank(each.flank)
    if each.kind == "sequence":
        return StoredBioseq(each.name, load(path), windows, order=each.order)
    return StoredCover(each.name, load(path), windows)
