"""What all normalizers share: fitted once, checked, applied to values or to a whole array, kept as JSON types."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError
from jangdan.normalize.bin_positions import Places, places_of
from jangdan.normalize.chunks import Chunks, Values, chunks_of, one_chunk
from jangdan.storage.any_array import AnyArray
from jangdan.storage.values import DenseValues

Parameter = NDArray[np.float64] | None


class Normalizer(ABC):
    """One step. Values are float, of shape (bins, strands, conditions), in `places` of as many bins.

    `parameters` names the attributes that `fit` sets, each None before: one number, or one a condition.
    Called with a GenomicArray, it returns a normalized one, as a function given as `normalizer` does.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]] = ()

    @property
    def fitted(self) -> bool:
        """Whether all parameters are set; those of a normalizer without any are."""
        return all(getattr(self, p) is not None for p in self.parameters)

    def fit(self, values: Values, places: Places) -> None:
        """Set the parameters that are still None; those of an earlier fit, or given by the user, stay.

        Raises DataError where there is no value, or NaN or infinity among them.
        """
        self.fit_chunks(one_chunk(values, places))

    def fit_chunks(self, chunks: Chunks) -> None:
        """Fit as `fit`, on values that come some at a time."""
        if self.fitted:
            return
        if not any(values.size for values, _ in chunks()):
            raise DataError(f"{self.name} normalizer: there is no value to fit it on")
        # infinities become NaN on the way, which is reported below
        with np.errstate(invalid="ignore", over="ignore"):
            self._fit(chunks)
        for parameter in self.parameters:
            if not np.isfinite(getattr(self, parameter)).all():
                setattr(self, parameter, None)
                raise DataError(
                    f"{self.name} normalizer: its {parameter} is not finite, as the values hold NaN or infinity; "
                    "set nan_to_num=True, or leave such regions out"
                )

    def transform(self, values: Values, places: Places) -> Values:
        """Return normalized values of the same shape; `values` are left as they are.

        Raises DataError where the normalizer is not fitted, or was on another number of conditions.
        """
        self._require_fitted()
        for parameter in self.parameters:
            shape = np.shape(getattr(self, parameter))
            if shape not in ((), values.shape[2:]):
                raise DataError(
                    f"{self.name} normalizer: fitted on {shape[0]} conditions, found {values.shape[2]}; "
                    "use one for each dataset, or datasets of the same conditions"
                )
        return self._apply(values, places)

    def __call__(self, garray: AnyArray) -> AnyArray:
        """Return a new array of the normalized values, float32; fitted on all of `garray`, unless it is fitted."""
        if not self.fitted:
            self.fit_chunks(chunks_of(garray))
        result = np.empty(garray.values.shape, dtype=np.float32)
        for chunk in garray.values.chunks():
            rows = garray.values.rows(chunk.start, chunk.stop).astype(np.float64)
            result[chunk] = self.transform(rows, places_of(garray, chunk))
        blank = np.zeros((1, garray.strands, len(garray.conditions))) + np.asarray(garray.padding)
        padding = self.transform(blank, Places.nowhere(garray.resolution or 1))[0, 0]
        return garray.like(DenseValues(result), tuple(padding.astype(np.float32).tolist()), garray.meta)

    def state(self) -> dict[str, Any]:
        """Return name and parameters as JSON types. Raises DataError before they are fitted."""
        self._require_fitted()
        return {"name": self.name, **{p: np.asarray(getattr(self, p)).tolist() for p in self.parameters}}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take the parameters that `state` returned. Raises DataError where one is missing or no number."""
        for parameter in self.parameters:
            setattr(self, parameter, self._number(state, parameter))

    def _fit(self, chunks: Chunks) -> None:  # noqa: B027 (most have nothing to fit)
        """Set the parameters that are None; there is at least one value."""

    @abstractmethod
    def _apply(self, values: Values, places: Places) -> Values:
        """Return normalized values; the parameters are set and fit their conditions."""

    def _require_fitted(self) -> None:
        if not self.fitted:
            missing = next(p for p in self.parameters if getattr(self, p) is None)
            raise DataError(f"{self.name} normalizer: has no {missing} yet; fit it on training data first")

    def _number(self, state: Mapping[str, Any], key: str) -> NDArray[np.float64]:
        try:
            return as_parameter(key, state[key])
        except (KeyError, OptionError):
            raise DataError(
                f"{self.name} normalizer: its {key} is {state.get(key)!r}, expected finite numbers"
            ) from None


def as_parameter(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return one number, or one a condition, as float64; raises OptionError where they are not finite numbers."""
    try:
        parameter = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        parameter = np.asarray(np.nan)
    if parameter.ndim > 1 or parameter.size == 0 or not np.isfinite(parameter).all():
        raise OptionError(f"{name}={value!r}: expected a finite number, or one a condition")
    return parameter
