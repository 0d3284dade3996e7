"""Region tables: what region files are read into. 0-based, half-open."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

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
    columns: dict[str, Any] = {"chrom": list(chrom)}
    columns["start"] = np.asarray(list(start), dtype=np.int64)
    columns["end"] = np.asarray(list(end), dtype=np.int64)
    columns["name"] = "." if name is None else list(name)
    columns["score"] = 0.0 if score is None else np.asarray(list(score), dtype=np.float64)
    columns["strand"] = "." if strand is None else list(strand)
    table = pd.DataFrame(columns)
    return table.astype({"chrom": object, "name": object, "score": np.float64, "strand": object})
