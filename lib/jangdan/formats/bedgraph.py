"""bedGraph as a signal along the genome."""

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.formats.bed import read_bedgraph
from jangdan.formats.collapse import Collapser, collapse, require_collapser
from jangdan.formats.piecewise import Items, expand


def read_bedgraph_pieces(
    path: str | PathLike[str],
    *,
    chromsizes: Mapping[str, int],
    resolution: int = 1,
    collapser: Collapser = "mean",
    nan_to_num: bool = True,
    clip: bool = False,
) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    """Yield (contig, 0, values of shape (bins, 1), float32) for each contig of `chromsizes`, in its order.

    Rows may come in any order; collapser and gaps as of `bigwig.read_bigwig`. Raises InputFileError where two
    rows overlap, a value is not finite, or (unless `clip`) a row reaches past the end of its contig; rows of
    contigs that are not in `chromsizes` (bp) are passed over.
    """
    require_collapser(collapser)
    table = read_bedgraph(path)
    _require_finite(path, table)
    require_apart(path, table)
    rows = dict(iter(table.groupby("chrom", sort=False)))
    # all rows are looked at before the first values go out
    signals = {
        chrom: _items(path, chrom, None if clip else size, rows.get(chrom, table[:0]))
        for chrom, size in chromsizes.items()
    }
    gap = 0.0 if nan_to_num else np.nan
    for chrom, size in chromsizes.items():
        values = expand(signals.pop(chrom), 0, size, gap)[:, None]
        bins = collapse(values, resolution, collapser, skip_nan=not nan_to_num)
        yield chrom, 0, bins.astype(np.float32, copy=False)


def require_apart(path: str | PathLike[str], table: pd.DataFrame) -> None:
    """Raise InputFileError, with both rows, where two rows of a bedGraph overlap."""
    rows = table.sort_values(["chrom", "start"], kind="stable")
    chrom, start, end = (rows[name].to_numpy() for name in ("chrom", "start", "end"))
    overlap = np.flatnonzero((chrom[1:] == chrom[:-1]) & (start[1:] < end[:-1]))
    if len(overlap):
        first, second = rows.iloc[overlap[0]], rows.iloc[overlap[0] + 1]
        raise InputFileError(
            path,
            f"rows {_place(first)} ({first['score']:g}) and {_place(second)} ({second['score']:g}) overlap, "
            "expected one value a base pair; merge them with bedtools merge",
        )


def _require_finite(path: str | PathLike[str], table: pd.DataFrame) -> None:
    with np.errstate(over="ignore"):
        finite = np.isfinite(table["score"].to_numpy(dtype=np.float32))
    if not finite.all():
        row = table.iloc[int(np.argmin(finite))]
        raise InputFileError(
            path, f"{_place(row)} holds {row['score']:g}, expected a finite float32; leave rows without a value out"
        )


def _items(path: str | PathLike[str], chrom: str, size: int | None, rows: pd.DataFrame) -> Items:
    rows = rows.sort_values("start", kind="stable")
    start, end = (rows[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    items = Items(start, end, rows["score"].to_numpy(dtype=np.float32))
    if size is not None and len(end) and end[-1] > size:
        raise InputFileError(
            path, f"row {_place(rows.iloc[-1])} reaches past the end of {chrom}, {size} bp long; check the assembly"
        )
    return items


def _place(row: "pd.Series[Any]") -> str:
    return f"{row['chrom']}:{row['start']}-{row['end']}"
