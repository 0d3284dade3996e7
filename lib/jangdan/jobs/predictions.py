"""Predictions over windows, kept as a dataset file with one row per window, or one per bin of a profile.

Observed values are not copied into it: they are read from the target's dataset file, over the same windows.
"""

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.datasets.chunks import chunk_slices
from jangdan.errors import DataError, InputFileError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.genome.windows import Windows
from jangdan.jobs.model_inputs import open_target
from jangdan.jobs.profiles import on_genome
from jangdan.storage.any_array import AnyArray
from jangdan.storage.dataset_file import load, new_dataset
from jangdan.storage.region_array import RegionArray

Path = str | PathLike[str]


def save_predictions(
    pieces: Iterable[NDArray[Any]],
    indexer: GenomicIndexer,
    conditions: Sequence[str],
    path: Path,
    bins: int | None = None,
) -> None:
    """Write predictions, which come in pieces of shape (row, condition), in the order of `indexer`.

    One piece is in memory at a time. bins: of profiles, whose rows are the bins of wider windows: how many, one after
    the other, are of one window. Raises DataError where there are not as many rows as windows.
    """
    orientation = "".join(STRANDS[i] for i in indexer.strand)
    meta = {"orientation": orientation} | ({} if bins is None else {"bins": bins})
    columns = indexer.chrom.astype(np.int64), indexer.start, indexer.end
    with new_dataset(path, (len(indexer), 1, len(conditions))) as new:
        rows = new.values.store_pieces(piece[:, None] for piece in pieces)
        if rows != len(indexer):
            raise DataError(f"{path}: {rows} rows of values for {len(indexer)} regions")
        new.array = RegionArray(indexer.contigs, *columns, new.values, tuple(conditions), meta)


class Predictions:
    """An open predictions file, and what was observed over its rows.

    target: of the target's dataset file, or None where observed values are not asked for. Raises InputFileError
    where the file at `path` holds no predictions.
    """

    def __init__(self, path: Path, target: AnyArray | None = None) -> None:
        rows = load(path)
        if "orientation" not in rows.meta:
            raise InputFileError(path, "holds no predictions; run evaluate again")
        self.path, self.array = path, rows
        self._chrom, self._start, self._end = rows.bounds()
        self.conditions = rows.conditions
        self.profile_bins: int | None = self.array.meta.get("bins")
        self._target = target

    def __len__(self) -> int:
        return len(self.array.values)

    def number(self, condition: str) -> int:
        """Return a condition's place; raises InputFileError where there is none of that name."""
        if condition not in self.conditions:
            raise InputFileError(self.path, f"holds no predictions of {condition!r}; run evaluate again")
        return self.conditions.index(condition)

    def predicted(self, conditions: Sequence[str]) -> NDArray[Any]:
        """Return the predictions of some conditions, shape (row, condition), read in bounded pieces."""
        values, columns = self.array.values, [self.number(name) for name in conditions]
        return np.concatenate([values.rows(rows.start, rows.stop)[:, 0, columns] for rows in values.chunks()])

    def observed(self, conditions: Sequence[str]) -> NDArray[Any]:
        """Return what was observed, shape (row, condition), in the genome's direction, read in bounded pieces."""
        assert self._target is not None
        windows, strands = self._windows(), self._target.strands
        target = open_target("target", self._target, windows, profile=self.profile_bins is not None)
        if target.conditions != self.conditions:
            raise InputFileError(self.path, "is of another target; run evaluate again")
        columns, pieces = [self.number(name) for name in conditions], []
        for part in chunk_slices(target):
            values = target[part]
            if self.profile_bins is not None:
                turned = on_genome(values, windows.take(np.arange(part.start, part.stop)), strands)
                values = turned.reshape(-1, turned.shape[2])
            pieces.append(values[:, columns])
        return np.concatenate(pieces)

    def table(self, condition: str) -> pd.DataFrame:
        """Return chrom, start, end, strand, predicted and (with a target) observed of one condition, a row each."""
        rows = self.array
        chrom = rows.contigs.names_of(self._chrom)
        places = {"chrom": chrom, "start": self._start, "end": self._end, "strand": list(rows.meta["orientation"])}
        table = pd.DataFrame({**places, "predicted": self.predicted([condition])[:, 0]})
        return table if self._target is None else table.assign(observed=self.observed([condition])[:, 0])

    def _windows(self) -> GenomicIndexer:
        """Return the windows that were predicted: the rows, or as many of them as a profile has bins together."""
        rows, step = self.array, self.profile_bins or 1
        first, last = slice(None, None, step), slice(step - 1, None, step)
        strand = np.array([STRANDS.index(s) for s in rows.meta["orientation"][first]], dtype=np.int8)
        start, end = self._start[first], self._end[last]
        windows = Windows(int((end - start).max(initial=1)), zero_padding=False)
        return GenomicIndexer.of_columns(windows, rows.contigs, self._chrom[first], start, end, strand)


def load_predictions(path: Path, condition: str, target: Path | None = None) -> pd.DataFrame:
    """Return chrom, start, end, strand, predicted of one condition, one row per window or bin.

    target: the target's dataset file, from which the column `observed` is read.
    """
    return Predictions(path, None if target is None else load(target)).table(condition)
