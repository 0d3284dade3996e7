"""Augmentation against what can be worked out by hand."""

from pathlib import Path

import numpy as np
import pytest
from Bio.Seq import Seq
from scipy import stats

from jangdan.data import (
    Array,
    Bioseq,
    Cover,
    GenomicIndexer,
    Interval,
    JointReverseComplement,
    JointShift,
    RandomOrientation,
    RandomShift,
    RandomSignalScale,
    ReduceDim,
    split_train_test,
    view,
)
from jangdan.datasets.augment import Draws
from jangdan.errors import DataError, OptionError
from jangdan.formats.fasta.reader import write_fasta

LETTERS = "".join(np.random.default_rng(8).choice(list("ACGT"), 4000))
ROI = [Interval("chr1", start, start + 40, "+-"[i % 2]) for i, start in enumerate(range(200, 3800, 40))]


@pytest.fixture(scope="module")
def dna(tmp_path_factory: pytest.TempPathFactory) -> Bioseq:
    path = tmp_path_factory.mktemp("g") / "g.fa"
    write_fasta(path, [("chr1", LETTERS)])
    return Bioseq.create_from_refgenome("dna", str(path), ROI, store_whole_genome=True)


@pytest.fixture(scope="module")
def cover() -> Cover:
    """Return a cover whose value at each base of the genome is its place, + and - apart by 10,000."""
    whole = GenomicIndexer.create_from_file([Interval("chr1", 0, 4000)])
    values = np.stack([np.arange(4000.0), 10_000 + np.arange(4000.0)], axis=1)
    cover = Cover.create_from_array("signal", values[None, :, :, None], whole, genomesize={"chr1": 4000})
    return cover.view(GenomicIndexer.create_from_file(ROI))


def _letters(row: np.ndarray) -> str:
    return "".join("ACGT"[i] for i in row[:, 0].argmax(axis=1))


