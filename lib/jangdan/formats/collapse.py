"""Base pairs to bins, or to one value a stretch: by name (mean, sum, max, min) or by a function."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, OptionError

Collapser = str | Callable[[NDArray[Any]], NDArray[Any]]
"""A name of REDUCTIONS, or a function that takes (bins, bp, strands) and returns (bins, strands)."""

Ints = NDArray[np.integer[Any]]

REDUCTIONS: dict[str, np.ufunc] = {"mean": np.add, "sum": np.add, "max": np.maximum, "min": np.minimum}
_NEUTRAL = {"mean": 0.0, "sum": 0.0, "max": -np.inf, "min": np.inf}
# base pairs worked on at a time where copies are needed, few enough to stay in the processor's cache
_SLAB = 1 << 16


def require_collapser(collapser: Collapser) -> None:
    """Raise OptionError where `collapser` is neither a known name nor a function."""
    if not callable(collapser) and collapser not in REDUCTIONS:
        raise OptionError(f"collapser={collapser!r}: expected one of {', '.join(REDUCTIONS)}, or a function")


def collapse(values: NDArray[Any], resolution: int, collapser: Collapser, *, skip_nan: bool = False) -> NDArray[Any]:
    """Reduce (bp, strands) to (ceil(bp / resolution), strands); a last, shorter bin counts the bases that it has.

    Means and sums are float64, sums of integers 64-bit integers. skip_nan: bases that are NaN do not count; a
    bin of NaN only is NaN. A function is given the full bins, then the last, shorter one, NaN included;
    DataError is raised where it returns another shape than (bins, strands).
    """
    require_collapser(collapser)
    if resolution == 1:
        return values
    full = len(values) // resolution
    bins = values[: full * resolution].reshape(full, resolution, values.shape[1])
    parts = [_reduce(bins, collapser, skip_nan)] if full else []
    if full * resolution < len(values) or not parts:
        parts.append(_reduce(values[full * resolution :][None][: -(-len(values) // resolution)], collapser, skip_nan))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def collapse_stretches(
    values: NDArray[Any],
    start: Ints,
    end: Ints,
    collapser: Collapser,
    *,
    skip_nan: bool = False,
) -> NDArray[Any]:
    """Reduce (bp, strands) to one value a stretch [start, end), shape (stretches, strands).

    Stretches may overlap; what lies outside the values does not count, and a stretch outside altogether is 0.
    Types, NaN and functions as of `collapse`; a function is called once a stretch.
    """
    require_collapser(collapser)
    low, high = np.clip(start, 0, len(values)), np.clip(end, 0, len(values))
    if callable(collapser):
        return _one_by_one(values, low, high, lambda bins: _called(bins, collapser))
    if not skip_nan:
        reduced = _stretches(values, low, high, collapser)
        return reduced / np.maximum(high - low, 1)[:, None] if collapser == "mean" else reduced
    known = ~np.isnan(values)
    count = _stretches(known, low, high, "sum")
    reduced = _stretches(np.where(known, values, _NEUTRAL[collapser]), low, high, collapser).astype(np.float64)
    if collapser == "mean":
        reduced /= np.maximum(count, 1)
    reduced[(count == 0) & (high > low)[:, None]] = np.nan
    return reduced


def _reduce(bins: NDArray[Any], collapser: Collapser, skip_nan: bool) -> NDArray[Any]:
    """Reduce (bins, bp, strands) to (bins, strands)."""
    if callable(collapser):
        return _called(bins, collapser)
    if not skip_nan:
        reduced = REDUCTIONS[collapser].reduce(bins, axis=1, dtype=_result_type(bins, collapser))
        return reduced / bins.shape[1] if collapser == "mean" else reduced
    reduced = np.empty((bins.shape[0], bins.shape[2]), dtype=np.float64)
    step = max(_SLAB // bins.shape[1], 1) if bins.shape[1] else 1
    for first in range(0, len(bins), step):
        reduced[first : first + step] = _reduce_known(bins[first : first + step], collapser)
    return reduced


def _reduce_known(bins: NDArray[Any], collapser: str) -> NDArray[Any]:
    known = ~np.isnan(bins)
    count = known.sum(axis=1)
    filled = np.where(known, bins, _NEUTRAL[collapser])
    reduced = REDUCTIONS[collapser].reduce(filled, axis=1, dtype=np.float64)
    if collapser == "mean":
        reduced /= np.maximum(count, 1)
    reduced[count == 0] = np.nan
    return reduced


def _stretches(values: NDArray[Any], low: Ints, high: Ints, collapser: str) -> NDArray[Any]:
    """Reduce each values[low:high]; a mean is still a sum, what is empty is 0."""
    dtype, ufunc = _result_type(values, collapser), REDUCTIONS[collapser]
    result = np.zeros((len(low), values.shape[1]), dtype=dtype)
    inside = np.flatnonzero((low < high) & (high < len(values)))
    if len(inside):
        # reduceat takes [low, high, low, high, ...], each less than the length; it also reduces what lies between
        # the stretches, which is each base pair once where these are sorted
        inside = inside[np.argsort(low[inside], kind="stable")]
        bounds = np.stack([low[inside], high[inside]], axis=1).ravel()
        result[inside] = ufunc.reduceat(values, bounds, axis=0, dtype=dtype)[::2]
    for i in np.flatnonzero((low < high) & (high == len(values))):
        result[i] = ufunc.reduce(values[low[i] :], axis=0, dtype=dtype)
    return result


def _one_by_one(
    values: NDArray[Any],
    low: Ints,
    high: Ints,
    reduce: Callable[[NDArray[Any]], NDArray[Any]],
) -> NDArray[Any]:
    result = np.zeros((len(low), values.shape[1]), dtype=np.float64)
    for i in np.flatnonzero(high > low):
        result[i] = reduce(values[low[i] : high[i]][None])[0]
    return result


def _called(bins: NDArray[Any], collapser: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[Any]:
    """Call the user's function; numpy's reductions, which know no axis here, are given axis 1."""
    expected = (bins.shape[0], bins.shape[2])
    try:
        result = np.asarray(collapser(bins, axis=1))  # type: ignore[call-arg]
    except TypeError:
        result = np.asarray(collapser(bins))
    if result.shape != expected:
        raise DataError(
            f"collapser: returned shape {result.shape} for {bins.shape} (bins, bp, strands); expected {expected}: "
            "it must reduce axis 1"
        )
    return result


def _result_type(values: NDArray[Any], collapser: str) -> np.dtype[Any]:
    if collapser in ("max", "min"):
        return values.dtype
    if collapser == "mean" or values.dtype.kind == "f":
        return np.dtype(np.float64)
    return np.dtype(np.uint64 if values.dtype.kind == "u" else np.int64)
