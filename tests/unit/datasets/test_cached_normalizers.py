"""Cached datasets and their normalizers: what was fitted comes back, and serves for other regions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jangdan.data import Cover, Interval, LogTransform, ZScore, load_normalizers, save_normalizers
from jangdan.datasets import bedgraph_source
from jangdan.storage.cache import entries

SIZES = {"chr1": 3000, "chr2": 1501}
ROI = [Interval("chr1", 0, 200, "-"), Interval("chr2", 1000, 1200)]


@pytest.fixture
def signal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a bedGraph; the cache is empty."""
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))
    rng = np.random.default_rng(0)
    rows = [f"{c}\t{s}\t{s + 5}\t{rng.integers(1, 90) / 8}\n" for c in SIZES for s in range(0, 1490, 7)]
    (tmp_path / "s.bedgraph").write_text("".join(rows))
    return tmp_path / "s.bedgraph"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files that the reader was called for, which grows as it is."""
    ran, reader = [], bedgraph_source.read_bedgraph_pieces
    monkeypatch.setattr(
        bedgraph_source, "read_bedgraph_pieces", lambda path, **o: (ran.append(path), reader(path, **o))[1]
    )
    return ran


def _cover(path: Path, **options: Any) -> Cover:
    return Cover.create_from_bigwig("c", path, **{"roi": ROI, "genomesize": SIZES, "cache": True, **options})


def _times(factor: float) -> Callable[[Any], None]:
    def scale(garray: Any) -> None:
        garray.data[...] *= factor

    return scale


def test_normalizers_that_differ_have_entries_of_their_own(signal: Path, calls: list[str]) -> None:
    plain = _cover(signal, cache=False)[:]
    calls.clear()
    for _ in range(2):
        for factor in (2.0, 3.0):
            np.testing.assert_allclose(_cover(signal, normalizer=_times(factor))[:], plain * factor, rtol=1e-6)
    assert (len(entries()), len(calls)) == (2, 2)


def test_a_cached_dataset_gives_back_what_its_normalizer_was_fitted_to(signal: Path, calls: list[str]) -> None:
    plain = _cover(signal, cache=False)[:]
    calls.clear()
    chains = [[LogTransform(), ZScore()] for _ in range(2)]
    values = [_cover(signal, normalizer=chain)[:] for chain in chains]
    assert len(calls) == 1
    logs = np.log(plain.astype(float) + 1)
    for chain, found in zip(chains, values, strict=True):
        np.testing.assert_allclose([chain[1].mean, chain[1].std], [[logs.mean()], [logs.std()]], rtol=1e-6)
        np.testing.assert_allclose(found, (logs - logs.mean()) / logs.std(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("cache", [False, True])
@pytest.mark.parametrize("resolution", [1, 20, None])
def test_normalizers_of_training_regions_are_used_on_test_regions(
    signal: Path, tmp_path: Path, cache: bool, resolution: int | None
) -> None:
    options: dict[str, Any] = {"binsize": 100, "resolution": resolution}
    train, test = ([Interval("chr1", *bounds)] for bounds in ((0, 600), (600, 1500)))
    raw = [_cover(signal, roi=roi, cache=False, **options)[:].astype(float) for roi in (train, test)]
    fitted, loaded = ZScore(), tmp_path / "normalizers.json"
    _cover(signal, roi=train, normalizer=fitted, cache=cache, **options)
    save_normalizers([fitted], loaded)
    for _ in range(2):
        found = _cover(signal, roi=test, normalizer=load_normalizers(loaded), cache=cache, **options)[:]
        np.testing.assert_allclose(found, (raw[1] - raw[0].mean()) / raw[0].std(), rtol=1e-4, atol=1e-5)
    own = _cover(signal, roi=test, normalizer=ZScore(), cache=cache, **options)[:]
    assert abs(own.mean()) < 1e-3
    assert len(entries()) == (3 if cache else 0)
