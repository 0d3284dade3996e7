"""Predictions on the genome: BED and bigWig, a file a model, layer and condition."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.datasets.coverage import spanned
from jangdan.errors import DataError, IntervalError, OptionError, whole_number
from jangdan.files import replacing
from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import STRANDS
from jangdan.janggu.results import Key, Results, is_undefined, named, output_paths, require_results, vector

_BY_STRAND = ("forward", "reverse")


class ExportBed:
    """Write predictions as BED6, `<name>.<model>.<layer>.<condition>.bed`, with the value as score.

    gindexer: the windows that were predicted, in the order of the predictions; flanks are left out. resolution: bp
    of a predicted value; None takes as many values a window as there are. Rows are sorted by place; values that
    are not finite are left out. Windows may overlap. Predictions of two strands, shape (region, bins, 2, condition),
    are two files, of `<condition>.forward` and `<condition>.reverse`.
    """

    def __init__(self, gindexer: GenomicIndexer, resolution: int | None) -> None:
        self.gindexer = _require_indexer(gindexer)
        self.resolution = None if resolution is None else whole_number("resolution", resolution, 1)

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the files; raises DataError where predictions do not fit the windows and the resolution."""
        require_results("ExportBed", results)
        results = _by_strand("ExportBed", self.gindexer, results)
        values, places = _values("ExportBed", self.gindexer, self.resolution, results)
        paths = output_paths(output_dir, name, results, "bed")
        for path, own in zip(paths, values.values(), strict=True):
            rows = _finite(places, own)
            columns = (rows[c].tolist() for c in ("chrom", "start", "end", "value", "strand"))
            with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as out:
                out.writelines(
                    f"{c}\t{s}\t{e}\t.\t{v:.9g}\t{sign}\n" for c, s, e, v, sign in zip(*columns, strict=True)
                )
        return paths


