"""Labels of regions, 0 or 1: conditions that nothing can be learned about are named before a training begins."""

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.chunks import chunks
from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError

log = logging.getLogger(__name__)

_NAMED = 5  # conditions that a message names


@dataclass(frozen=True)
class LabelSummary:
    """What a target holds over all its regions; positive, negative, total: one number per condition.

    positive, negative: whether any value is above 0, or at most 0. total: the sum, float64. n: values per condition.
    """

    positive: NDArray[np.bool_]
    negative: NDArray[np.bool_]
    total: NDArray[np.float64]
    lowest: float
    highest: float
    n: int
    has_nan: bool


def summarize_labels(target: Dataset) -> LabelSummary:
    """Read a target once, in bounded pieces; the conditions are its last axis. NaN is neither class."""
    width, n = target.shape[-1], 0
    positive, negative = np.zeros(width, dtype=bool), np.zeros(width, dtype=bool)
    total, lowest, highest, has_nan = np.zeros(width), np.inf, -np.inf, False
    for piece in chunks(target):
        values = piece.reshape(-1, width)
        n += len(values)
        positive |= (values > 0).any(axis=0)
        negative |= (values <= 0).any(axis=0)
        total += values.sum(axis=0, dtype=np.float64)
        lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
        has_nan = has_nan or bool(np.isnan(values).any())
    return LabelSummary(positive, negative, total, lowest, highest, n, has_nan)


def require_positives(target: Dataset, part: str, summary: LabelSummary | None = None) -> None:
    """Look for conditions of one class only; `target` has the conditions as last axis, `part` is as messages name it.

    Some such conditions are a warning in the log that names them. Raises DataError where no condition has a positive.
    Values that are NaN are neither. summary: of the target, where it is known.
    """
    found = summarize_labels(target) if summary is None else summary
    names = target.conditions or tuple(map(str, range(target.shape[-1])))
    without = {
        "positive": [name for name, there in zip(names, found.positive, strict=True) if not there],
        "negative": [name for name, there in zip(names, found.negative, strict=True) if not there],
    }
    if len(without["positive"]) == len(names):
        raise DataError(
            f"target {target.name!r}: no positive for {_listed(list(names))} among the {len(target)} {part} regions; "
            "check its files, or extend the regions"
        )
    for kind, missing in without.items():
        if missing:
            log.warning(
                "target %r: no %s for %s among the %d %s regions; nothing is learned about it there",
                target.name, kind, _listed(missing), len(target), part,
            )  # fmt: skip


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMED
    named = ", ".join(repr(name) for name in names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    return f"condition{'s' if len(names) > 1 else ''} {named}"
