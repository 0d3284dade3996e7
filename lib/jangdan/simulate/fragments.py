"""Where the sequenced fragments lie: piled up at open slots and in excluded regions, over a flat background."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.simulate.layout import Layout, spans_of

Ints = NDArray[np.int64]

MIN_LENGTH, MAX_LENGTH = 60, 300
READ_LENGTHS = (36, 50)
SPREAD = 60
"""Standard deviation in bp of the fragments' centres around an open site."""

_EXCLUDED_SHARE = 0.04
_BACKGROUND_SHARE = 0.41
_REPLICATE_NOISE = 0.2
_DUPLICATE_SHARE = 0.04


@dataclass(frozen=True, eq=False)
class Fragments:
    """Fragments [start, end), one a row; all arrays have the shape (fragment,).

    `chrom` counts the chromosomes from 0. `left` and `right` are the lengths in bp of the reads at the
    two ends, `read1_left` says whether the left one is the first of its pair.
    """

    chrom: Ints
    start: Ints
    end: Ints
    left: Ints
    right: Ints
    read1_left: NDArray[np.bool_]
    duplicate: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)


def draw_fragments(layout: Layout, n: int, rng: Generator) -> Fragments:
    """Draw `n` fragments, drop those over a gap or an edge, and add copies that are marked as duplicates."""
    n_excluded, n_background = round(n * _EXCLUDED_SHARE), round(n * _BACKGROUND_SHARE)
    drawn = [
        _at_slots(layout, n - n_excluded - n_background, rng),
        _at_exclusion(layout, n_excluded, rng),
        _anywhere(layout, n_background, rng),
    ]
    chrom, centre = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    length = np.minimum(MIN_LENGTH + rng.gamma(2.0, 35.0, n), MAX_LENGTH).astype(np.int64)
    start = centre - length // 2
    kept = np.flatnonzero(_inside(layout, chrom, start, start + length))
    # a copied row is a duplicate: the same ends, the same reads
    copies = rng.choice(kept, round(len(kept) * _DUPLICATE_SHARE), replace=False)
    rows = np.concatenate([kept, copies])
    reads = rng.integers(READ_LENGTHS[0], READ_LENGTHS[1] + 1, (2, n))
    return Fragments(
        chrom=chrom[rows],
        start=start[rows],
        end=(start + length)[rows],
        left=reads[0][rows],
        right=reads[1][rows],
        read1_left=(rng.random(n) < 0.5)[rows],
        duplicate=np.arange(len(rows)) >= len(kept),
    )


def _chrom_numbers(layout: Layout, chroms: NDArray[np.object_]) -> Ints:
    number = {chrom: i for i, chrom in enumerate(layout.chromsizes)}
    return np.array([number[c] for c in chroms], dtype=np.int64)


def _at_slots(layout: Layout, n: int, rng: Generator) -> tuple[Ints, Ints]:
    slots = layout.slots[layout.slots["strength"] > 0]
    weight = slots["strength"].to_numpy() * rng.lognormal(0.0, _REPLICATE_NOISE, len(slots))
    row = rng.choice(len(slots), n, p=weight / weight.sum())
    centre = slots["site"].to_numpy()[row] + np.rint(rng.normal(0.0, SPREAD, n)).astype(np.int64)
    return _chrom_numbers(layout, slots["chrom"].to_numpy())[row], centre


def _at_exclusion(layout: Layout, n: int, rng: Generator) -> tuple[Ints, Ints]:
    regions = layout.exclusion
    row = rng.integers(0, len(regions), n)
    width = (regions["end"] - regions["start"]).to_numpy()[row]
    centre = regions["start"].to_numpy()[row] + (rng.random(n) * width).astype(np.int64)
    return _chrom_numbers(layout, regions["chrom"].to_numpy())[row], centre


def _anywhere(layout: Layout, n: int, rng: Generator) -> tuple[Ints, Ints]:
    sizes = np.array(list(layout.chromsizes.values()))
    chrom = rng.choice(len(sizes), n, p=sizes / sizes.sum())
    return chrom, (rng.random(n) * sizes[chrom]).astype(np.int64)


def _inside(layout: Layout, chrom: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
    sizes = np.array(list(layout.chromsizes.values()))
    inside = (start >= 0) & (end <= sizes[chrom])
    for number, name in enumerate(layout.chromsizes):
        for gap_start, gap_end in spans_of(layout.gaps, name):
            inside &= (chrom != number) | (start >= gap_end) | (end <= gap_start)
    return inside