class ExportBigwig:
    """Write predictions as bigWig, `<name>.<model>.<layer>.<condition>.bigwig`.

    gindexer: the windows that were predicted, in the order of the predictions, not overlapping; flanks are left out.
    genomesize: contig -> bp; default: each contig ends with its last window. Values that are not finite are left out.
    Predictions of two strands are two files, as in ExportBed.
    """

    def __init__(self, gindexer: GenomicIndexer, genomesize: Mapping[str, int] | None = None) -> None:
        self.gindexer = _require_indexer(gindexer)
        self.genomesize = genomesize

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the files.

        Raises DataError where predictions do not fit the windows, IntervalError where windows overlap or reach
        past their contig.
        """
        require_results("ExportBigwig", results)
        results = _by_strand("ExportBigwig", self.gindexer, results)
        values, places = _values("ExportBigwig", self.gindexer, None, results)
        _require_apart(places)
        sizes = dict(self.genomesize) if self.genomesize is not None else spanned(self.gindexer.with_flank(0))
        paths = output_paths(output_dir, name, results, "bigwig")
        for path, own in zip(paths, values.values(), strict=True):
            write_bigwig(path, sizes, _tracks(_finite(places, own)))
        return paths


def _require_indexer(gindexer: GenomicIndexer) -> GenomicIndexer:
    if not isinstance(gindexer, GenomicIndexer):
        raise OptionError(f"gindexer: found {type(gindexer).__name__}, expected a GenomicIndexer")
    return gindexer


def _by_strand(exporter: str, gindexer: GenomicIndexer, results: Results) -> Results:
    """Return results with a key a strand of the genome, `<condition>.forward` and `.reverse`, where there are two."""
    apart: dict[Key, Mapping[str, Any]] = {}
    for key, result in results.items():
        strands = result.get("strands", 1)
        if strands == 1 or is_undefined(result["value"]):
            apart[key] = result
            continue
        values = vector(exporter, key, result["value"])
        if strands != len(_BY_STRAND) or len(values) % (strands * max(len(gindexer), 1)):
            raise DataError(
                f"{exporter}: {len(values)} values of {strands} strands for {named(key)} do not fit {len(gindexer)} "
                "windows; expected one or two strands"
            )
        # a window on the reverse strand is read from there: its first strand is the genome's second
        by_window = values.reshape(len(gindexer), -1, strands).copy()
        reverse = gindexer.strand == STRANDS.index("-")
        by_window[reverse] = by_window[reverse][..., ::-1]
        for i, strand in enumerate(_BY_STRAND):
            apart[*key[:2], f"{key[2]}.{strand}"] = {**result, "value": by_window[..., i].ravel()}
    return apart


def _values(
    exporter: str, gindexer: GenomicIndexer, resolution: int | None, results: Results
) -> tuple[dict[Key, NDArray[Any]], pd.DataFrame]:
    """Return key -> values of shape (window x bin,), NaN where undefined, and the places of these."""
    known = {key: result["value"] for key, result in results.items() if not is_undefined(result["value"])}
    values = {key: vector(exporter, key, value) for key, value in known.items()}
    bins = {_bins_a_window(exporter, gindexer, resolution, key, len(own)): key for key, own in values.items()}
    if len(bins) > 1:
        (n, one), (m, other) = list(bins.items())[:2]
        raise DataError(f"{exporter}: {n} values a window for {named(one)}, but {m} for {named(other)}")
    count = next(iter(bins), 1)
    missing = np.full(count * len(gindexer), np.nan)
    return {key: values.get(key, missing) for key in results}, _places(gindexer, count)


def _places(gindexer: GenomicIndexer, bins: int) -> pd.DataFrame:
    """Return a row a bin, sorted: chrom (categorical), start and end in bp, strand, and `at`, where its value is.

    Windows on the reverse strand are predicted from their end. A bin behind its region's or before the contig's
    start is cut, or left out where nothing remains.
    """
    step = (gindexer.end - gindexer.start)[:, None] if gindexer.windows.collapse else gindexer.binsize // bins
    start = gindexer.start[:, None] + step * np.arange(bins)
    end = np.minimum(start + step, gindexer.end[:, None])
    at = np.arange(len(gindexer) * bins).reshape(-1, bins)
    reverse = gindexer.strand == STRANDS.index("-")
    table = pd.DataFrame(
        {
            "chrom": pd.Categorical.from_codes(np.repeat(gindexer.chrom, bins).tolist(), pd.Index(gindexer.chroms)),
            "start": np.maximum(start, 0).ravel(),
            "end": end.ravel(),
            "strand": np.repeat(np.asarray(STRANDS, dtype=object)[gindexer.strand], bins),
            "at": np.where(reverse[:, None], at[:, ::-1], at).ravel(),
        }
    )
    return table[table["start"] < table["end"]].sort_values(["chrom", "start", "end"], kind="stable")


def _bins_a_window(exporter: str, gindexer: GenomicIndexer, resolution: int | None, key: Key, count: int) -> int:
    windows, binsize = len(gindexer), gindexer.binsize
    bins, rest = divmod(count, windows) if windows else (0, 1)
    if rest or not bins:
        raise DataError(f"{exporter}: {count} values for {named(key)} do not fit {windows} windows of {binsize} bp")
    if gindexer.windows.collapse:
        if bins != 1:
            raise DataError(f"{exporter}: {bins} values a window for {named(key)}; windows of any length have one")
        return bins
    if binsize % bins or (resolution is not None and binsize != bins * resolution):
        asked = "" if resolution is None else f" at resolution={resolution}"
        raise DataError(
            f"{exporter}: {bins} values a window for {named(key)} do not fit windows of {binsize} bp{asked}"
        )
    return bins


def _finite(places: pd.DataFrame, values: NDArray[Any]) -> pd.DataFrame:
    """Return the places whose value is finite, with the values as the column `value`."""
    table = places.assign(value=values[places["at"].to_numpy()])
    return table[np.isfinite(table["value"])]


def _tracks(rows: pd.DataFrame) -> Iterator[tuple[str, NDArray[Any], NDArray[Any], NDArray[Any]]]:
    for chrom, own in rows.groupby("chrom", observed=True):
        yield str(chrom), own["start"].to_numpy(), own["end"].to_numpy(), own["value"].to_numpy()


def _require_apart(table: pd.DataFrame) -> None:
    """Raise IntervalError where bins of sorted places overlap, also those without a value."""
    chrom, start, end = table["chrom"].cat.codes.to_numpy(), table["start"].to_numpy(), table["end"].to_numpy()
    overlap = np.flatnonzero((chrom[1:] == chrom[:-1]) & (start[1:] < end[:-1]))
    if len(overlap):
        i = int(overlap[0])
        place = f"{table['chrom'].iloc[i]}:{start[i]}-{end[i]}"
        raise IntervalError(
            f"ExportBigwig: the windows at {place} and {start[i + 1]}-{end[i + 1]} overlap; a bigWig needs windows "
            "that do not (stepsize of at least binsize), or use ExportBed"
        )
