"""Fragment files of single-cell ATAC: chrom, start, end, barcode, count, one fragment a row; 0-based, half-open."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from os import PathLike
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import InputFileError, OptionError, whole_number
from jangdan.files import BAD_GZIP, open_text, require_text
from jangdan.formats.region_table import LARGEST
from jangdan.formats.roi import Roi

MODES = ("ends", "midpoint", "fragment")
_ROWS = 1 << 20  # read at once
_SHARE_SEED = 1
_COLUMNS = ["chrom", "start", "end", "barcode", "count"]

Counts = NDArray[np.uint32]


@dataclass(frozen=True)
class FragmentCounting:
    """What counts, and where.

    mode: "ends" counts both cut sites, `start` and `end - 1`; "midpoint" the middle; "fragment" every base.
    shift: bp added to `start` and to `end`; files of 10x Genomics and of SnapATAC are shifted already.
    use_counts: each row counts as often as its fifth column says, else once. barcodes: count these cells only.
    share: take the file apart; each row has a number in [0, 1), drawn with a fixed seed, and those in [low, high)
    count, so (0, 0.75) and (0.75, 1) have no row in common.
    """

    mode: str = "ends"
    shift: tuple[int, int] = (0, 0)
    use_counts: bool = False
    barcodes: Collection[str] | None = None
    share: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise OptionError(f"mode={self.mode!r}: expected one of {', '.join(MODES)}")
        if len(self.shift) != 2 or not all(isinstance(bp, (int, np.integer)) for bp in self.shift):
            raise OptionError(f"shift={self.shift}: expected two whole numbers of bp, such as [4, -5]")
        if isinstance(self.barcodes, str):
            raise OptionError(f"barcodes={self.barcodes!r}: expected several barcodes, such as [{self.barcodes!r}]")
        if len(self.share) != 2 or not 0 <= self.share[0] < self.share[1] <= 1:
            raise OptionError(f"share={self.share}: expected two numbers, 0 <= low < high <= 1, such as [0, 0.5]")


def fragment_coverage(
    path: str | PathLike[str],
    counting: FragmentCounting,
    *,
    chromsizes: Mapping[str, int],
    resolution: int = 1,
    roi: Roi | None = None,
    clip: bool = False,
) -> Iterator[tuple[str, int, Counts]]:
    """Yield (contig, 0, counts of shape (bins, 1)) for each contig of the file that `chromsizes` has.

    One linear pass, memory for one contig; with `roi`, only its contigs are yielded. Raises
    InputFileError with the line for a malformed row, (unless `clip`) one that reaches past its contig's end, and where
    a contig comes twice with another between.
    """
    whole_number("resolution", resolution, 1)
    current, done = None, set()
    steps: NDArray[np.int64] | None = None
    for rows in _rows(path, counting):
        for contig, part in _by_contig(rows):
            if contig != current:
                if current is not None and steps is not None:
                    yield current, 0, _binned(path, steps, counting, resolution)
                if contig in done:
                    line = int(part["line"].iloc[0])
                    raise InputFileError(path, f"contig {contig!r} comes again; sort it with sort -k1,1 -k2,2n", line)
                current, known = contig, contig in chromsizes and (roi is None or contig in roi)
                done.add(contig)
                steps = np.zeros(chromsizes[contig] + 1, dtype=np.int64) if known else None
            if steps is not None:
                if not clip:
                    _require_inside(path, part, chromsizes[contig])
                _count(part, counting, steps)
    if current is not None and steps is not None:
        yield current, 0, _binned(path, steps, counting, resolution)


def first_fragments(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the first rows, at most a chunk of them: chrom, start, end and more. Raises as `fragment_coverage`."""
    return next(_rows(path, FragmentCounting()))


