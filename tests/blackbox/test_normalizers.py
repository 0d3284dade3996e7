"""Normalizers by formula, fitted on the windows of the dataset."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jangdan.data import (
    Bioseq,
    Cover,
    LogTransform,
    MaxScale,
    MinMax,
    PercentileTrimming,
    RegionLengthNormalization,
    Rpkm,
    Tpm,
    ZScore,
    ZScoreLog,
    load_normalizers,
    normalize_garray_tpm,
    save_normalizers,
)
from tests.blackbox.naive import WINDOWS, Files, starts_of_reads, windows_of

RESOLUTION = 20


def _cover(files: Files, normalizer: Any = None, **options: Any) -> Cover:
    return Cover.create_from_bam(
        "reads", files.bam, roi=files.bed, binsize=100, resolution=RESOLUTION, normalizer=normalizer, **options
    )


def _counts(files: Files) -> np.ndarray:
    return windows_of(starts_of_reads(files.bam), WINDOWS, RESOLUTION)


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _per_kilobase(values: np.ndarray) -> np.ndarray:
    return values / (RESOLUTION / 1000)


FORMULAS: dict[str, Any] = {
    "log": np.log1p,
    "zscore": _standard,
    "zscorelog": lambda x: _standard(np.log1p(x)),
    "minmax": lambda x: (x - x.min()) / (x.max() - x.min()),
    "max": lambda x: x / np.abs(x).max(),
    "perctrim": lambda x: np.minimum(x, np.percentile(x, 99)),
    "tpm": lambda x: _per_kilobase(x) / (_per_kilobase(x).sum() / 1e6),
    "rpkm": lambda x: _per_kilobase(x) / (x.sum() / 1e6),
    "binsizenorm": lambda x: _per_kilobase(x) / (x.sum() / 1e6),
}

CLASSES: dict[str, Any] = {
    "log": LogTransform,
    "zscore": ZScore,
    "zscorelog": ZScoreLog,
    "minmax": MinMax,
    "max": MaxScale,
    "perctrim": PercentileTrimming,
    "tpm": Tpm,
    "rpkm": Rpkm,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_normalizer_by_name_does_its_formula(files: Files, name: str) -> None:
    np.testing.assert_allclose(_cover(files, name)[:], FORMULAS[name](_counts(files)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CLASSES)
def test_a_normalizer_is_kept_in_a_file_and_used_again(files: Files, tmp_path: Path, name: str) -> None:
    fitted = CLASSES[name]()
    expected = _cover(files, fitted)[:]
    save_normalizers([fitted], tmp_path / "normalizers.json")
    again = load_normalizers(tmp_path / "normalizers.json")
    other: dict[str, Any] = {"binsize": 100, "resolution": RESOLUTION, "roi": files.bed, "min_mapq": 30}
    few = Cover.create_from_bam("reads", files.bam, normalizer=again, **other)[:]
    np.testing.assert_array_equal(_cover(files, again)[:], expected)
    np.testing.assert_array_equal(Cover.create_from_bam("reads", files.bam, normalizer=fitted, **other)[:], few)


def test_parameters_may_be_given(files: Files) -> None:
    counts = _counts(files)
    np.testing.assert_allclose(_cover(files, ZScore(mean=2.0, std=4.0))[:], (counts - 2) / 4, rtol=1e-6)
    np.testing.assert_allclose(_cover(files, ZScoreLog(mean=0.5, std=2.0))[:], (np.log1p(counts) - 0.5) / 2, rtol=1e-5)
    trimmed = np.minimum(counts, np.percentile(counts, 60))
    np.testing.assert_allclose(_cover(files, PercentileTrimming(percentile=60))[:], trimmed, rtol=1e-6)


def test_a_mask_says_what_counts_as_length(files: Files, tmp_path: Path) -> None:
    mask = tmp_path / "mask.bed"
    mask.write_text("chr1\t100\t110\nchr1\t105\t115\nchr1\t200\t300\nchr1\t400\t500\nchr2\t0\t200\n")
    values = _cover(files)[:]
    kilobases = np.full((5, 5, 1, 1), RESOLUTION / 1000)
    np.testing.assert_allclose(_cover(files, RegionLengthNormalization())[:], values / kilobases, rtol=1e-5)
    # the first window has 15 bases of the mask, all in its first bin
    kilobases[0, 0], kilobases[0, 1:] = 0.015, np.inf
    rates = values / kilobases
    masked = [
        (RegionLengthNormalization(regionmask=str(mask)), 1.0),
        (Tpm(regionmask=str(mask)), rates.sum() / 1e6),
        (Rpkm(regionmask=str(mask)), values.sum() / 1e6),
    ]
    for normalizer, total in masked:
        with pytest.warns(UserWarning, match="no base in the regionmask"):
            found = _cover(files, normalizer)[:]
        np.testing.assert_allclose(found, rates / total, rtol=1e-5)


def test_normalizers_in_a_row_and_a_function(files: Files) -> None:
    expected = _standard(np.log1p(_counts(files)))
    np.testing.assert_allclose(_cover(files, ["log", ZScore()])[:], expected, rtol=1e-5, atol=1e-6)

    def tpm(garray: Any) -> Any:
        return normalize_garray_tpm(garray)

    np.testing.assert_allclose(_cover(files, tpm)[:], FORMULAS["tpm"](_counts(files)), rtol=1e-5)


def test_the_whole_genome_does_not_change_what_is_fitted(files: Files) -> None:
    np.testing.assert_allclose(
        _cover(files, "zscore", store_whole_genome=True)[:], _standard(_counts(files)), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
def test_all_storages_are_normalized_alike(files: Files, storage: str) -> None:
    expected = FORMULAS["zscorelog"](_counts(files))
    found = _cover(files, "zscorelog", storage=storage, cache=storage == "hdf5")
    np.testing.assert_allclose(found[:], expected, rtol=1e-5, atol=1e-6)


def test_every_constructor_takes_a_normalizer(files: Files) -> None:
    options: dict[str, Any] = {"roi": files.bed, "binsize": 100, "resolution": RESOLUTION}
    pairs = [
        [Cover.create_from_bigwig("x", files.bigwig, normalizer=n, **options)[:] for n in (None, "max")],
        [Cover.create_from_bed("x", files.peaks, mode="score", normalizer=n, **options)[:] for n in (None, "max")],
        [Cover.create_from_fragments("x", files.fragments, normalizer=n, **options)[:] for n in (None, "max")],
    ]
    for plain, scaled in pairs:
        np.testing.assert_allclose(scaled, plain / plain.max(), rtol=1e-6)


def test_an_unknown_name_is_refused(files: Files) -> None:
    with pytest.raises(ValueError, match="zscorelog"):
        _cover(files, "zscor")
    assert Bioseq.create_from_refgenome("dna", files.fasta, roi=files.bed, binsize=100)[:].max() == 1
