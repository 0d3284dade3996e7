"""Normalizers against NumPy and scikit-learn; parameters that are kept and reused."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from jangdan.errors import DataError, OptionError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.normalize.apply import fit, transform, write_normalized
from jangdan.normalize.normalizers import NORMALIZERS, from_states, normalizer_named
from jangdan.storage.dataset_file import load
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout

VALUES = np.random.default_rng(1).gamma(1.0, 5.0, (400, 2, 3))
FLAT = VALUES.reshape(-1, 3)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log", np.log(FLAT + 1)),
        ("zscore", StandardScaler().fit_transform(FLAT)),
        ("zscorelog", StandardScaler().fit_transform(np.log(FLAT + 1))),
        ("minmax", MinMaxScaler().fit_transform(FLAT)),
        ("perctrim", np.minimum(FLAT, np.percentile(FLAT, 99, axis=0))),
        ("tpm", FLAT / 0.05 / (FLAT.sum(axis=0) / 0.05 / 1e6)),
    ],
)
def test_values_are_those_of_the_formula(name: str, expected: np.ndarray) -> None:
    before = VALUES.copy()
    normalizer = normalizer_named(name)
    normalizer.fit(VALUES, 50)
    np.testing.assert_allclose(normalizer.transform(VALUES).reshape(-1, 3), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(VALUES, before)


@pytest.mark.parametrize("name", NORMALIZERS)
def test_kept_parameters_give_the_same_values(name: str) -> None:
    normalizer = normalizer_named(name)
    normalizer.fit(VALUES, 50)
    again = from_states(json.loads(json.dumps([normalizer.state()])))
    np.testing.assert_array_equal(again[0].transform(VALUES), normalizer.transform(VALUES))


def test_fitting_sees_the_training_windows_only(tmp_path: Path) -> None:
    layout = Layout.of_genome({"chr1": 4000, "chr2": 4000}, 10)
    array = GenomicArray(layout, VALUES[:, :, :1].repeat(2, axis=0).astype(np.float32), ("a",))
    train = GenomicIndexer.create_from_file([Interval("chr1", 100, 500), Interval("chr1", 300, 700)], 200, 100)
    chain = [normalizer_named("zscore")]
    fit(chain, array, train)
    seen = array.data[10:70].astype(np.float64)
    assert chain[0].mean == pytest.approx(seen.mean())
    assert chain[0].std == pytest.approx(seen.std())
    write_normalized(chain, array, tmp_path / "n.h5")
    written = load(tmp_path / "n.h5")
    np.testing.assert_array_equal(written.data, transform(chain, array.data))
    assert written.meta["normalizers"][0]["name"] == "zscore"
    # what lies outside is a bin without reads, normalized
    assert written[Interval("chr1", -10, 10)][0, 0, 0] == pytest.approx(-seen.mean() / seen.std(), rel=1e-5)


def test_mistakes_are_named() -> None:
    with pytest.raises(OptionError, match="zscor'"):
        normalizer_named("zscor")
    with pytest.raises(DataError, match="x > -1"):
        normalizer_named("log").transform(np.array([[[-2.0]]]))
