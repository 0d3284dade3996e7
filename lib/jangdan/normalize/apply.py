"""Fit a chain of normalizers on some windows of an array, and apply it to all of the array."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from os import PathLike
from typing import Any

import numpy as np

from jangdan.errors import DataError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.normalize.base import Normalizer
from jangdan.normalize.bin_positions import Places, places_of
from jangdan.normalize.chain import CallableNormalizer
from jangdan.normalize.chunks import Chunks, Values, chunks_of
from jangdan.storage.any_array import AnyArray
from jangdan.storage.dataset_file import rewriting

Chain = Sequence[Normalizer]


def fit(chain: Chain, array: AnyArray, training: GenomicIndexer | None) -> None:
    """Fit each normalizer on what the ones before it make of the training windows, each bin once.

    training: windows, of an array of regions some of these; None is everything. Raises DataError where
    the training windows hold no bin of the array, or NaN.
    """
    if all(normalizer.fitted and type(normalizer).fit_chunks is Normalizer.fit_chunks for normalizer in chain):
        return
    ranges = None
    if training is not None:
        chrom = array.contigs.numbers(training.contigs, "this dataset")[training.chrom]
        ranges = array.row_ranges(chrom, training.start - training.flank, training.end + training.flank)
    if len(array.values) == 0 or (ranges is not None and len(ranges) == 0):
        raise DataError("normalize: the training regions hold no bin of this dataset")
    for number, normalizer in enumerate(chain):
        normalizer.fit_chunks(partial(_transformed, chunks_of(array, ranges), chain[:number]))


def _transformed(chunks: Chunks, chain: Chain) -> Iterator[tuple[Values, Places]]:
    for values, places in chunks():
        if np.isnan(values).any():
            raise DataError("normalizer: the training regions hold NaN; set nan_to_num=True for the dataset")
        for normalizer in chain:
            values = normalizer.transform(values, places)
        yield values, places


def transform(chain: Chain, values: Values, places: Places) -> Values:
    """Return values, shape (bins, strands, conditions), after all normalizers, as float32."""
    result: Values = values.astype(np.float64)
    for normalizer in chain:
        result = normalizer.transform(result, places)
    return result.astype(np.float32)


def normalize_array(chain: Chain, array: AnyArray, training: GenomicIndexer | None = None) -> None:
    """Normalize an array where it is kept, with its padding; what was fitted is noted in its `meta`."""
    if not chain:
        return
    for whole, steps in groupby(chain, key=lambda step: isinstance(step, CallableNormalizer)):
        if whole:
            for step in steps:
                _call(step, array)
        else:
            group = list(steps)
            fit(group, array, training)
            _map(group, array)
    array.meta = {**array.meta, "normalizers": _states(chain)}


def restore(chain: Chain, array: AnyArray) -> None:
    """Give normalizers that are not fitted yet the parameters that an array was normalized with."""
    for normalizer, state in zip(chain, array.meta.get("normalizers", ()), strict=False):
        if not normalizer.fitted:
            normalizer.set_state(state)


def write_normalized(chain: Chain, array: AnyArray, path: str | PathLike[str]) -> None:
    """Write the whole array, normalized, as float32, to a dataset file, in chunks, so in little memory.

    The chain is fitted. What is not stored is padded with what the normalizers make of a padded bin.
    """
    meta = {**array.meta, "normalizers": _states(chain)}
    with rewriting(path, array, padding=_padding(chain, array), meta=meta) as out:
        for chunk in array.values.chunks():
            rows = array.values.rows(chunk.start, chunk.stop)
            out.data[chunk] = transform(chain, rows, places_of(array, chunk))


def _map(chain: Chain, array: AnyArray) -> None:
    padding = _padding(chain, array)

    def normalized(rows: Values, first: int) -> Values:
        return transform(chain, rows, places_of(array, slice(first, first + len(rows))))

    array.values = array.values.mapped(normalized, padding)
    array.padding = padding


def _call(function: Normalizer, array: AnyArray) -> None:
    result = function(array)
    data, padding = result.data, result.padding
    array.values = array.values.mapped(lambda rows, first: data[first : first + len(rows)], padding)
    array.padding = padding


def _padding(chain: Chain, array: AnyArray) -> tuple[float, ...]:
    blank = np.zeros((1, array.strands, len(array.conditions))) + np.asarray(array.padding)
    padding = transform(chain, blank, Places.nowhere(array.resolution or 1))
    return tuple(padding[0, 0].tolist())


def _states(chain: Chain) -> list[dict[str, Any]]:
    return [{"name": "callable"} if isinstance(step, CallableNormalizer) else step.state() for step in chain]