def test_draws_are_uniform_and_independent() -> None:
    draws = Draws(7, 20_000)
    one, two = draws.draw(np.arange(20_000)), draws.draw(np.arange(20_000))
    other = Draws(8, 20_000).draw(np.arange(20_000))
    for sample in (one, two, other):
        assert stats.kstest(sample, "uniform").pvalue > 1e-3
    for a, b in ((one, two), (one, other), (one[1:], one[:-1])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_a_region_that_comes_twice_in_a_batch_is_drawn_twice() -> None:
    single = Draws(1, 5)
    expected = [single.draw(np.array([3]))[0] for _ in range(3)]
    assert Draws(1, 5).draw(np.array([3, 0, 3, 3]))[[0, 2, 3]].tolist() == expected


def test_scale_factors_fill_one_plus_minus_deviance() -> None:
    array = Array("a", np.ones((5000, 2, 1, 1), dtype=np.float32))
    scaled = RandomSignalScale(array, deviance=0.1, seed=0)[:]
    assert (scaled[:, 0] == scaled[:, 1]).all()
    assert stats.kstest(scaled[:, 0, 0, 0], stats.uniform(0.9, 0.2).cdf).pvalue > 1e-3
    assert (array.data == 1).all()


def test_orientation_reverses_bins_and_strands(cover: Cover) -> None:
    flipped = RandomOrientation(cover, seed=0)[:]
    plain, other = cover[:], cover[:][:, ::-1, ::-1]
    as_it_is = (flipped == plain).all(axis=(1, 2, 3))
    assert ((flipped == other).all(axis=(1, 2, 3)) ^ as_it_is).all()
    assert 20 < as_it_is.sum() < 70


def test_shift_reads_the_genome_further_on(cover: Cover) -> None:
    shifted = RandomShift(cover, shift=3, seed=0)[:]
    distance = (shifted - cover[:])[:, :, 0, 0]
    assert (distance == distance[:, :1]).all()
    assert set(distance[:, 0].tolist()) == {-3, -2, -1, 0, 1, 2, 3}


def test_shift_moves_by_whole_bins() -> None:
    windows = GenomicIndexer.create_from_file([Interval("chr1", 0, 400)], binsize=100)
    bins = Cover.create_from_array("s", np.arange(16.0).reshape(4, 4, 1, 1), windows)
    assert bins.garray.resolution == 25
    distances = np.unique(RandomShift(bins, shift=50, seed=1)[[1, 2] * 30][::2, 0, 0, 0] - bins[1][0, 0, 0, 0])
    assert distances.tolist() == [-2, -1, 0, 1, 2]
    with pytest.raises(OptionError, match="shift=30"):
        RandomShift(bins, shift=30)


def test_joint_reverse_complement_keeps_sequence_signal_and_label_in_step(dna: Bioseq, cover: Cover) -> None:
    labels = Array("label", np.arange(len(ROI))[:, None])
    joint = JointReverseComplement([dna, cover, labels], seed=5)
    turned = 0
    for _ in range(2):
        for index in (slice(0, 50), list(range(50, 90))):
            batch = joint[index]
            for i, letters, signal in zip(batch["label"][:, 0], batch["dna"], batch["signal"], strict=True):
                start, own = ROI[i].start, ROI[i].strand == "-"
                forward = LETTERS[start : start + 40]
                is_reverse = _letters(letters) == str(Seq(forward).reverse_complement())
                assert is_reverse or _letters(letters) == forward
                expected = np.arange(start, start + 40)
                strands = [expected, expected + 10_000]
                want = [s[::-1] for s in strands[::-1]] if is_reverse else strands
                np.testing.assert_array_equal(signal[:, :, 0].T, want)
                turned += is_reverse != own
    assert 60 < turned < 120


def test_joint_shift_keeps_sequence_and_signal_in_step(dna: Bioseq, cover: Cover) -> None:
    batch = JointShift({"x": dna, "y": ReduceDim(cover, "min", axis=(1, 2))}, shift=12, seed=2)[:]
    distances = batch["signal"][:, 0].astype(int) - [region.start for region in ROI]
    assert set(distances) == set(range(-12, 13))
    for region, distance, letters in zip(ROI, distances, batch["dna"], strict=True):
        there = LETTERS[region.start + distance : region.end + distance]
        assert _letters(letters) == (str(Seq(there).reverse_complement()) if region.strand == "-" else there)


def test_what_has_no_direction_is_refused(cover: Cover) -> None:
    with pytest.raises(OptionError, match="RandomOrientation"):
        RandomOrientation(Array("a", np.zeros((3, 4, 2, 1))))
    joint = JointReverseComplement([cover, Array("a", np.zeros((90, 4, 2, 1)))])
    with pytest.raises(OptionError, match="create_from_array"):
        joint[0]
    with pytest.raises(DataError, match="one number of regions"):
        JointShift([cover, Array("a", np.zeros((3, 1)))], shift=1)


def test_split_by_chromosome_and_by_share(cover: Cover, dna: Bioseq) -> None:
    labels = Array("label", np.arange(90))
    train, test = split_train_test([dna, cover, labels], holdout=[Interval("chr1", 0, 1000)])
    assert [len(d) for d in test] == [20] * 3
    assert test[2][:].tolist() == list(range(20))
    np.testing.assert_array_equal(test[1][:], cover[:20])
    np.testing.assert_array_equal(train[0][:], dna[20:])
    parts = split_train_test({"y": labels, "x": ReduceDim(cover)}, test_size=0.25, seed=1)
    assert [len(p["y"]) for p in parts] == [68, 22]
    assert sorted([*parts[0]["y"][:], *parts[1]["y"][:]]) == list(range(90))
    np.testing.assert_array_equal(parts[1]["x"][:], ReduceDim(cover)[:][parts[1]["y"][:]])
    for wrong in ({}, {"holdout": "chr1", "test_size": 0.5}, {"test_size": 2}):
        with pytest.raises(OptionError):
            split_train_test(labels, **wrong)
    with pytest.raises(DataError, match="a part is empty"):
        split_train_test(cover, holdout="chr1")


def test_a_view_reads_other_regions_of_the_same_data(dna: Bioseq, tmp_path: Path) -> None:
    (tmp_path / "r.bed").write_text("chr1\t100\t140\nchr1\t0\t40\n")
    other = view(ReduceDim(dna), str(tmp_path / "r.bed"))
    assert other.shape == (2, 4)
    assert other[0][0].tolist() == [LETTERS[100:140].count(x) for x in "ACGT"]
    assert other.wrapped.garray is dna.garray
