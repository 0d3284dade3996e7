"""What every dataset and wrapper keeps: numpy's indexing, fresh arrays, the same values from every storage."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jangdan.data import (
    Array,
    Bioseq,
    Cover,
    Dataset,
    Interval,
    NanToNumConverter,
    RandomOrientation,
    RandomShift,
    RandomSignalScale,
    ReduceDim,
    SqueezeDim,
    Transpose,
)
from jangdan.datasets.wrappers import StrandsAsConditions
from jangdan.errors import ContigError, OptionError, RegionIndexError
from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.formats.fasta.reader import write_fasta

ROI = [
    Interval("chr2", 100, 140, "-"),
    Interval("chr1", 0, 40, "+"),
    Interval("chr1", 500, 540),
    Interval("chr2", 20, 60, "-"),
    Interval("chr2", 460, 500),
]
SIZES = {"chr1": 700, "chr2": 500}
Make = Callable[..., Dataset]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, rng = tmp_path_factory.mktemp("datasets"), np.random.default_rng(0)
    write_fasta(path / "g.fa", [(c, "".join(rng.choice(list("ACGTN"), n))) for c, n in SIZES.items()])
    tracks = []
    for chrom, size in SIZES.items():
        starts = np.arange(0, size - 10, 10)
        values = rng.choice([0, 0, -2.5, 1.5, 7], len(starts))
        tracks.append((chrom, starts, starts + 10, values))
    write_bigwig(path / "s.bw", SIZES, tracks)
    return path


def _cover(folder: Path, **options: Any) -> Dataset:
    return Cover.create_from_bigwig("c", str(folder / "s.bw"), **{"roi": ROI, "flank": 10} | options)


def _bins(folder: Path, **options: Any) -> Dataset:
    return Cover.create_from_bigwig("c", str(folder / "s.bw"), **{"roi": ROI, "resolution": 20} | options)


def _values(folder: Path, **options: Any) -> Dataset:
    return Cover.create_from_bigwig("c", str(folder / "s.bw"), **{"roi": ROI, "resolution": None} | options)


def _off_bins(folder: Path, **options: Any) -> Dataset:
    options = {"roi": ROI, "resolution": 20, "flank": 10} | options
    return Cover.create_from_bigwig("c", str(folder / "s.bw"), **options)


def _dna(folder: Path, **options: Any) -> Dataset:
    return Bioseq.create_from_refgenome("dna", str(folder / "g.fa"), **{"roi": ROI, "flank": 7, "order": 2} | options)


GENOMIC: dict[str, Make] = {
    "cover": _cover,
    "bins": _bins,
    "values": _values,
    "off-bins": _off_bins,
    "dna": _dna,
    "channels first": lambda folder, **options: _cover(folder, channel_last=False, **options),
}
OTHERS: dict[str, Make] = {
    "array": lambda folder: Array("a", np.arange(30).reshape(5, 2, 3), conditions=["x", "y", "z"]),
    "reduced": lambda folder: ReduceDim(_cover(folder)),
    "squeezed": lambda folder: SqueezeDim(_cover(folder), axis=2),
    "transposed": lambda folder: Transpose(_cover(folder), axis=(0, 3, 1, 2)),
    "without nan": lambda folder: NanToNumConverter(_cover(folder, nan_to_num=False)),
    "strands as conditions": lambda folder: StrandsAsConditions(_cover(folder)),
    "scaled by 1": lambda folder: RandomSignalScale(_cover(folder), deviance=0),
    "stacked": lambda folder: ReduceDim(NanToNumConverter(Transpose(_cover(folder), axis=(0, 2, 1, 3)))),
}
ALL = GENOMIC | OTHERS
RANDOM: dict[str, Make] = {
    "orientation": lambda folder: RandomOrientation(_cover(folder), seed=3),
    "scale": lambda folder: RandomSignalScale(_cover(folder), deviance=0.5, seed=3),
    "shift": lambda folder: RandomShift(_cover(folder), shift=10, seed=3),
    "stacked": lambda folder: ReduceDim(RandomSignalScale(RandomOrientation(_dna(folder), seed=1), 0.1, seed=2)),
}


@pytest.fixture(params=list(ALL))
def dataset(request: pytest.FixtureRequest, folder: Path) -> Dataset:
    return ALL[request.param](folder)


INDICES = [
    slice(None),
    slice(1, 4),
    slice(4, None, -2),
    slice(-3, None),
    [0, 3, 3],
    [-1, 2],
    [],
    np.array([4, 0]),
    np.array([1, -5], dtype=np.int8),
    np.array([True, False, True, False, False]),
    [True, False, False, False, True],
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_indexing_is_that_of_numpy(dataset: Dataset, index: Any) -> None:
    whole = np.asarray(dataset)
    np.testing.assert_array_equal(dataset[index], whole[[] if isinstance(index, list) and not index else index])


@pytest.mark.parametrize("index", [0, 4, -1, -5, np.int32(2), np.uint8(3)])
def test_one_region_keeps_the_region_axis(dataset: Dataset, index: Any) -> None:
    np.testing.assert_array_equal(dataset[index], np.asarray(dataset)[index][None])


def test_further_axes_and_everything(dataset: Dataset) -> None:
    whole = np.asarray(dataset)
    np.testing.assert_array_equal(dataset[...], whole)
    np.testing.assert_array_equal(dataset[1:3, 0], whole[1:3, 0])
    np.testing.assert_array_equal(dataset[[2, 0], ..., 0], whole[[2, 0], ..., 0])


@pytest.mark.parametrize("index", [5, -6, [0, 5], [True] * 4, "chr1", 1.5, [0.0], np.zeros((2, 2), dtype=int)], ids=str)
def test_what_is_no_index_is_an_index_error(dataset: Dataset, index: Any) -> None:
    with pytest.raises(RegionIndexError):
        dataset[index]
    with pytest.raises(IndexError):
        dataset[index]


def test_shape_length_and_iteration(dataset: Dataset) -> None:
    whole = np.asarray(dataset)
    assert dataset.shape == whole.shape
    assert (len(dataset), dataset.ndim) == (5, whole.ndim)
    assert [row.shape for row in dataset] == [(1, *whole.shape[1:])] * 5
    assert repr(whole.shape) in repr(dataset)
    assert dataset.name in repr(dataset)
    if dataset.conditions is not None:
        axis = 1 if isinstance(dataset, Cover) and not dataset.channel_last else -1
        assert len(dataset.conditions) == dataset.shape[axis]


def test_what_is_read_may_be_changed_without_harm(dataset: Dataset) -> None:
    before = np.asarray(dataset).copy()
    for index in (slice(None), 0, [1, 2]):
        dataset[index][...] = 99
    np.testing.assert_array_equal(np.asarray(dataset), before)


def test_copies_and_subsets_share_data_but_not_regions(dataset: Dataset) -> None:
    whole = np.asarray(dataset)
    part = dataset.subset([3, 0])
    np.testing.assert_array_equal(np.asarray(part), whole[[3, 0]])
    assert len(part.copy()) == 2
    assert (len(dataset), part.name) == (5, dataset.name)


def test_an_array_without_a_copy_is_refused(dataset: Dataset) -> None:
    with pytest.raises(ValueError, match="without a copy"):
        np.array(dataset, copy=False)
    assert np.array(dataset, dtype=np.float64).dtype == np.float64


@pytest.mark.parametrize("make", GENOMIC.values(), ids=GENOMIC)
@pytest.mark.parametrize("normalizer", [None, "zscore"])
def test_every_storage_gives_the_same_values(
    make: Make, normalizer: str | None, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path))
    options = {} if make is _dna or normalizer is None else {"normalizer": normalizer}
    expected = np.asarray(make(folder, **options))
    for storage in ("ndarray", "sparse", "hdf5"):
        for cache in (False, True, True):
            found = make(folder, storage=storage, cache=cache, **options)
            np.testing.assert_array_equal(np.asarray(found), expected)
            np.testing.assert_array_equal(found[[4, 1]], expected[[4, 1]])
    assert len(list(tmp_path.rglob("*.h5"))) == 2


@pytest.mark.parametrize("make", [_cover, _bins, _dna], ids=["cover", "bins", "dna"])
def test_the_whole_genome_gives_the_same_values_as_its_regions(make: Make, folder: Path) -> None:
    np.testing.assert_array_equal(np.asarray(make(folder, store_whole_genome=True)), np.asarray(make(folder)))


@pytest.mark.parametrize("make", [_cover, _bins, _values, _dna], ids=["cover", "bins", "values", "dna"])
def test_an_interval_reads_as_the_region_there(make: Make, folder: Path) -> None:
    dataset = make(folder, flank=0)
    whole = np.asarray(dataset)
    for i, region in enumerate(ROI):
        np.testing.assert_array_equal(dataset[region], whole[i : i + 1])
        place = (region.chrom, region.start, region.end, region.strand)
        np.testing.assert_array_equal(dataset[place], whole[i : i + 1])
    with pytest.raises(ContigError, match="chrX"):
        dataset["chrX", 0, 40]
    with pytest.raises(RegionIndexError, match="chrom, start, end"):
        dataset["chr1", 0]


def test_a_dataset_without_regions_is_read_by_interval(folder: Path) -> None:
    dna = _dna(folder, roi=None, store_whole_genome=True)
    assert "no regions yet" in repr(dna)
    assert dna["chr1", 0, 40].shape == (1, 39, 1, 16)
    with pytest.raises(OptionError, match="no regions yet"):
        len(dna)


@pytest.mark.parametrize("make", RANDOM.values(), ids=RANDOM)
class TestRandom:
    """A draw depends on seed, region and reading alone."""

    def test_readings_differ_and_an_epoch_can_be_repeated(self, make: Make, folder: Path) -> None:
        dataset = make(folder)
        epochs = [np.asarray(dataset) for _ in range(6)]
        assert any(not np.array_equal(epochs[0], other) for other in epochs[1:])
        random = dataset.wrapped if isinstance(dataset, ReduceDim) else dataset
        random.set_epoch(2)
        np.testing.assert_array_equal(np.asarray(dataset), epochs[2])

    def test_batches_and_their_order_do_not_matter(self, make: Make, folder: Path) -> None:
        one, other = make(folder), make(folder)
        for _ in range(3):
            whole = np.asarray(one)
            found = {i: row for batch in ([4, 2], [0], [1, 3]) for i, row in zip(batch, other[batch], strict=True)}
            np.testing.assert_array_equal(np.array([found[i] for i in range(5)]), whole)

    def test_what_is_wrapped_stays_as_it_is(self, make: Make, folder: Path) -> None:
        dataset = make(folder)
        inner = dataset
        while hasattr(inner, "wrapped"):
            inner = inner.wrapped
        before = np.asarray(inner).copy()
        for _ in range(3):
            np.asarray(dataset)[...] = 7
        np.testing.assert_array_equal(np.asarray(inner), before)

    def test_shape_and_names_stay(self, make: Make, folder: Path) -> None:
        dataset = make(folder)
        assert np.asarray(dataset).shape == dataset.shape
        assert len(dataset.subset([0, 1])) == 2
