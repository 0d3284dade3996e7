"""Augmentation while training: reverse complements and shifts that sequence, signal and target share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.augment import Draws, distances
from jangdan.datasets.dataset import STILL, Jitter
from jangdan.errors import OptionError


@dataclass(frozen=True)
class Augmentation:
    """reverse_complement: read half of the regions in the other direction, drawn anew each epoch; shift: read
    regions up to so many bp further on, either way, in multiples of `step` bp."""

    reverse_complement: bool = False
    shift: int = 0
    step: int = 1

    def __post_init__(self) -> None:
        if self.step < 1 or self.shift < 0 or self.shift % self.step:
            raise OptionError(f"shift={self.shift}: expected 0 or a multiple of {self.step} bp, the resolution")

    def jitter(self, indices: NDArray[np.int64], epoch: int, seed: int, length: int) -> Jitter:
        """Return how to read regions, of `length` in all, in an epoch; it depends on (seed, region, epoch) alone."""
        jitter = STILL
        if self.reverse_complement:
            jitter = jitter.flipped(_draw(2 * seed, epoch, indices, length) < 0.5)
        if self.shift:
            drawn = _draw(2 * seed + 1, epoch, indices, length)
            jitter = jitter.shifted(distances(drawn, self.shift, self.step))
        return jitter


def _draw(seed: int, epoch: int, indices: NDArray[np.int64], length: int) -> NDArray[np.float64]:
    draws = Draws(seed, length)
    draws.set_epoch(epoch)
    return draws.draw(indices)
