"""Normalizers of each bin's value by itself: log, z-score, trimming, scaling."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError
from jangdan.normalize.base import Normalizer, Parameter, as_parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values


class LogTransform(Normalizer):
    """log(x + 1)."""

    name = "log"

    def _apply(self, values: Values, places: Places) -> Values:
        if values.size and values.min() <= -1:
            raise DataError(f"{self.name} normalizer: found the value {values.min()}; log(x + 1) needs x > -1")
        return np.log1p(values)


class ZScore(Normalizer):
    """(x - mean) / standard deviation, each condition by its own; a condition without spread is only centred.

    Mean and population standard deviation are over bins and strands. Where bins differ in length, each
    counts by its length in bp, as ``numpy.average(values, weights=length)``: both are then those of the
    genome's bases, however it is cut. mean, std: given for all conditions, or one number each; None is fitted.
    """

    name = "zscore"
    parameters = ("mean", "std")

    def __init__(self, mean: ArrayLike | None = None, std: ArrayLike | None = None) -> None:
        self.mean: Parameter = None if mean is None else as_parameter("mean", mean)
        self.std: Parameter = None if std is None else as_parameter("std", std)
        if self.std is not None and (self.std < 0).any():
            raise OptionError(f"std={std!r}: expected 0 or more")

    def _fit(self, chunks: Chunks) -> None:
        mean, std = _moments(chunks)
        self.mean = mean if self.mean is None else self.mean
        self.std = std if self.std is None else self.std

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what `state` returned."""
        super().set_state(state)
        if self.std is None or (self.std < 0).any():
            raise DataError(f"{self.name} normalizer: its std is {state['std']!r}, expected 0 or more")

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.mean is not None
        assert self.std is not None
        result: Values = (values - self.mean) / np.where(self.std > 0, self.std, 1.0)
        return result


class ZScoreLog(ZScore):
    """z-score of log(x + 1), with lengths as for ZScore."""

    name = "zscorelog"

    def _fit(self, chunks: Chunks) -> None:
        super()._fit(lambda: ((self._log(values, places), places) for values, places in chunks()))

    def _apply(self, values: Values, places: Places) -> Values:
        return super()._apply(self._log(values, places), places)

    def _log(self, values: Values, places: Places) -> Values:
        return LogTransform().transform(values, places)


class PercentileTrimming(Normalizer):
    """Values above a percentile of the fitted bins and strands of their condition are set to it.

    The percentile (above 0, at most 100) is ``numpy.percentile``'s, by linear interpolation; bins count alike
    whatever their length. To be exact it holds all fitted values in memory, as float64.
    """

    name = "perctrim"
    parameters = ("limit",)

    def __init__(self, percentile: float = 99.0) -> None:
        self.percentile = as_parameter("percentile", percentile)
        if self.percentile.ndim or not 0 < self.percentile <= 100:
            raise OptionError(f"percentile={percentile!r}: expected more than 0 and at most 100")
        self.limit: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        values = np.concatenate([values for values, _ in chunks()])
        self.limit = np.percentile(values, float(self.percentile), axis=(0, 1), overwrite_input=True)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.limit is not None
        return np.minimum(values, self.limit)

    def state(self) -> dict[str, Any]:
        """Return name, percentile and limit as JSON types."""
        return {**super().state(), "percentile": self.percentile.tolist()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what `state` returned."""
        super().set_state(state)
        self.percentile = self._number(state, "percentile")


class MinMax(Normalizer):
    """Scale the fitted range of each condition to 0..1; a condition of one value becomes 0."""

    name = "minmax"
    parameters = ("minimum", "maximum")

    def __init__(self) -> None:
        self.minimum: Parameter = None
        self.maximum: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        extremes = [(values.min(axis=(0, 1)), values.max(axis=(0, 1))) for values, _ in chunks()]
        self.minimum = np.min([low for low, _ in extremes], axis=0).astype(np.float64)
        self.maximum = np.max([high for _, high in extremes], axis=0).astype(np.float64)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.minimum is not None
        assert self.maximum is not None
        span = self.maximum - self.minimum
        result: Values = (values - self.minimum) / np.where(span > 0, span, 1.0)
        return result


class MaxScale(Normalizer):
    """x / the largest absolute value of its condition; a condition that is 0 everywhere stays so.

    For coverage that is the maximum; for signed values it keeps signs, which a negative maximum would turn.
    """

    name = "max"
    parameters = ("maximum",)

    def __init__(self) -> None:
        self.maximum: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        largest = [np.abs(values).max(axis=(0, 1)) for values, _ in chunks()]
        self.maximum = np.max(largest, axis=0).astype(np.float64)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.maximum is not None
        result: Values = values / np.where(self.maximum > 0, self.maximum, 1.0)
        return result


def _moments(chunks: Chunks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and population standard deviation of each condition, bins weighted by their length; two passes."""
    weight = sum(np.broadcast_to(places.column, (*v.shape[:2], 1)).sum(dtype=np.float64) for v, places in chunks())
    mean = sum((values * places.column).sum(axis=(0, 1), dtype=np.float64) for values, places in chunks()) / weight
    squares = (np.square(values - mean) * places.column for values, places in chunks())
    variance = sum(square.sum(axis=(0, 1), dtype=np.float64) for square in squares) / weight
    return mean, np.sqrt(variance)
