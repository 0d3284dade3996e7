"""Options that several constructors of Cover share mean the same in all of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jangdan.data import Cover, GenomicIndexer
from tests.blackbox.naive import (
    FRAGMENTS,
    PEAKS,
    REGIONS,
    SIZES,
    Files,
    Profile,
    empty,
    painted,
    signal,
    starts_of_reads,
    windows_of,
)

Window = tuple[str, int, int, str]


def _cuts() -> Profile:
    profile = empty()
    for contig, start, end, *_ in FRAGMENTS:
        profile[contig][start] += 1
        profile[contig][end - 1] += 1
    return profile


def _bam(files: Files, windows: dict[str, Any]) -> Cover:
    roi = windows["roi"]
    return Cover.create_from_bam(
        "x", files.bam, roi=roi, genomesize=SIZES, conditions=["c"], binsize=windows["binsize"],
        stepsize=windows["stepsize"], flank=windows["flank"], zero_padding=windows["zero_padding"],
        random_state=windows["random_state"], channel_last=windows["channel_last"], dtype="int32",
    )  # fmt: skip


def _bigwig(files: Files, windows: dict[str, Any]) -> Cover:
    roi = windows["roi"]
    return Cover.create_from_bigwig(
        "x", files.bigwig, roi=roi, genomesize=SIZES, conditions=["c"], binsize=windows["binsize"],
        stepsize=windows["stepsize"], flank=windows["flank"], zero_padding=windows["zero_padding"],
        random_state=windows["random_state"], channel_last=windows["channel_last"], dtype="float64",
    )  # fmt: skip


def _bed(files: Files, windows: dict[str, Any]) -> Cover:
    roi = windows["roi"]
    return Cover.create_from_bed(
        "x", files.peaks, roi=roi, genomesize=SIZES, conditions=["c"], binsize=windows["binsize"],
        stepsize=windows["stepsize"], flank=windows["flank"], zero_padding=windows["zero_padding"],
        random_state=windows["random_state"], channel_last=windows["channel_last"], dtype="uint8",
        store_whole_genome=True,
    )  # fmt: skip


def _fragments(files: Files, windows: dict[str, Any]) -> Cover:
    roi = windows["roi"]
    return Cover.create_from_fragments(
        "x", files.fragments, roi=roi, genomesize=SIZES, conditions=["c"], binsize=windows["binsize"],
        stepsize=windows["stepsize"], flank=windows["flank"], zero_padding=windows["zero_padding"],
        random_state=windows["random_state"], channel_last=windows["channel_last"], dtype="float32",
        store_whole_genome=True,
    )  # fmt: skip


KINDS: dict[str, tuple[Callable[[Files, dict[str, Any]], Cover], str]] = {
    "bam": (_bam, "int32"),
    "bigwig": (_bigwig, "float64"),
    "bed": (_bed, "uint8"),
    "fragments": (_fragments, "float32"),
}

DEFAULTS = {
    "binsize": 100, "stepsize": None, "flank": 0, "zero_padding": True, "random_state": None, "channel_last": True
}  # fmt: skip


def _profile(files: Files, kind: str) -> Profile:
    if kind == "bam":
        return starts_of_reads(files.bam)
    if kind == "bigwig":
        return {contig: np.nan_to_num(values) for contig, values in signal().items()}
    return _cuts() if kind == "fragments" else painted([(c, s, e, 1.0) for c, s, e, *_ in PEAKS])


def _windows(binsize: int, stepsize: int) -> list[Window]:
    return [
        (contig, at, at + binsize, strand)
        for contig, start, end, strand in REGIONS
        for at in range(start, end - binsize + 1, stepsize)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_windows_flanks_and_type(files: Files, kind: str) -> None:
    make, dtype = KINDS[kind]
    options = {"roi": files.bed, "binsize": 60, "stepsize": 40, "flank": 25, "zero_padding": False}
    cover = make(files, DEFAULTS | options)
    expected = windows_of(_profile(files, kind), _windows(60, 40), flank=25)
    np.testing.assert_allclose(cover[:], expected, rtol=1e-6)
    assert cover[:].dtype == dtype
    assert list(cover.conditions) == ["c"]


@pytest.mark.parametrize("kind", KINDS)
def test_channels_first(files: Files, kind: str) -> None:
    make, _ = KINDS[kind]
    first = make(files, DEFAULTS | {"roi": files.bed, "channel_last": False})
    expected = np.moveaxis(windows_of(_profile(files, kind), _windows(100, 100)), 3, 1)
    assert first.shape == expected.shape
    np.testing.assert_allclose(first[:], expected, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_random_state_shuffles_as_it_does_for_the_windows(files: Files, kind: str) -> None:
    make, _ = KINDS[kind]
    cover = make(files, DEFAULTS | {"roi": files.bed, "binsize": 20, "random_state": 5})
    windows = GenomicIndexer.create_from_file(files.bed, 20, None, random_state=5)
    places = [(w.chrom, w.start, w.end, w.strand) for w in windows]
    assert places != _windows(20, 20)
    np.testing.assert_allclose(cover[:], windows_of(_profile(files, kind), places), rtol=1e-6)
