"""Dataset files that version 2 of the format wrote are still read; their values are known from how they were made."""

from pathlib import Path

import numpy as np
import pytest

from jangdan.errors import DataError
from jangdan.storage.dataset_file import load
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.region_array import RegionArray

FILES = Path(__file__).parent / "version_2"
SIZES = {"chr1": 100, "chr2": 33}


def test_dense_values() -> None:
    array = load(FILES / "dense.h5")
    assert isinstance(array, GenomicArray)
    assert array.layout.contigs.sizes == SIZES
    assert (array.resolution, array.conditions, array.padding, array.meta) == (10, ("a", "b"), 7, {"source": "x.bw"})
    window = array["chr2", 20, 50]
    np.testing.assert_array_equal(window[:2].ravel(), np.arange(48, 56))  # bins 12 and 13 of 4 numbers each
    assert (window[2:] == 7).all()


def test_sparse_values() -> None:
    array = load(FILES / "sparse.h5")
    assert isinstance(array, GenomicArray)
    assert not array.layout.whole
    assert array["chr1", 12, 17].ravel().tolist() == [0, 1.5, 0, -2, 0]


def test_values_by_region() -> None:
    array = load(FILES / "regions.h5")
    assert isinstance(array, RegionArray)
    assert array.contigs.names == ("chr2", "chr1")
    number = array.contigs.numbers(["chr1", "chr2"])
    found = array.gather(number, np.array([-3, 0]), np.array([4, 4]))
    assert found.ravel().tolist() == [4, 5, 2, 3]
    with pytest.raises(DataError, match="length of 'chr2' is not known"):
        _ = array.contigs.sizes
