"""Scores of predictions, some conditions at a time: memory is bounded whatever the number of conditions."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from jangdan.metrics.profiles import profile_tables
from jangdan.metrics.scores import score_table

MOST_VALUES = 1 << 23
"""Observed values that are scored at once, or those of one condition where these are more."""

Read = Callable[[Sequence[str]], tuple[NDArray[Any], NDArray[Any]]]
"""Names of conditions -> their observed and predicted values, each (row, condition)."""


def blocks(conditions: Sequence[str], rows: int) -> Iterator[Sequence[str]]:
    """Yield the conditions, in order, some at a time: of at most MOST_VALUES values, or of one condition."""
    step = max(MOST_VALUES // max(rows, 1), 1)
    for first in range(0, len(conditions), step):
        yield conditions[first : first + step]


def score_classes_or_values(
    read: Read, conditions: Sequence[str], rows: int, *, kind: str, bootstrap: int = 0
) -> pd.DataFrame:
    """Return `score_table` of all conditions."""
    tables = []
    for names in blocks(conditions, rows):
        tables.append(score_table(*read(names), names, kind=kind, bootstrap=bootstrap))
    return pd.concat(tables, ignore_index=True)


def score_profiles(
    read: Read, conditions: Sequence[str], rows: int, *, bins: int, totals: bool, bootstrap: int = 0
) -> pd.DataFrame:
    """Return `profile_table` of all conditions; `bins` rows, one after the other, are a window."""
    parts = []
    for names in blocks(conditions, rows):
        observed, predicted = (values.reshape(-1, bins, len(names)) for values in read(names))
        parts.append(profile_tables(observed, predicted, names, totals=totals, bootstrap=bootstrap))
    return pd.concat([table for part in zip(*parts, strict=True) for table in part], ignore_index=True)
