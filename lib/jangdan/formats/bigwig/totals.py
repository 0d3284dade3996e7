"""Sums over all that was read of a bigWig, held against the file's own total summary."""

from dataclasses import dataclass

import numpy as np

from jangdan.formats.bigwig import layout
from jangdan.formats.bigwig.index import BigwigFile
from jangdan.formats.piecewise import Items

# some writers sum in float32
_SUM_TOLERANCE = 1e-5
_DOUBLE_MIN = float(np.finfo(np.float64).tiny)


@dataclass
class Totals:
    """Bases with a value, and the least, the greatest and the sum of these; `first` is the value first seen."""

    covered: int = 0
    minimum: float = np.inf
    maximum: float = -np.inf
    sum: float = 0.0
    magnitude: float = 0.0
    first: float = np.nan

    def add(self, items: Items) -> None:
        """Add items of the file; each of its items is added once, in order."""
        width, value = (items.end - items.start).astype(np.float64), items.value.astype(np.float64)
        if not self.covered:
            self.first = float(value[0])
        self.covered += int(width.sum())
        with np.errstate(invalid="ignore"):
            self.sum += float(width @ value)
        self.magnitude += float(width @ np.abs(value))
        self.minimum = min(self.minimum, float(np.fmin.reduce(value)))
        self.maximum = max(self.maximum, float(np.fmax.reduce(value)))

    def require(self, bigwig: BigwigFile) -> None:
        """Raise InputFileError where the file's total summary, if it has one, says otherwise."""
        if not bigwig.header["summary"]:
            return
        stated = bigwig.records(int(bigwig.header["summary"]), layout.SUMMARY)[0]
        if stated["covered"] != self.covered:
            raise bigwig.damaged(f"{self.covered:,} bases have values, where its summary says {stated['covered']:,}")
        if not self.covered or not np.isfinite(self.sum):
            return
        minimum, maximum, total = (float(stated[name]) for name in ("min", "max", "sum"))
        same_sum = abs(total - self.sum) <= _SUM_TOLERANCE * self.magnitude
        if minimum != self.minimum or not self._is_maximum(maximum) or not same_sum:
            raise bigwig.damaged(
                f"values from {self.minimum:g} to {self.maximum:g} with sum {self.sum:g}, where its summary says "
                f"{minimum:g} to {maximum:g} with sum {total:g}"
            )

    def _is_maximum(self, stated: float) -> bool:
        # libBigWig overlooks a maximum that is the first value, and starts from the least double above 0
        return stated in (self.maximum, _DOUBLE_MIN) or stated < self.first == self.maximum
