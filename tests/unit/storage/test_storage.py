"""GenomicArray in memory and in a file: one contract, against plain loops over whole chromosomes."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jangdan.errors import DataError, InputFileError, IntervalError
from jangdan.formats.region_table import region_table
from jangdan.genome.contigs import Contigs
from jangdan.genome.interval import Interval
from jangdan.genome.intervals import Intervals
from jangdan.storage.dataset_file import load, save, writing
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import SparseValues

SIZES = {"chr1": 1000, "chr2": 333, "chr3": 50}
Fill = Callable[[Layout, Path], GenomicArray]


def _chromosomes(resolution: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {c: rng.integers(1, 200, (-(-n // resolution), 2)) for c, n in SIZES.items()}


def _over(table: pd.DataFrame, resolution: int = 1) -> Layout:
    return Layout.of_intervals(Intervals.of_table(table, Contigs.of_sizes(SIZES)), resolution)


def _in_memory(layout: Layout, path: Path) -> GenomicArray:
    array = GenomicArray.empty(layout, ["a"], strands=2, dtype="uint8")
    _fill(array)
    return array


def _in_sparse(layout: Layout, path: Path) -> GenomicArray:
    array = GenomicArray(layout, SparseValues((len(layout), 2, 1), "uint8"), ("a",))
    _fill(array)
    return array


def _in_sparse_file(layout: Layout, path: Path) -> GenomicArray:
    save(_in_sparse(layout, path), path / "s.h5")
    return load(path / "s.h5")


def _fill(array: GenomicArray) -> None:
    for chrom, values in _chromosomes(array.resolution).items():
        # in two pieces, as readers may give them
        half = len(values) // 2
        array.put(chrom, values[half:], 0, half * array.resolution)
        array.put(chrom, values[:half], 0)


def _in_file(layout: Layout, path: Path) -> GenomicArray:
    with writing(path / "x.h5", layout, ("a",), strands=2, dtype="uint8", meta={"k": [1]}) as array:
        _fill(array)
    return load(path / "x.h5")


@pytest.fixture(params=[_in_memory, _in_file, _in_sparse, _in_sparse_file])
def fill(request: pytest.FixtureRequest) -> Fill:
    return request.param


@pytest.mark.parametrize("resolution", [1, 10])
@pytest.mark.parametrize("whole", [True, False])
def test_windows_are_those_of_a_plain_loop(fill: Fill, tmp_path: Path, resolution: int, whole: bool) -> None:
    stored = {c: np.zeros(n, dtype=bool) for c, n in SIZES.items()}
    regions = region_table(["chr1", "chr1", "chr2"], [100, 350, 0], [200, 600, 50])
    for row in regions.itertuples():
        stored[row.chrom][row.start : row.end] = True
    layout = Layout.of_genome(SIZES, resolution) if whole else _over(regions, resolution)
    array, chromosomes = fill(layout, tmp_path), _chromosomes(resolution)
    starts = np.arange(-60, 1020, 30 if resolution == 10 else 37)
    for number, chrom in enumerate(SIZES):
        found = array.gather(np.full(len(starts), number), starts, 80)
        for start, window in zip(starts, found, strict=True):
            for i, value in enumerate(window):
                base = start + i * resolution
                inside = 0 <= base < SIZES[chrom] and (whole or stored[chrom][base])
                expected = chromosomes[chrom][base // resolution] if inside else [0, 0]
                assert value[:, 0].tolist() == list(expected)


def test_an_interval_past_both_ends_is_padded(fill: Fill, tmp_path: Path) -> None:
    array = fill(Layout.of_genome(SIZES), tmp_path)
    window = array[Interval("chr3", -5, 60)]
    assert window.shape == (65, 2, 1)
    np.testing.assert_array_equal(window[5:55, :, 0], _chromosomes(1)["chr3"])
    assert window[:5].sum() == window[55:].sum() == 0


def test_reading_does_not_change_what_is_stored(fill: Fill, tmp_path: Path) -> None:
    array = fill(Layout.of_genome(SIZES), tmp_path)
    before = array.data.copy()
    array.gather([0], [10], 50)[:] = 99
    np.testing.assert_array_equal(array.data, before)


def test_windows_off_the_bins_are_refused(fill: Fill, tmp_path: Path) -> None:
    with pytest.raises(IntervalError, match="divby 10"):
        fill(Layout.of_genome(SIZES, 10), tmp_path).gather([0], [5], 20)


def test_values_that_do_not_fit_are_refused() -> None:
    array = GenomicArray.empty(Layout.of_genome(SIZES), ["a"], dtype="uint8")
    with pytest.raises(DataError, match="larger dtype"):
        array.put("chr3", np.full((50, 1), 256), 0)


def test_a_file_is_mapped_and_read_only(tmp_path: Path) -> None:
    array = _in_file(Layout.of_genome(SIZES), tmp_path)
    assert isinstance(array.data, np.memmap)
    assert array.meta == {"k": [1]}
    with pytest.raises(ValueError, match="read-only"):
        array.data[0] = 1


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _in_file(Layout.of_genome(SIZES), tmp_path / name)
        files.append((tmp_path / name / "x.h5").read_bytes())
        time.sleep(1.1)  # HDF5 writes times down to the second
    assert files[0] == files[1]


def test_a_layout_tells_what_it_holds_in_whole_bins() -> None:
    roi = _over(region_table(["chr2", "chr1", "chr1"], [325, 12, 27], [333, 18, 31]), 10).roi
    assert roi is not None
    found = list(zip(roi.contig.tolist(), roi.start.tolist(), roi.end.tolist(), strict=True))
    assert found == [(0, 10, 40), (1, 320, 340)]
    assert Layout.of_genome(SIZES, 10).roi is None


def test_save_then_load(tmp_path: Path) -> None:
    array = _in_memory(_over(region_table(["chr2"], [10], [20])), tmp_path)
    save(array, tmp_path / "y.h5")
    found = load(tmp_path / "y.h5")
    np.testing.assert_array_equal(found.data, array.data)
    assert found.layout.contigs.sizes == SIZES
    assert found.data.dtype == np.uint8


def test_a_failed_build_leaves_the_old_file(tmp_path: Path) -> None:
    _in_file(Layout.of_genome(SIZES), tmp_path)
    before = (tmp_path / "x.h5").read_bytes()
    with pytest.raises(RuntimeError), writing(tmp_path / "x.h5", Layout.of_genome(SIZES), ("a",)):
        raise RuntimeError
    assert [p.name for p in tmp_path.iterdir()] == ["x.h5"]
    assert (tmp_path / "x.h5").read_bytes() == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    _in_file(Layout.of_genome(SIZES), tmp_path)
    data = (tmp_path / "x.h5").read_bytes()
    (tmp_path / "x.h5").write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputFileError, match=r"x\.h5"):
        load(tmp_path / "x.h5")


def test_rows_are_the_bins_that_regions_touch() -> None:
    array = GenomicArray.empty(Layout.of_genome(SIZES, 10), ["a"])
    ranges = array.row_ranges(np.array([0, 0, 1]), np.array([5, 15, 0]), np.array([25, 35, 10]))
    assert ranges.tolist() == [[0, 4], [100, 101]]


def test_regions_are_found_in_any_order(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    chrom, start = rng.integers(0, 3, 50), rng.permutation(1000)[:50]
    array = RegionArray(Contigs.of_sizes(SIZES), chrom, start, start + 7, rng.normal(size=(50, 1, 2)), ("a", "b"))
    save(array, tmp_path / "r.h5")
    order = rng.permutation(50)
    found = load(tmp_path / "r.h5").gather(chrom[order], start[order], 7)
    np.testing.assert_array_equal(found[:, 0], array.data[order])
    with pytest.raises(IntervalError, match="not one of the 50 regions"):
        array.gather(np.array([0]), np.array([5000]), np.array([7]))
