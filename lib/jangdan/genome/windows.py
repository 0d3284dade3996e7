"""How regions are cut into windows of equal length."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import OptionError, whole_number


@dataclass(frozen=True)
class Windows:
    """Window options, in bp.

    binsize: length of a window; None takes each region as one window.
    stepsize: distance between window starts; None is `binsize`.
    flank: context added at both ends of every window.
    zero_padding: keep the last, shorter piece of a region (padded with zeros); else leave it out.
    collapse: windows stand for one value each, so that their lengths may differ.
    """

    binsize: int | None = None
    stepsize: int | None = None
    flank: int = 0
    zero_padding: bool = True
    collapse: bool = False

    def __post_init__(self) -> None:
        for name in ("binsize", "stepsize"):
            if getattr(self, name) is not None:
                whole_number(name, getattr(self, name), 1)
        whole_number("flank", self.flank, 0)
        if self.stepsize is not None and self.binsize is None:
            raise OptionError(f"stepsize={self.stepsize} needs a binsize")

    @property
    def step(self) -> int | None:
        """Distance between window starts in bp, None where each region is one window."""
        return self.binsize if self.stepsize is None else self.stepsize

    def cut(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Cut regions into windows.

        Returns (region, start, end): for each window the number of its region, and its bounds without
        flanks. A window that reaches past its region ends with the region.
        """
        if self.binsize is None:
            return np.arange(len(start)), start.copy(), end.copy()
        assert self.step is not None
        count = self._count(end - start)
        region = np.repeat(np.arange(len(start)), count)
        nth = np.arange(len(region)) - np.repeat(np.cumsum(count) - count, count)
        begin = start[region] + nth * self.step
        return region, begin, np.minimum(begin + self.binsize, end[region])

    def _count(self, length: NDArray[np.int64]) -> NDArray[np.int64]:
        assert self.binsize is not None
        assert self.step is not None
        beyond_first = length - self.binsize
        if self.zero_padding:
            # where steps are longer than windows, a window more would begin behind the region
            return np.minimum(np.maximum(-(-beyond_first // self.step), 0) + 1, -(-length // self.step))
        return np.maximum(beyond_first // self.step + 1, 0)
