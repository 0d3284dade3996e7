"""Fit a chain of normalizers on some windows of an array, and apply it to all of the array."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from jangdan.errors import DataError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.normalize.normalizers import Normalizer, Values
from jangdan.storage.dataset_file import writing
from jangdan.storage.genomic_array import GenomicArray

_CHUNK = 1 << 20  # bins


def fit(normalizers: Sequence[Normalizer], array: GenomicArray, training: GenomicIndexer) -> None:
    """Fit each normalizer on what the ones before it make of the training windows, each bin once.

    Raises DataError where the training windows hold no bin of the array, or NaN.
    """
    chrom = np.array([array.layout.number(c) for c in training.chroms], dtype=np.int64)[training.chrom]
    rows = array.rows(chrom, training.start - training.flank, training.end + training.flank)
    values: Values = array.data[rows].astype(np.float64)
    if len(rows) == 0:
        raise DataError("normalize: the training regions hold no bin of this dataset")
    if np.isnan(values).any():
        raise DataError("normalize: the training regions hold NaN; set nan_to_num: true for the dataset")
    for normalizer in normalizers:
        normalizer.fit(values, array.resolution)
        values = normalizer.transform(values)


def transform(normalizers: Sequence[Normalizer], values: Values) -> Values:
    """Return values, shape (..., strands, conditions), after all normalizers, as float32."""
    result: Values = values.astype(np.float64)
    for normalizer in normalizers:
        result = normalizer.transform(result)
    return result.astype(np.float32)


def write_normalized(normalizers: Sequence[Normalizer], array: GenomicArray, path: str | PathLike[str]) -> None:
    """Write the whole array, normalized, as float32, to a dataset file; in chunks, so in little memory.

    What is not stored is padded with what the normalizers make of a padded bin.
    """
    states = [n.state() for n in normalizers]
    blank = np.zeros((1, array.strands, len(array.conditions))) + np.asarray(array.padding)
    padding = transform(normalizers, blank)
    meta = {**array.meta, "normalizers": states}
    options: dict[str, Any] = {"strands": array.strands, "padding": tuple(padding[0, 0].tolist()), "meta": meta}
    with writing(path, array.layout, array.conditions, **options) as out:
        for start in range(0, len(array.data), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            out.data[chunk] = transform(normalizers, array.data[chunk])
