"""Every kind of values holds the same numbers as a plain array."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jangdan.storage.dataset_file import load, save
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.values import DenseValues, SparseValues, Values

NUMBERS = st.sampled_from([0.0, 0.0, 0.0, -3.5, 1.0, 2.25, float("nan"), 7.0])
TABLES = arrays(
    np.float32, st.tuples(st.integers(1, 40), st.integers(1, 2), st.integers(1, 3)), elements=NUMBERS.map(np.float32)
)
# the inherited test runs once a subclass, each with an executor of its own
ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
EACH = settings(max_examples=40, deadline=None, suppress_health_check=ALLOWED)


class ValuesContract:
    """A kind of values says how it keeps an array."""

    def keep(self, array: np.ndarray, folder: Path, fill: float = 0) -> Values:
        raise NotImplementedError

    @EACH
    @given(array=TABLES, seed=st.integers(0, 100), fill=st.sampled_from([0.0, 1.0, float("nan")]))
    def test_reads_are_those_of_the_array(self, tmp_path: Path, array: np.ndarray, seed: int, fill: float) -> None:
        values, rng = self.keep(array, tmp_path, fill), np.random.default_rng(seed)
        assert (values.shape, len(values), values.dtype) == (array.shape, len(array), array.dtype)
        n_rows = int(rng.integers(1, len(array) + 1))
        place = rng.integers(0, len(array) - n_rows + 1, 7)
        expected = np.array([array[p : p + n_rows] for p in place])
        np.testing.assert_array_equal(values.windows(place, n_rows), expected)
        np.testing.assert_array_equal(values.rows(place[0], place[0] + n_rows), expected[0])
        some = rng.integers(0, len(array), (3, 5))
        np.testing.assert_array_equal(values.take(some), array[some])
        np.testing.assert_array_equal(values.dense(), array)

    def test_no_window_is_no_window(self, tmp_path: Path) -> None:
        values = self.keep(np.ones((5, 2, 3), dtype=np.float32), tmp_path)
        assert values.windows(np.zeros(0, dtype=np.int64), 4).shape == (0, 4, 2, 3)

    def test_what_is_read_is_a_copy(self, tmp_path: Path) -> None:
        array = np.arange(12, dtype=np.float32).reshape(6, 1, 2)
        values = self.keep(array.copy(), tmp_path)
        values.windows(np.array([0]), 3)[:] = 99
        values.rows(0, 4)[:] = 99
        values.take(np.array([1]))[:] = 99
        np.testing.assert_array_equal(values.dense(), array)

    def test_mapped_values_are_transformed_everywhere(self, tmp_path: Path) -> None:
        array = np.array([0, 0, -2, 5, 0, 1], dtype=np.int16).reshape(6, 1, 1)
        mapped = self.keep(array, tmp_path).mapped(lambda rows, first: rows * 2.0 + 1 + 0 * first, [1])
        assert mapped.dtype == np.float32
        np.testing.assert_array_equal(mapped.dense().ravel(), [1, 1, -3, 11, 1, 3])
        np.testing.assert_array_equal(mapped.windows(np.array([2]), 2).ravel(), [-3, 11])

    def test_values_survive_pickling(self, tmp_path: Path) -> None:
        array = np.arange(6, dtype=np.float32).reshape(6, 1, 1)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(self.keep(array, tmp_path))).dense(), array)


class TestDense(ValuesContract):
    def keep(self, array: np.ndarray, folder: Path, fill: float = 0) -> Values:
        return DenseValues(array)

    def test_a_transposed_array_is_taken_too(self, tmp_path: Path) -> None:
        array = np.arange(24).reshape(2, 3, 4).T
        np.testing.assert_array_equal(self.keep(array, tmp_path).windows(np.array([1]), 2)[0], array[1:3])


class TestSparse(ValuesContract):
    def keep(self, array: np.ndarray, folder: Path, fill: float = 0) -> Values:
        return SparseValues.of_dense(array, fill)

    def test_only_what_differs_from_the_fill_is_kept(self) -> None:
        array = np.array([0, 0, -2, 5, 0, 0], dtype=np.float32).reshape(6, 1, 1)
        position, value = SparseValues.of_dense(array).entries
        assert (position.tolist(), value.tolist()) == ([2, 3], [-2, 5])

    def test_pieces_put_in_any_order_and_added(self) -> None:
        values = SparseValues((10, 1, 2), np.float32)
        values.put(5, np.array([[1.0], [0.0], [3.0]]), 1)
        values.put(0, np.array([[-1.0], [2.0]]), 0)
        values.put(6, np.array([[4.0], [4.0]]), 1, add=True)
        expected = np.zeros((10, 1, 2))
        expected[5:8, 0, 1], expected[:2, 0, 0] = [1, 4, 7], [-1, 2]
        np.testing.assert_array_equal(values.dense(), expected)


class TestFile(ValuesContract):
    def keep(self, array: np.ndarray, folder: Path, fill: float = 0) -> Values:
        conditions = tuple(f"c{i}" for i in range(array.shape[2]))
        save(GenomicArray(Layout.of_genome({"a": len(array)}), DenseValues(array), conditions), folder / "x.h5")
        return load(folder / "x.h5").values


class TestSparseFile(ValuesContract):
    def keep(self, array: np.ndarray, folder: Path, fill: float = 0) -> Values:
        conditions = tuple(f"c{i}" for i in range(array.shape[2]))
        values = SparseValues.of_dense(array, fill)
        save(GenomicArray(Layout.of_genome({"a": len(array)}), values, conditions, fill), folder / "x.h5")
        return load(folder / "x.h5").values


@pytest.mark.parametrize("add", [False, True])
def test_dense_pieces(add: bool) -> None:
    values = DenseValues(np.ones((4, 1, 2), dtype=np.uint16))
    values.put(1, np.array([[5], [6]]), 1, add=add)
    np.testing.assert_array_equal(values.dense()[:, 0, 1], [1, 6, 7, 1] if add else [1, 5, 6, 1])
    assert (values.dense()[:, 0, 0] == 1).all()
