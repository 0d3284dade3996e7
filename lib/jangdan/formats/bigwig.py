"""bigWig: read a contig at a time, write tracks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
from numpy.typing import NDArray

from jangdan.errors import InputFileError, IntervalError, OptionError
from jangdan.files import existing, replacing

_MAGIC = 0x888FFC26
_HEADER_BYTES = 64

Collapser = str | Callable[[NDArray[Any]], NDArray[Any]]
_COLLAPSERS: dict[str, Callable[..., NDArray[Any]]] = {
    "mean": np.nanmean,
    "sum": np.nansum,
    "max": np.nanmax,
    "min": np.nanmin,
}


def bigwig_sizes(path: str | PathLike[str]) -> dict[str, int]:
    """Return contig -> length in bp, in the file's order."""
    with _open(path) as bigwig:
        return dict(bigwig.chroms())


def read_bigwig(
    path: str | PathLike[str], *, resolution: int = 1, collapser: Collapser = "mean", nan_to_num: bool = True
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield (contig, values of shape (ceil(length / resolution), 1)), float32, a contig at a time.

    Gaps are NaN in the file: 0 before collapsing if `nan_to_num`, else left out of the bin (a bin
    without any value is NaN). The last bin counts only the bases that exist.
    """
    with _open(path) as bigwig:
        for contig, length in bigwig.chroms().items():
            try:
                values = np.asarray(bigwig.values(contig, 0, length, numpy=True), dtype=np.float32)
            except (RuntimeError, OSError) as error:
                raise InputFileError(path, f"contig {contig!r} cannot be read ({error}); copy it again") from error
            if nan_to_num:
                np.nan_to_num(values, copy=False)
            yield contig, _collapse(values, resolution, collapser)[:, None]


def write_bigwig(
    path: str | PathLike[str],
    chromsizes: Mapping[str, int],
    tracks: Iterable[tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[Any]]],
) -> None:
    """Write (chrom, starts, ends, values) stretches, sorted within each chromosome, to a bigWig.

    NaN is left out and neighbours of equal value are joined. Raises IntervalError where stretches
    overlap or reach past their chromosome.
    """
    order = {chrom: i for i, chrom in enumerate(chromsizes)}
    # pyBigWig wants the chromosomes in the header's order
    stretches = sorted(tracks, key=lambda t: (order[t[0]], int(t[1][0]) if len(t[1]) else -1))
    with replacing(path) as temporary:
        bigwig = pyBigWig.open(str(temporary), "w")
        bigwig.addHeader(list(chromsizes.items()))
        for chrom, (starts, ends, values) in _by_chrom(stretches):
            _require_order(chrom, starts, ends, chromsizes[chrom])
            joined = _joined(starts, ends, values)
            if len(joined[0]):
                names = np.full(len(joined[0]), chrom)
                bigwig.addEntries(names, joined[0], ends=joined[1], values=joined[2])
        bigwig.close()


@contextmanager
def _open(path: str | PathLike[str]) -> Iterator[Any]:
    _require_whole(path)
    try:
        bigwig = pyBigWig.open(str(path))
    except RuntimeError as error:
        raise InputFileError(path, f"is not a bigWig, or damaged ({error})") from error
    try:
        yield bigwig
    finally:
        bigwig.close()


def _require_whole(path: str | PathLike[str]) -> None:
    """Look at the fixed header and the trailing magic first: the C library trusts what it reads."""
    size = existing(path).stat().st_size
    with Path(path).open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
        stream.seek(max(size - 4, 0))
        tail = stream.read(4)
    if len(head) < _HEADER_BYTES or int.from_bytes(head[:4], "little") != _MAGIC:
        raise InputFileError(path, "is not a bigWig (its first bytes are of another kind of file)")
    offsets = [int.from_bytes(head[i : i + 8], "little") for i in (8, 16, 24)]
    if max(offsets) >= size or int.from_bytes(tail, "little") != _MAGIC:
        raise InputFileError(path, f"is not complete ({size:,} bytes); copy or download it again")


def _collapse(values: NDArray[np.float32], resolution: int, collapser: Collapser) -> NDArray[np.float32]:
    if resolution == 1:
        return values
    n_bins = -(-len(values) // resolution)
    padded = np.full(n_bins * resolution, np.nan, dtype=np.float32)
    padded[: len(values)] = values
    bins = padded.reshape(n_bins, resolution)
    if callable(collapser):
        return np.asarray(collapser(np.nan_to_num(bins)[:, :, None]), dtype=np.float32)[:, 0]
    if collapser not in _COLLAPSERS:
        raise OptionError(f"collapser={collapser!r}: expected one of {', '.join(_COLLAPSERS)}")
    empty = np.isnan(bins).all(axis=1)
    bins[empty] = 0
    collapsed = _COLLAPSERS[collapser](bins, axis=1)
    collapsed[empty] = np.nan
    return collapsed.astype(np.float32)


def _by_chrom(stretches: list[Any]) -> Iterator[tuple[str, list[NDArray[Any]]]]:
    for chrom in dict.fromkeys(s[0] for s in stretches):
        own = [s[1:] for s in stretches if s[0] == chrom]
        yield chrom, [np.concatenate(columns) for columns in zip(*own, strict=True)]


def _require_order(chrom: str, starts: NDArray[Any], ends: NDArray[Any], size: int) -> None:
    overlaps = np.flatnonzero(starts[1:] < ends[:-1])
    if len(overlaps):
        i = overlaps[0]
        raise IntervalError(
            f"bigWig: {chrom}:{starts[i]}-{ends[i]} and {chrom}:{starts[i + 1]}-{ends[i + 1]} overlap; "
            "a track needs windows that do not (stepsize of at least binsize)"
        )
    if len(ends) and (ends[-1] > size or starts[0] < 0):
        raise IntervalError(f"bigWig: {chrom}:{starts[-1]}-{ends[-1]} reaches past the chromosome, {size} bp long")


def _joined(starts: NDArray[Any], ends: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    kept = ~np.isnan(values)
    starts, ends, values = starts[kept], ends[kept], values[kept].astype(np.float64)
    if len(starts) == 0:
        return starts, ends, values
    new = np.concatenate([[True], (values[1:] != values[:-1]) | (starts[1:] != ends[:-1])])
    first = np.flatnonzero(new)
    last = np.concatenate([first[1:], [len(starts)]]) - 1
    return starts[first].astype(np.int64), ends[last].astype(np.int64), values[first]