def _rows(path: str | PathLike[str], counting: FragmentCounting) -> Iterator[pd.DataFrame]:
    """Yield tables with line numbers; `count` is 1 unless counts are used."""
    first, columns = _first_row(path)
    options: dict[str, Any] = {
        "sep": "\t",
        "header": None,
        "names": [*_COLUMNS, *range(len(_COLUMNS), columns)],
        "skip_blank_lines": False,
        "dtype": str,
        "quoting": 3,
        "keep_default_na": False,
    }
    with open_text(path) as stream:
        try:
            text: Any = _Text(path, stream)
            draws = np.random.default_rng(_SHARE_SEED)
            for chunk in pd.read_csv(text, chunksize=_ROWS, skiprows=first, index_col=False, **options):
                rows = chunk.assign(line=chunk.index + first + 1, draw=draws.random(len(chunk)))
                rows = rows[(rows[["chrom", "start"]].fillna("") != "").any(axis=1)]
                _require_columns(path, rows, columns)
                rows = _parsed(path, rows, counting)
                low, high = counting.share
                yield rows[(rows["draw"] >= low) & (rows["draw"] < high)]
        except pd.errors.ParserError as error:
            raise InputFileError(path, f"is no fragment file ({error}); expected {columns} columns") from error
        except BAD_GZIP as error:
            raise _damaged(path, error) from error


class _Text:
    """A text stream that refuses what is no text, which pandas would take for the end of a field."""

    def __init__(self, path: str | PathLike[str], stream: IO[str]) -> None:
        self.path, self.stream, self.line = path, stream, 1

    def read(self, size: int = -1) -> str:
        """Return up to `size` letters."""
        text = require_text(self.path, self.stream.read(size), self.line)
        self.line += text.count("\n")
        return text

    def __iter__(self) -> Iterator[str]:
        return iter(self.stream)


def _first_row(path: str | PathLike[str]) -> tuple[int, int]:
    """Return how many comment lines come first, and how many columns the first row has."""
    with open_text(path) as stream:
        try:
            for number, line in enumerate(stream):
                if not line.startswith("#"):
                    row = next((row for row in chain([line], stream) if row.strip()), "")
                    return number, row.count("\t") + 1
        except BAD_GZIP as error:
            raise _damaged(path, error) from error
    raise InputFileError(path, "holds no fragment; expected chrom, start, end, barcode, count")


def _damaged(path: str | PathLike[str], error: Exception) -> InputFileError:
    if isinstance(error, InputFileError):
        return error
    return InputFileError(path, f"cannot be decompressed ({error}); copy or download it again")


def _require_columns(path: str | PathLike[str], rows: pd.DataFrame, columns: int) -> None:
    """Raise InputFileError where a row has fewer columns than the first: the file was cut, perhaps in a number."""
    short = rows.iloc[:, max(columns, 3) - 1].isna()
    if short.any():
        line = int(rows["line"][short].iloc[0])
        raise InputFileError(
            path, f"has fewer columns than the first row, expected {max(columns, 3)}; was it cut?", line
        )


def _parsed(path: str | PathLike[str], rows: pd.DataFrame, counting: FragmentCounting) -> pd.DataFrame:
    numbers = {name: pd.to_numeric(rows[name], errors="coerce") for name in ("start", "end")}
    numbers["count"] = pd.to_numeric(rows["count"], errors="coerce") if counting.use_counts else rows["line"] * 0 + 1
    wrong = numbers["start"].isna() | (numbers["start"] < 0) | ~(numbers["end"] > numbers["start"])
    for values in numbers.values():
        wrong |= values.isna() | (values % 1 != 0) | (values < 0) | (values > LARGEST)
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


def _require_inside(path: str | PathLike[str], rows: pd.DataFrame, size: int) -> None:
    past = np.flatnonzero(rows["end"].to_numpy() > size)
    if len(past):
        row = rows.iloc[past[0]]
        raise InputFileError(
            path, f"fragment {row.chrom}:{row.start}-{row.end} reaches past {row.chrom}, {size} bp long", int(row.line)
        )


def _count(rows: pd.DataFrame, counting: FragmentCounting, steps: NDArray[np.int64]) -> None:
    size = len(steps) - 1
    start, end = rows["start"].to_numpy() + counting.shift[0], rows["end"].to_numpy() + counting.shift[1]
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


def _binned(path: str | PathLike[str], steps: NDArray[np.int64], counting: FragmentCounting, resolution: int) -> Counts:
    bases = (np.cumsum(steps) if counting.mode == "fragment" else steps)[:-1]
    if resolution > 1:
        bases = np.add.reduceat(bases, np.arange(0, len(bases), resolution))
    if bases.max(initial=0) > np.iinfo(np.uint32).max:
        raise InputFileError(path, f"counts reach {bases.max():,}, expected less than 2**32; is column 5 a count?")
    return bases.astype(np.uint32)[:, None]
