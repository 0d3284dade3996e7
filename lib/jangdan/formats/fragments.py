"""Fragment files of single-cell ATAC: chrom, start, end, barcode, count, one fragment a row; 0-based, half-open."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import InputFileError, OptionError
from jangdan.files import open_text

MODES = ("ends", "midpoint", "fragment")
_ROWS = 1 << 20  # read at once
_COLUMNS = ["chrom", "start", "end", "barcode", "count"]

Counts = NDArray[np.uint32]


@dataclass(frozen=True)
class FragmentCounting:
    """What counts, and where.

    mode: "ends" counts both cut sites, `start` and `end - 1`; "midpoint" the middle; "fragment" every base.
    shift: bp added to `start` and to `end`; files of 10x Genomics and of SnapATAC are shifted already.
    use_counts: each row counts as often as its fifth column says, else once. barcodes: count these cells only.
    """

    mode: str = "ends"
    shift: tuple[int, int] = (0, 0)
    use_counts: bool = False
    barcodes: Collection[str] | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise OptionError(f"mode={self.mode!r}: expected one of {', '.join(MODES)}")
        if len(self.shift) != 2:
            raise OptionError(f"shift={self.shift}: expected two numbers of bp, such as [4, -5]")


def fragment_coverage(
    path: str | PathLike[str],
    counting: FragmentCounting,
    *,
    chromsizes: Mapping[str, int],
    resolution: int = 1,
    wanted: Mapping[str, NDArray[np.int64]] | None = None,
) -> Iterator[tuple[str, int, Counts]]:
    """Yield (contig, 0, counts of shape (bins, 1)) for each contig of the file that `chromsizes` has.

    One linear pass, memory for one contig; with `wanted`, only its contigs are yielded. Raises
    InputFileError with the line for a malformed row, and where a contig comes twice with another between.
    """
    current, done = None, set()
    steps: NDArray[np.int64] | None = None
    for rows in _rows(path, counting):
        for contig, part in _by_contig(rows):
            if contig != current:
                if current is not None and steps is not None:
                    yield current, 0, _binned(steps, counting, resolution)
                if contig in done:
                    line = int(part["line"].iloc[0])
                    raise InputFileError(path, f"contig {contig!r} comes again; sort it with sort -k1,1 -k2,2n", line)
                current, known = contig, contig in chromsizes and (wanted is None or contig in wanted)
                done.add(contig)
                steps = np.zeros(chromsizes[contig] + 1, dtype=np.int64) if known else None
            if steps is not None:
                _count(path, part, counting, steps)
    if current is not None and steps is not None:
        yield current, 0, _binned(steps, counting, resolution)


def first_fragments(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the first rows, at most a chunk of them: chrom, start, end and more. Raises as `fragment_coverage`."""
    return next(_rows(path, FragmentCounting()))


def _rows(path: str | PathLike[str], counting: FragmentCounting) -> Iterator[pd.DataFrame]:
    """Yield tables with line numbers; `count` is 1 unless counts are used."""
    with open_text(path) as stream:
        first = _comment_lines(path)
        options: dict[str, Any] = {
            "sep": "\t",
            "header": None,
            "names": _COLUMNS,
            "dtype": str,
            "quoting": 3,
            "keep_default_na": False,
        }
        try:
            for chunk in pd.read_csv(stream, chunksize=_ROWS, skiprows=first, index_col=False, **options):
                yield _parsed(path, chunk.assign(line=chunk.index + first + 1), counting)
        except pd.errors.EmptyDataError:
            raise InputFileError(path, "holds no fragment; expected chrom, start, end, barcode, count") from None
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            raise InputFileError(
                path, f"is no fragment file ({error}); expected 3 to 5 tab-separated columns"
            ) from error
        except (EOFError, OSError) as error:
            raise InputFileError(path, f"cannot be decompressed ({error}); copy or download it again") from error


def _comment_lines(path: str | PathLike[str]) -> int:
    with open_text(path) as stream:
        try:
            return next((number for number, line in enumerate(stream) if not line.startswith("#")), 0)
        except (EOFError, OSError) as error:
            raise InputFileError(path, f"cannot be decompressed ({error}); copy or download it again") from error


def _parsed(path: str | PathLike[str], rows: pd.DataFrame, counting: FragmentCounting) -> pd.DataFrame:
    numbers = {name: pd.to_numeric(rows[name], errors="coerce") for name in ("start", "end")}
    numbers["count"] = pd.to_numeric(rows["count"], errors="coerce") if counting.use_counts else rows["line"] * 0 + 1
    wrong = numbers["start"].isna() | (numbers["start"] < 0) | ~(numbers["end"] > numbers["start"])
    for values in numbers.values():
        wrong |= values.isna() | (values % 1 != 0) | (values < 0)
    if wrong.any():
        row = rows[wrong].iloc[0]
        found = "\t".join(str(row[c]) for c in _COLUMNS).strip()
        needed = ", barcode and a count" if counting.use_counts else ""
        raise InputFileError(
            path, f"found {found[:80]!r}, expected chrom, start, end{needed}, 0 <= start < end", int(row["line"])
        )
    rows = rows.assign(**{name: values.astype(np.int64) for name, values in numbers.items()})
    return rows if counting.barcodes is None else rows[rows["barcode"].isin(set(counting.barcodes))]


def _by_contig(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    chrom = rows["chrom"].to_numpy()
    bounds = [0, *(np.flatnonzero(chrom[1:] != chrom[:-1]) + 1).tolist(), len(rows)]
    for first, last in pairwise(bounds):
        if last > first:
            yield str(chrom[first]), rows.iloc[first:last]


def _count(path: str | PathLike[str], rows: pd.DataFrame, counting: FragmentCounting, steps: NDArray[np.int64]) -> None:
    size, end = len(steps) - 1, rows["end"].to_numpy()
    past = np.flatnonzero(end > size)
    if len(past):
        row = rows.iloc[past[0]]
        raise InputFileError(
            path, f"fragment {row.chrom}:{row.start}-{row.end} reaches past {row.chrom}, {size} bp long", int(row.line)
        )
    start, end = rows["start"].to_numpy() + counting.shift[0], end + counting.shift[1]
    times = rows["count"].to_numpy()
    if counting.mode == "fragment":
        _add(steps, np.clip(start, 0, size), times)
        _add(steps, np.clip(np.maximum(end, start), 0, size), -times)
    elif counting.mode == "midpoint":
        _add(steps, (start + end) // 2, times)
    else:
        _add(steps, start, times)
        _add(steps, end - 1, times)


def _add(steps: NDArray[np.int64], place: NDArray[np.int64], times: NDArray[np.int64]) -> None:
    inside = (place >= 0) & (place < len(steps))
    steps += np.bincount(place[inside], weights=times[inside], minlength=len(steps)).astype(np.int64)


def _binned(steps: NDArray[np.int64], counting: FragmentCounting, resolution: int) -> Counts:
    bases = (np.cumsum(steps) if counting.mode == "fragment" else steps)[:-1]
    if resolution > 1:
        bases = np.add.reduceat(bases, np.arange(0, len(bases), resolution))
    return bases.astype(np.uint32)[:, None]
