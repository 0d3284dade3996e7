"""Predictions of one condition as a bigWig."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.jobs.predictions import load_predictions

Path = str | PathLike[str]


def export_track(predictions: Sequence[Path], condition: str, chromsizes: dict[str, int], path: Path) -> None:
    """Write one condition's predictions to a bigWig; overlapping windows give the mean over their steps.

    predictions: of one run; or of all folds and seeds, whose seeds then are averaged, and whose folds lie side by side.
    """
    tables = [load_predictions(each, condition) for each in predictions]
    table = pd.concat(tables, ignore_index=True).sort_values(["chrom", "start"], kind="stable")
    tracks = [(str(chrom), *_without_overlap(rows)) for chrom, rows in table.groupby("chrom")]
    write_bigwig(path, chromsizes, tracks)


def _without_overlap(rows: pd.DataFrame) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return starts, ends, values of stretches between window bounds, each the mean of its windows."""
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
    values = rows["predicted"].to_numpy(dtype=np.float64)
    bounds = np.unique(np.concatenate([start, end]))
    first, last = np.searchsorted(bounds, start), np.searchsorted(bounds, end)
    steps = np.zeros((2, len(bounds)))
    for row, weight in enumerate((values, np.ones_like(values))):
        np.add.at(steps[row], first, weight)
        np.add.at(steps[row], last, -weight)
    total, count = np.cumsum(steps, axis=1)[:, :-1]
    covered = count > 0.5
    mean = total[covered] / np.round(count[covered])
    return bounds[:-1][covered], bounds[1:][covered], mean
