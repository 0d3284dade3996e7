"""Numpy to genome and back, and out to files, read again by others' tools."""

from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangdan.data import Cover, GenomicIndexer, Interval
from jangdan.errors import ContigError, DataError, IntervalError, OptionError

SIZES = {"chr1": 1000, "chr2": 800}


def _windows(resolution: int, seed: int, start: int) -> GenomicIndexer:
    """Return windows of 40 bp in random order, on random strands, apart from each other."""
    rng = np.random.default_rng(seed)
    places = [(c, s) for c, n in SIZES.items() for s in range(start, n - 40, 40)]
    chosen = rng.permutation(len(places))[:12]
    regions = [Interval(places[i][0], places[i][1], places[i][1] + 40, "+-."[int(rng.integers(3))]) for i in chosen]
    return GenomicIndexer.create_from_file(regions, binsize=40)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    resolution=st.sampled_from([1, 10, 40]),
    strands=st.sampled_from([1, 2]),
    storage=st.sampled_from(["ndarray", "sparse", "hdf5"]),
    start=st.sampled_from([0, 7]),
    whole=st.booleans(),
)
def test_an_array_comes_back_and_is_exported_to_its_place(
    tmp_path: Path, seed: int, resolution: int, strands: int, storage: str, start: int, whole: bool
) -> None:
    whole &= start == 0 or resolution == 1
    indexer = _windows(resolution, seed, start)
    rng = np.random.default_rng(seed)
    values = rng.choice([0, -1.5, 2, 3.25], (12, 40 // resolution, strands, 2)).astype(np.float32)
    cover = Cover.create_from_array(
        "p", values, indexer, genomesize=SIZES, storage=storage, store_whole_genome=whole, conditions=["a", "b"]
    )
    np.testing.assert_array_equal(cover[:], values)
    paths = cover.export_to_bigwig(tmp_path, genomesize=SIZES)
    suffixes = [""] if strands == 1 else [".forward", ".reverse"]
    assert [p.name for p in paths] == [f"p.{c}{s}.bigwig" for c in "ab" for s in suffixes]
    for number, path in enumerate(paths):
        condition, strand = divmod(number, strands)
        with pyBigWig.open(str(path)) as track:
            assert dict(track.chroms()) == SIZES
            for i, region in enumerate(indexer):
                row = values[i, :, :, condition]
                row = row[::-1, ::-1] if region.strand == "-" else row
                found = np.nan_to_num(track.values(region.chrom, region.start, region.end))
                np.testing.assert_array_equal(found, np.repeat(row[:, strand], resolution))


def test_documented_names_of_conditions_and_files(tmp_path: Path) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 20)], binsize=10)
    cover = Cover.create_from_array("predictions", np.ones((2, 1, 1, 1)), indexer)
    assert cover.conditions == ("Cond_0",)
    assert [p.name for p in cover.export_to_bigwig(output_dir=str(tmp_path))] == ["predictions.Cond_0.bigwig"]


def test_channels_first_and_padding(tmp_path: Path) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 100, 120)], binsize=10)
    array = np.arange(12.0).reshape(2, 3, 2, 1)
    cover = Cover.create_from_array("p", array, indexer, channel_last=False, padding_value=-1)
    np.testing.assert_array_equal(cover[:], array)
    assert cover["chr1", 90, 100][0].ravel().tolist() == [-1] * 6


def test_where_windows_overlap_the_later_counts() -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 30)], binsize=20, stepsize=10)
    cover = Cover.create_from_array("p", np.repeat([1.0, 2.0], 20).reshape(2, 20, 1, 1), indexer)
    assert cover["chr1", 0, 30][0].ravel().tolist() == [1] * 10 + [2] * 20


def test_values_of_whole_regions_are_exported_over_them(tmp_path: Path) -> None:
    regions = [Interval("chr2", 500, 530, "-"), Interval("chr1", 3, 20), Interval("chr1", 20, 21)]
    indexer = GenomicIndexer.create_from_file(regions, collapse=True)
    cover = Cover.create_from_array("p", np.array([5.0, 0.0, -2.0]).reshape(3, 1, 1, 1), indexer)
    np.testing.assert_array_equal(cover[:].ravel(), [5, 0, -2])
    with pyBigWig.open(str(cover.export_to_bigwig(tmp_path)[0])) as track:
        assert track.intervals("chr2") == ((500, 530, 5.0),)
        assert track.intervals("chr1") == ((3, 20, 0.0), (20, 21, -2.0))
    (bed,) = cover.export_to_bed(tmp_path)
    assert bed.read_text() == "chr2\t500\t530\t.\t5\t.\nchr1\t20\t21\t.\t-2\t.\n"


def test_bed_has_a_row_for_each_bin_that_is_not_zero(tmp_path: Path) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 20, "-")], binsize=20)
    cover = Cover.create_from_array("p", np.array([[1.5, 0], [0, np.nan]]).reshape(1, 2, 2, 1), indexer)
    forward, reverse = cover.export_to_bed(tmp_path)
    assert (forward.name, reverse.name) == ("p.Cond_0.forward.bed", "p.Cond_0.reverse.bed")
    # read on the reverse strand: the first bin of the array is the last of the genome, and strands change places
    assert forward.read_text() == ""
    assert reverse.read_text() == "chr1\t10\t20\t.\t1.5\t-\n"


@pytest.mark.parametrize(
    ("shape", "options", "error", "said"),
    [
        ((2, 3, 1, 1), {}, DataError, r"expected \(2, bins, strand, condition\)"),
        ((3, 10, 1, 1), {}, DataError, "array of shape"),
        ((2, 10), {}, DataError, "array of shape"),
        ((2, 5, 1, 1), {"resolution": 5}, OptionError, "resolution=5"),
        ((2, 10, 1, 2), {"conditions": ["a"]}, DataError, "conditions"),
        ((2, 10, 1, 1), {"storage": "zarr"}, OptionError, "storage='zarr'"),
        ((2, 10, 1, 1), {"genomesize": {"chr2": 10}, "store_whole_genome": True}, ContigError, "chr1"),
    ],
)
def test_what_does_not_fit_is_refused(shape: Any, options: Any, error: type[Exception], said: str) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 20)], binsize=10)
    with pytest.raises(error, match=said):
        Cover.create_from_array("p", np.ones(shape), indexer, **options)


def test_overlapping_regions_of_different_values_are_no_track(tmp_path: Path) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 20), Interval("chr1", 10, 30)], collapse=True)
    cover = Cover.create_from_array("p", np.ones((2, 1, 1, 1)), indexer)
    with pytest.raises(IntervalError, match="overlap"):
        cover.export_to_bigwig(tmp_path)
    assert list(tmp_path.iterdir()) == []
