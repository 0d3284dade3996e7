"""Genome coordinates on an x axis. Positions are 0-based, as everywhere in jangdan."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from jangdan.errors import IntervalError
from jangdan.plots.style import NORMAL, SMALL

UNITS = ((2_000_000, 1_000_000, "Mb"), (5_000, 1_000, "kb"), (0, 1, "bp"))
"""(least span in bp, bp a unit, name of the unit)"""

TICKS = 6
_NICE_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class View:
    """What a figure shows: [start, end) of `chrom`, 0-based, over `width` inches.

    Raises IntervalError where the end is not after the start.
    """

    chrom: str
    start: int
    end: int
    width: float = 10.0

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise IntervalError(f"{self.chrom}:{self.start}-{self.end}: end is not after start")

    @property
    def span(self) -> int:
        """Length in bp."""
        return self.end - self.start


def label_span(ax: Axes, view: View) -> None:
    """Set the limits of the x axis to the view's and label it in bp, kb or Mb by the length of its span."""
    _, scale, unit = next(u for u in UNITS if view.span >= u[0])
    decimals = max(0, -math.floor(math.log10(view.span / TICKS / scale)))
    decimals = min(decimals, int(math.log10(scale)))
    ax.set_xlim(view.start, view.end)
    ax.xaxis.set_major_locator(MaxNLocator(TICKS, steps=_NICE_STEPS, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / scale:,.{decimals}f}"))
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.set_xlabel(f"{view.chrom} ({unit})", fontsize=NORMAL)


def label_letters(ax: Axes, chrom: str, start: int, end: int) -> None:
    """Set the limits to [start, end) and mark some letters, at their middle, as chrom:position."""
    places = np.asarray(MaxNLocator(TICKS - 1, steps=_NICE_STEPS, integer=True).tick_values(start, end - 1))
    ticks = places[(places >= start) & (places < end)].astype(np.int64)
    ax.set_xlim(start, end)
    ax.set_xticks(ticks + 0.5, [f"{chrom}:{t:,}" for t in ticks], fontsize=SMALL)
