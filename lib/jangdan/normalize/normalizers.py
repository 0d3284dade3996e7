"""Normalizers: fitted on some bins, applied to all; parameters are one number a condition.

Values have shape (bins, strands, conditions). Fitting sees the bins of the training regions only.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError

Values = NDArray[np.floating]


class Normalizer(ABC):
    """One step. `parameters` names the attributes that `fit` sets and `state` keeps."""

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]] = ()

    def fit(self, values: Values, resolution: int) -> None:  # noqa: B027 (most have nothing to fit)
        """Set the parameters that are still None from `values`; `resolution` is in bp a bin."""

    @abstractmethod
    def transform(self, values: Values) -> Values:
        """Return normalized values of the same shape; `values` are left as they are."""

    def state(self) -> dict[str, Any]:
        """Return name and parameters as JSON types."""
        return {"name": self.name, **{p: np.asarray(getattr(self, p)).tolist() for p in self.parameters}}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take the parameters that `state` returned."""
        for parameter in self.parameters:
            setattr(self, parameter, np.asarray(state[parameter], dtype=np.float64))


class LogTransform(Normalizer):
    """log(x + 1)."""

    name = "log"

    def transform(self, values: Values) -> Values:
        """Return log(values + 1)."""
        if values.size and values.min() <= -1:
            raise DataError(f"log normalizer: found the value {values.min()}; log(x + 1) needs x > -1")
        return np.log1p(values)


class ZScore(Normalizer):
    """(x - mean) / standard deviation, each condition by its own; population standard deviation.

    A condition without spread is only centred.
    """

    name = "zscore"
    parameters = ("mean", "std")

    def __init__(self, mean: ArrayLike | None = None, std: ArrayLike | None = None) -> None:
        self.mean = None if mean is None else np.asarray(mean, dtype=np.float64)
        self.std = None if std is None else np.asarray(std, dtype=np.float64)

    def fit(self, values: Values, resolution: int) -> None:
        """Take mean and standard deviation over bins and strands."""
        if self.mean is None:
            self.mean = values.mean(axis=(0, 1), dtype=np.float64)
        if self.std is None:
            self.std = values.std(axis=(0, 1), dtype=np.float64)

    def transform(self, values: Values) -> Values:
        """Return (values - mean) / std."""
        assert self.mean is not None
        assert self.std is not None
        spread = np.where(self.std > 0, self.std, 1.0)
        return (values - self.mean) / spread


class ZScoreLog(ZScore):
    """z-score of log(x + 1)."""

    name = "zscorelog"

    def fit(self, values: Values, resolution: int) -> None:
        """Take mean and standard deviation of log(values + 1)."""
        super().fit(LogTransform().transform(values), resolution)

    def transform(self, values: Values) -> Values:
        """Return the z-score of log(values + 1)."""
        return super().transform(LogTransform().transform(values))


class Tpm(Normalizer):
    """Reads per kilobase of bin, per million such over the fitted bins.

    TPM: Wagner, Kin and Lynch, Theory in Biosciences 131, 2012.
    """

    name = "tpm"
    parameters = ("kilobases", "millions")

    def __init__(self) -> None:
        self.kilobases: NDArray[np.float64] | None = None
        self.millions: NDArray[np.float64] | None = None

    def fit(self, values: Values, resolution: int) -> None:
        """Take the total rate a condition."""
        self.kilobases = np.asarray(resolution / 1000.0)
        self.millions = values.sum(axis=(0, 1), dtype=np.float64) / self.kilobases / 1e6

    def transform(self, values: Values) -> Values:
        """Return values / kilobases / millions; a condition without any read stays zero."""
        assert self.kilobases is not None
        assert self.millions is not None
        return values / self.kilobases / np.where(self.millions > 0, self.millions, 1.0)


class PercentileTrimming(Normalizer):
    """Values above a percentile of their condition are set to it."""

    name = "perctrim"
    parameters = ("percentile", "limit")

    def __init__(self, percentile: float = 99.0) -> None:
        if not 0 < percentile <= 100:
            raise OptionError(f"percentile={percentile}: expected more than 0 and at most 100")
        self.percentile = percentile
        self.limit: NDArray[np.float64] | None = None

    def fit(self, values: Values, resolution: int) -> None:
        """Take the percentile over bins and strands."""
        if self.limit is None:
            self.limit = np.percentile(values, float(self.percentile), axis=(0, 1))

    def transform(self, values: Values) -> Values:
        """Return the smaller of value and limit."""
        assert self.limit is not None
        return np.minimum(values, self.limit)


class MinMax(Normalizer):
    """Scale the fitted range of each condition to 0..1."""

    name = "minmax"
    parameters = ("minimum", "maximum")

    def __init__(self) -> None:
        self.minimum: NDArray[np.float64] | None = None
        self.maximum: NDArray[np.float64] | None = None

    def fit(self, values: Values, resolution: int) -> None:
        """Take smallest and largest value over bins and strands."""
        self.minimum = values.min(axis=(0, 1)).astype(np.float64)
        self.maximum = values.max(axis=(0, 1)).astype(np.float64)

    def transform(self, values: Values) -> Values:
        """Return (values - minimum) / (maximum - minimum); a constant condition becomes 0."""
        assert self.minimum is not None
        assert self.maximum is not None
        span = self.maximum - self.minimum
        return (values - self.minimum) / np.where(span > 0, span, 1.0)


NORMALIZERS: dict[str, type[Normalizer]] = {
    n.name: n for n in (LogTransform, ZScore, ZScoreLog, Tpm, PercentileTrimming, MinMax)
}


def normalizer_named(name: str) -> Normalizer:
    """Return a new normalizer; raises OptionError for an unknown name."""
    if name not in NORMALIZERS:
        raise OptionError(f"normalizer={name!r}: expected one of {', '.join(NORMALIZERS)}")
    return NORMALIZERS[name]()


def from_states(states: Sequence[Mapping[str, Any]]) -> list[Normalizer]:
    """Return fitted normalizers from what `state` returned for each."""
    normalizers = []
    for state in states:
        normalizer = normalizer_named(state["name"])
        normalizer.set_state(state)
        normalizers.append(normalizer)
    return normalizers
