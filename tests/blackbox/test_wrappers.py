"""Array and the wrappers: what they show, and that they change nothing."""

from typing import Any

import numpy as np
import pytest

from jangdan.data import (
    Array,
    Bioseq,
    Cover,
    JointReverseComplement,
    JointShift,
    NanToNumConverter,
    RandomOrientation,
    RandomShift,
    RandomSignalScale,
    ReduceDim,
    SqueezeDim,
    Transpose,
    to_tf_dataset,
)
from tests.blackbox.naive import WINDOWS, Files, sequences, starts_of_reads, windows_of

VALUES = np.random.default_rng(0).random((6, 4, 1, 3))


@pytest.fixture
def cover(files: Files) -> Cover:
    return Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, store_whole_genome=True)


@pytest.fixture
def dna(files: Files) -> Bioseq:
    return Bioseq.create_from_refgenome("dna", files.fasta, roi=files.bed, binsize=100, store_whole_genome=True)


def test_an_array_has_a_name_and_conditions() -> None:
    data = Array("x", VALUES, conditions=["a", "b", "c"])
    assert (data.name, data.shape, data.ndim, len(data)) == ("x", (6, 4, 1, 3), 4, 6)
    assert list(data.conditions or ()) == ["a", "b", "c"]
    np.testing.assert_array_equal(data[2:4], VALUES[2:4])
    with pytest.raises(ValueError, match="conditions"):
        Array("x", VALUES, conditions=["a"])


@pytest.mark.parametrize("aggregator", [None, "sum", "mean", "max", "min", np.median])
@pytest.mark.parametrize("axis", [None, 1, (1, 3), -1])
def test_axes_are_reduced(aggregator: Any, axis: Any) -> None:
    reduce = {None: np.sum, "sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min}.get(aggregator, np.median)
    reduced = ReduceDim(Array("x", VALUES), aggregator=aggregator, axis=axis)
    expected = reduce(VALUES, axis=(1, 2) if axis is None else axis)
    assert reduced.shape == expected.shape
    np.testing.assert_allclose(reduced[:], expected)
    np.testing.assert_allclose(reduced[[4, 1]], expected[[4, 1]])


def test_axes_are_dropped_and_reordered() -> None:
    data = Array("x", VALUES)
    assert SqueezeDim(data).shape == (6, 4, 3)
    np.testing.assert_array_equal(SqueezeDim(data, axis=2)[:], VALUES[:, :, 0])
    with pytest.raises(ValueError, match="length 1"):
        SqueezeDim(data, axis=1)
    turned = Transpose(data, axis=(0, 3, 1, 2))
    assert turned.shape == (6, 3, 4, 1)
    np.testing.assert_array_equal(turned[:3], VALUES[:3].transpose(0, 3, 1, 2))


def test_nan_is_shown_as_zero_and_stays_where_it_is() -> None:
    values = np.array([[1.0, np.nan], [np.nan, 2.0]])
    data = Array("x", values)
    np.testing.assert_array_equal(NanToNumConverter(data)[:], [[1, 0], [0, 2]])
    assert np.isnan(data[:]).sum() == 2


def test_wrappers_stack(cover: Cover) -> None:
    stacked = SqueezeDim(ReduceDim(cover, axis=1), axis=2)
    np.testing.assert_array_equal(stacked[:], cover[:].sum(axis=1)[..., 0])
    assert stacked.name == "reads"


def test_regions_are_turned_around_by_chance(cover: Cover, dna: Bioseq) -> None:
    for data, turned in ((cover, cover[:][:, ::-1, ::-1]), (dna, dna[:][:, ::-1, :, ::-1])):
        straight = data[:]
        random = RandomOrientation(data, seed=1)
        seen = set()
        for _ in range(8):
            for i, found in enumerate(random[:]):
                options = [np.array_equal(found, straight[i]), np.array_equal(found, turned[i])]
                assert any(options)
                seen.add((i, options[1]))
        assert len(seen) > 5
        np.testing.assert_array_equal(data[:], straight)


def test_the_same_seed_draws_the_same(cover: Cover) -> None:
    draws = [RandomOrientation(cover, seed=seed) for seed in (4, 4, 5)]
    read = [np.concatenate([data[:] for _ in range(5)]) for data in draws]
    np.testing.assert_array_equal(read[0], read[1])
    assert not np.array_equal(read[0], read[2])
    draws[0].set_epoch(0)
    np.testing.assert_array_equal(np.concatenate([draws[0][:] for _ in range(5)]), read[0])


def test_signals_are_scaled_by_region(cover: Cover) -> None:
    scaled = RandomSignalScale(cover, deviance=0.1, seed=2)
    straight = cover[:]
    factors = []
    for _ in range(20):
        found = scaled[:]
        for region, own in zip(straight, found, strict=True):
            assert region.any()
            ratio = own[region > 0] / region[region > 0]
            assert np.ptp(ratio) < 1e-5
            factors.append(ratio[0])
    assert 0.9 <= min(factors) < 0.92
    assert 1.08 < max(factors) <= 1.1


def test_regions_are_shifted_on_the_genome(files: Files, cover: Cover) -> None:
    shifted = RandomShift(cover, shift=20, seed=3, step=10)
    seen = set()
    for _ in range(12):
        for i, found in enumerate(shifted[:]):
            contig, start, end, strand = WINDOWS[i]
            fits = [
                by
                for by in (-20, -10, 0, 10, 20)
                if np.array_equal(
                    found, windows_of(starts_of_reads(files.bam), [(contig, start + by, end + by, strand)])[0]
                )
            ]
            assert fits
            seen |= set(fits)
    assert seen == {-20, -10, 0, 10, 20}


def test_several_datasets_are_altered_in_step(files: Files, cover: Cover, dna: Bioseq) -> None:
    moved = JointShift([dna, cover], shift=6, seed=1, step=3)
    turned = JointReverseComplement([dna, cover], seed=1, probability=1.0)
    both = turned[:]
    np.testing.assert_array_equal(both["dna"], dna[:][:, ::-1, :, ::-1])
    np.testing.assert_array_equal(both["reads"], cover[:][:, ::-1, ::-1])
    found = moved[:]
    for i, (contig, start, end, strand) in enumerate(WINDOWS):
        fits = []
        for by in (-6, -3, 0, 3, 6):
            window = [(contig, start + by, end + by, strand)]
            same = np.array_equal(found["dna"][i], sequences(files, window)[0])
            fits.append(same and np.array_equal(found["reads"][i], windows_of(starts_of_reads(files.bam), window)[0]))
        assert sum(fits) == 1


def test_batches_for_tensorflow(cover: Cover) -> None:
    labels = Array("labels", np.arange(5, dtype=np.float32)[:, None])
    plain = list(to_tf_dataset({"reads": cover}, labels, batch_size=2))
    assert [len(y) for _, y in plain] == [2, 2, 1]
    np.testing.assert_array_equal(np.concatenate([x["reads"].numpy() for x, _ in plain]), cover[:])
    orders = []
    for seed in (1, 1, 2):
        batches = to_tf_dataset(labels, batch_size=3, seed=seed)
        orders.append([np.concatenate([y.numpy() for y in batches]).ravel().tolist() for _ in range(2)])
        assert all(sorted(order) == [0, 1, 2, 3, 4] for order in orders[-1])
    assert orders[0] == orders[1] != orders[2]
