"""The same values from all storages, and the cache."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jangdan.data import Bioseq, Cover, GenomicIndexer
from tests.blackbox.naive import SIZES, Files

ARRAY = np.random.default_rng(1).random((5, 4, 1, 1)).astype(np.float32)

Make = Callable[..., Any]


def _makers(files: Files) -> dict[str, Make]:
    """Return a constructor of each kind, to be called with the options of storage."""
    windows: dict[str, Any] = {"roi": files.bed, "binsize": 100}

    def genome(**options: Any) -> Any:
        return Bioseq.create_from_refgenome("genome", files.fasta, **windows, **options)

    def records(**options: Any) -> Any:
        return Bioseq.create_from_seq("records", files.fasta, fixedlen=300, **options)

    def bam(**options: Any) -> Any:
        return Cover.create_from_bam("bam", files.bam, genomesize=SIZES, dtype="uint16", **windows, **options)

    def fragments(**options: Any) -> Any:
        return Cover.create_from_fragments("fragments", files.fragments, **windows, **options)

    def bigwig(**options: Any) -> Any:
        return Cover.create_from_bigwig("bigwig", files.bigwig, resolution=20, **windows, **options)

    def bed(**options: Any) -> Any:
        return Cover.create_from_bed("bed", files.peaks, resolution=20, **windows, **options)

    def array(**options: Any) -> Any:
        return Cover.create_from_array("array", ARRAY, GenomicIndexer.create_from_file(files.bed, 100, None), **options)

    return {
        "genome": genome,
        "records": records,
        "bam": bam,
        "fragments": fragments,
        "bigwig": bigwig,
        "bed": bed,
        "array": array,
    }


KINDS = ["genome", "records", "bam", "fragments", "bigwig", "bed", "array"]


def _cached(output: Path) -> dict[Path, tuple[int, int]]:
    found = [path for path in (output / "datasets").rglob("*.h5") if path.is_file()]
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


@pytest.mark.parametrize("kind", KINDS)
def test_all_storages_hold_the_same_values(files: Files, kind: str) -> None:
    make = _makers(files)[kind]
    dense = make(storage="ndarray")
    for storage in ("sparse", "hdf5"):
        other = make(storage=storage)
        assert other.shape == dense.shape
        assert other[:].dtype == dense[:].dtype
        np.testing.assert_array_equal(other[:], dense[:])
        np.testing.assert_array_equal(other[[3, 0]] if len(other) > 3 else other[[0]], dense[[3, 0]]
                                      if len(dense) > 3 else dense[[0]])  # fmt: skip
    with pytest.raises(ValueError, match="storage"):
        make(storage="memory")


@pytest.mark.parametrize("kind", KINDS)
def test_the_cache_is_used_again_and_overwritten_when_asked(files: Files, output: Path, kind: str) -> None:
    make = _makers(files)[kind]
    expected = make()[:]
    assert _cached(output) == {}
    np.testing.assert_array_equal(make(cache=True, datatags=["a"])[:], expected)
    first = _cached(output)
    assert len(first) == 1
    assert kind in str(next(iter(first)))
    for storage in ("ndarray", "hdf5"):
        np.testing.assert_array_equal(make(cache=True, datatags=["a"], storage=storage)[:], expected)
    assert _cached(output) == first
    np.testing.assert_array_equal(make(cache=True, datatags=["a"], overwrite=True)[:], expected)
    again = _cached(output)
    assert again.keys() == first.keys()
    assert again != first


def test_the_cache_knows_options_and_content(files: Files, output: Path, tmp_path: Path) -> None:
    def make(path: str, **options: Any) -> Any:
        return Cover.create_from_bigwig("signal", path, roi=files.bed, binsize=100, cache=True, **options)

    make(files.bigwig)
    make(files.bigwig, collapser="max", resolution=20)
    make(files.bigwig, collapser=lambda values: values.max(axis=1), resolution=20)
    make(files.bigwig, collapser=lambda values: values.min(axis=1), resolution=20)
    assert len(_cached(output)) == 4
    copy = tmp_path / "copy.bw"
    copy.write_bytes(Path(files.bigwig).read_bytes())
    before = make(files.bigwig, conditions=["x"])[:]
    count = len(_cached(output))
    np.testing.assert_array_equal(make(str(copy), conditions=["x"])[:], before)
    assert len(_cached(output)) == count


def test_a_genome_is_kept_once_for_all_orders(files: Files, output: Path) -> None:
    for order in (1, 2, 3):
        Bioseq.create_from_refgenome("dna", files.fasta, store_whole_genome=True, cache=True, order=order)
    assert len(_cached(output)) == 1


def test_a_damaged_entry_is_built_again(files: Files, output: Path) -> None:
    def make() -> Any:
        return Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, cache=True)

    expected = make()[:]
    (path,) = _cached(output)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.warns(UserWarning, match="built again"):
        np.testing.assert_array_equal(make()[:], expected)
