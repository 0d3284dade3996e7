"""Predictions over windows, kept as a dataset file with one row a window."""

from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.storage.dataset_file import load, save
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import DenseValues

Path = str | PathLike[str]


def save_predictions(
    predicted: NDArray[Any],
    observed: NDArray[Any],
    indexer: GenomicIndexer,
    conditions: tuple[str, ...],
    path: Path,
    bins: int = 1,
) -> None:
    """Write predicted and observed values, each (window, condition), as conditions of one dataset file.

    bins: where windows are the bins of wider ones, how many after each other are of one; see `bins_per_window`.
    """
    data = np.stack([predicted, observed], axis=1).astype(np.float32)
    orientation = "".join(STRANDS[i] for i in indexer.strand)
    rows = RegionArray(
        indexer.chroms,
        indexer.chrom.astype(np.int64),
        indexer.start,
        indexer.end,
        DenseValues(data),
        conditions,
        {"strands": ["predicted", "observed"], "orientation": orientation, "bins": bins},
    )
    save(rows, path)


def bins_per_window(path: Path) -> int:
    """Return how many rows of predictions, one after the other, are of one window: 1 but for profiles."""
    return int(load(path).meta.get("bins", 1))


def load_predictions(path: Path, condition: str) -> pd.DataFrame:
    """Return chrom, start, end, strand, predicted, observed of one condition, one row a window."""
    rows = load(path)
    if not isinstance(rows, RegionArray) or condition not in rows.conditions:
        raise InputFileError(path, f"holds no predictions of {condition!r}; run evaluate again")
    values = rows.data[:, :, rows.conditions.index(condition)]
    chrom = np.asarray(rows.chroms, dtype=object)[rows.chrom]
    columns = {"chrom": chrom, "start": rows.start, "end": rows.end, "strand": list(rows.meta["orientation"])}
    return pd.DataFrame({**columns, "predicted": values[:, 0], "observed": values[:, 1]})
