"""A chain fitted on training windows and applied to a whole array."""

from pathlib import Path

import numpy as np
import pytest

from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.normalize.apply import fit, write_normalized
from jangdan.normalize.bin_positions import places_of
from jangdan.normalize.chunks import chunks_of
from jangdan.normalize.normalizers import normalizer_named
from jangdan.storage.dataset_file import load
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.values import DenseValues

VALUES = np.random.default_rng(1).gamma(1.0, 5.0, (800, 2, 1)).astype(np.float32)


def test_fitting_sees_the_training_windows_only(tmp_path: Path) -> None:
    array = GenomicArray(Layout.of_genome({"chr1": 4000, "chr2": 4000}, 10), VALUES.copy(), ("a",))
    train = GenomicIndexer.create_from_file([Interval("chr1", 100, 500), Interval("chr1", 300, 700)], 200, 100)
    zscore = normalizer_named("zscore")
    fit([zscore], array, train)
    seen = VALUES[10:70].astype(np.float64)
    assert zscore.mean == pytest.approx(seen.mean())
    assert zscore.std == pytest.approx(seen.std())
    write_normalized([zscore], array, tmp_path / "n.h5")
    written = load(tmp_path / "n.h5")
    np.testing.assert_allclose(written.data, (VALUES - seen.mean()) / seen.std(), rtol=1e-5, atol=1e-6)
    assert written.meta["normalizers"][0]["name"] == "zscore"
    # what lies outside is a bin without reads, normalized
    assert written[Interval("chr1", -10, 10)][0, 0, 0] == pytest.approx(-seen.mean() / seen.std(), rel=1e-5)


@pytest.mark.parametrize("name", ["zscore", "zscorelog", "tpm", "rpkm", "minmax", "max", "perctrim"])
def test_values_that_come_in_chunks_are_fitted_like_one_array(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(4).gamma(1, 3, (1000, 2, 3)).astype(np.float32)
    array = GenomicArray(Layout.of_genome({"a": 1000}), DenseValues(values), ("x", "y", "z"))
    bounds = np.array([[3, 10], [12, 13], [200, 950]])
    rows = np.concatenate([np.arange(*pair) for pair in bounds])
    at_once, in_chunks = normalizer_named(name), normalizer_named(name)
    at_once.fit(values[rows].astype(np.float64), places_of(array, rows))
    monkeypatch.setattr("jangdan.normalize.chunks._VALUES", 60)
    in_chunks.fit_chunks(chunks_of(array, bounds))
    assert [len(values) for values, _ in chunks_of(array, bounds)()] == [10] * 75 + [8]
    for parameter in at_once.parameters:
        np.testing.assert_allclose(getattr(in_chunks, parameter), getattr(at_once, parameter), rtol=1e-12)
