"""GenomicIndexer, Interval, views and splits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jangdan.data import Array, Cover, GenomicIndexer, Interval, ReduceDim, split_train_test, view
from tests.blackbox.naive import REGIONS, SIZES, WINDOWS, Files, starts_of_reads, windows_of


def _places(indexer: GenomicIndexer) -> list[tuple[str, int, int, str]]:
    return [(w.chrom, w.start, w.end, w.strand) for w in indexer]


def _cut(binsize: int, stepsize: int, whole: bool) -> list[tuple[str, int, int, str]]:
    found = []
    for contig, start, end, strand in REGIONS:
        at = start
        while at + binsize <= end:
            found.append((contig, at, at + binsize, strand))
            at += stepsize
        covered = found[-1][2] if found and found[-1][0] == contig and found[-1][1] >= start else start
        if not whole and covered < end:
            found.append((contig, at, min(at + binsize, end), strand))
    return found


@pytest.mark.parametrize(("binsize", "stepsize"), [(100, 100), (30, 30), (60, 40), (30, 20)])
@pytest.mark.parametrize("zero_padding", [True, False])
def test_regions_are_cut_into_windows(files: Files, binsize: int, stepsize: int, zero_padding: bool) -> None:
    indexer = GenomicIndexer.create_from_file(
        files.bed, binsize=binsize, stepsize=stepsize, flank=0, zero_padding=zero_padding
    )
    assert _places(indexer) == _cut(binsize, stepsize, whole=not zero_padding)
    assert len(indexer) == len(_places(indexer))
    assert indexer.binsize == binsize


def test_a_window_is_given_with_its_flanks(files: Files) -> None:
    indexer = GenomicIndexer.create_from_file(files.bed, 100, None, flank=20)
    assert indexer.flank == 20
    assert indexer[0] == Interval("chr1", 80, 220, "+")
    assert indexer[-1] == Interval("chr2", 80, 220)
    with pytest.raises(IndexError):
        indexer[5]


def test_collapse_makes_one_window_of_each_region(files: Files) -> None:
    with pytest.raises(ValueError, match="unequal length"):
        GenomicIndexer.create_from_file(files.bed, None, None)
    assert _places(GenomicIndexer.create_from_file(files.bed, None, None, collapse=True)) == REGIONS


def test_random_state_is_a_seed(files: Files) -> None:
    orders = [_places(GenomicIndexer.create_from_file(files.bed, 20, None, random_state=s)) for s in (3, 3, 4)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])


def test_windows_of_chromosomes() -> None:
    indexer = GenomicIndexer.create_from_genomesize({"a": 250, "b": 100}, binsize=100, stepsize=50, flank=0)
    assert [(w.chrom, w.start) for w in indexer] == [("a", 0), ("a", 50), ("a", 100), ("a", 150), ("b", 0)]


@pytest.mark.parametrize(
    ("include", "exclude", "kept"),
    [
        (None, ["chr1"], [3, 4]),
        (["chr1"], [], [0, 1, 2]),
        ("chr1", "chr2", [0, 1, 2]),
        ([Interval("chr1", 190, 210)], [], [0, 1]),
        (["chr1"], [Interval("chr1", 450, 460)], [0, 1]),
        (["chr7"], [], []),
    ],
)
def test_windows_are_chosen_by_chromosome_or_place(files: Files, include: Any, exclude: Any, kept: list[int]) -> None:
    indexer = GenomicIndexer.create_from_file(files.bed, 100, None)
    assert list(indexer.idx_by_region(include=include, exclude=exclude)) == kept
    assert _places(indexer.filter_by_region(include=include, exclude=exclude)) == [WINDOWS[i] for i in kept]


def test_flanks_count_as_overlap(files: Files) -> None:
    indexer = GenomicIndexer.create_from_file(files.bed, 100, None, flank=30)
    assert list(indexer.idx_by_region(include=[Interval("chr1", 320, 340)])) == [1]


def test_windows_are_written_as_bed(files: Files, tmp_path: Any) -> None:
    GenomicIndexer.create_from_file(files.bed, 100, None, flank=10).export_to_bed(tmp_path / "windows.bed")
    rows = pd.read_csv(tmp_path / "windows.bed", sep="\t", header=None)
    assert list(rows[[0, 1, 2, 5]].itertuples(index=False, name=None)) == WINDOWS


def test_an_interval_checks_itself() -> None:
    assert len(Interval("chr1", 5, 8, strand="-")) == 3
    assert Interval.parse("chr1:1,000-2,000:+") == Interval("chr1", 1000, 2000, "+")
    for wrong in ((8, 5, "."), (5, 8, "x")):
        with pytest.raises(ValueError, match="interval"):
            Interval("chr1", *wrong)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_view_shows_other_windows_of_the_same_data(files: Files, wrapped: bool) -> None:
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, store_whole_genome=True)
    data: Any = ReduceDim(cover) if wrapped else cover
    windows = [("chr2", 200, 300, "-"), ("chr1", 0, 100, "+")]
    expected = windows_of(starts_of_reads(files.bam), windows)
    expected = expected.sum(axis=(1, 2)) if wrapped else expected
    shown = view(data, [Interval(*window) for window in windows])
    np.testing.assert_array_equal(shown[:], expected)
    indexer = GenomicIndexer.create_from_file([Interval(*window) for window in windows], 100, None)
    np.testing.assert_array_equal(view(data, indexer)[:], expected)
    assert len(data) == 5


@pytest.mark.parametrize("form", ["one", "list", "dict"])
def test_a_split_leaves_chromosomes_out(files: Files, form: str) -> None:
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100)
    labels = Array("labels", np.arange(5)[:, None])
    given: Any = {"one": cover, "list": [cover, labels], "dict": {"x": cover, "y": labels}}[form]
    train, test = split_train_test(given, holdout=["chr2"])
    assert type(train) is type(test) is type(given)
    if form == "one":
        np.testing.assert_array_equal(train[:], cover[:3])
        np.testing.assert_array_equal(test[:], cover[3:])
        return
    key: Any = 1 if form == "list" else "y"
    assert train[key][:].ravel().tolist() == [0, 1, 2]
    assert test[key][:].ravel().tolist() == [3, 4]


def test_a_split_by_chance() -> None:
    data = Array("x", np.arange(20))
    parts = [split_train_test(data, test_size=0.25, seed=seed) for seed in (1, 1, 2)]
    tests = [sorted(test[:].tolist()) for _, test in parts]
    assert [len(test) for test in tests] == [5, 5, 5]
    assert tests[0] == tests[1] != tests[2]
    assert sorted([*parts[0][0][:].tolist(), *tests[0]]) == list(range(20))
    with pytest.raises(ValueError, match="holdout"):
        split_train_test(data)


def test_regions_outside_of_the_chromosome_are_refused(files: Files) -> None:
    with pytest.raises(ValueError, match="chr2:500-600"):
        Cover.create_from_bam("reads", files.bam, roi=[Interval("chr2", 500, 600)], genomesize=SIZES)
