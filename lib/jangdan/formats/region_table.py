"""Region tables: what region files are read into. 0-based, half-open."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LARGEST = 1 << 40
"""bp that no contig has; up to there a float64 holds whole numbers exactly."""

COLUMNS = ("chrom", "start", "end", "name", "score", "strand")


def region_table(
    chrom: Iterable[str],
    start: Iterable[int],
    end: Iterable[int],
    *,
    name: Iterable[str] | None = None,
    score: Iterable[float] | None = None,
    strand: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Make a region table from its columns; `name`, `score`, `strand` default to '.', 0 and '.'."""
    names = _array(chrom, object)
    columns = {"chrom": names, "start": _array(start, np.int64), "end": _array(end, np.int64)}
    columns["name"] = np.full(len(names), ".", dtype=object) if name is None else _array(name, object)
    columns["score"] = np.zeros(len(names)) if score is None else _array(score, np.float64)
    columns["strand"] = np.full(len(names), ".", dtype=object) if strand is None else _array(strand, object)
    return pd.DataFrame(columns)


def _array(values: Iterable[Any], dtype: Any) -> NDArray[Any]:
    if isinstance(values, (np.ndarray, pd.Series)):
        return np.asarray(values, dtype=dtype)
    values = list(values)
    made = np.empty(len(values), dtype=dtype)
    made[:] = values
    return made
