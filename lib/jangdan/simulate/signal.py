"""The accessibility signal: the true openness at 10-bp steps, smooth, with noise."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.simulate.layout import Layout, spans_of

STEP = 10
"""Distance in bp between two values."""

_SPREAD = 75.0
_REACH = 300
_HEIGHT = 12.0
_BACKGROUND = 0.5
_EXCLUDED_HEIGHT = 25.0


def true_signal(layout: Layout, chrom: str) -> NDArray[np.float64]:
    """Return the openness without noise, shape (chromosome length // 10,), in arbitrary units."""
    centres = np.arange(layout.chromsizes[chrom] // STEP) * STEP + STEP / 2
    signal = np.full(len(centres), _BACKGROUND)
    slots = layout.slots[(layout.slots["strength"] > 0) & (layout.slots["chrom"] == chrom)]
    nearest = slots["site"].to_numpy()[:, None] // STEP + np.arange(-_REACH // STEP, _REACH // STEP + 1)
    nearest = np.clip(nearest, 0, len(centres) - 1)
    distance = (centres[nearest] - slots["site"].to_numpy()[:, None]) / _SPREAD
    bumps = _HEIGHT * slots["strength"].to_numpy()[:, None] * np.exp(-0.5 * distance**2)
    np.add.at(signal, nearest, bumps)
    for begin, end in spans_of(layout.exclusion, chrom):
        signal[begin // STEP : end // STEP] += _EXCLUDED_HEIGHT
    return signal


def write_signal(layout: Layout, path: str | Path, rng: Generator) -> None:
    """Write the noisy signal as bigWig; runs of N have no value."""
    write_bigwig(path, layout.chromsizes, _tracks(layout, rng))


Track = tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


def _tracks(layout: Layout, rng: Generator) -> Iterator[Track]:
    for chrom in layout.chromsizes:
        signal = true_signal(layout, chrom)
        smooth = np.convolve(rng.normal(0.0, 1.0, len(signal)), np.full(5, 0.2), mode="same")
        noisy = np.maximum(signal * np.exp(0.4 * smooth) + rng.gamma(1.0, 0.2, len(signal)), 0.0)
        start = np.arange(len(signal), dtype=np.int64) * STEP
        known = np.ones(len(signal), dtype=bool)
        for gap_start, gap_end in spans_of(layout.gaps, chrom):
            known &= (start >= gap_end) | (start + STEP <= gap_start)
        yield chrom, start[known], start[known] + STEP, noisy[known].round(3).astype(np.float32)
