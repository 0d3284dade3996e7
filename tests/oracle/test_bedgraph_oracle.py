"""bedGraph signals and collapsers against a naive loop, numpy and bedtools, on random and drawn input."""

import gzip
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangdan.errors import DataError, InputFileError, JangdanError, OptionError
from jangdan.formats.bedgraph import read_bedgraph_pieces
from jangdan.formats.collapse import collapse, collapse_stretches

SIZES = {"chr1": 300, "chr2": 151, "empty": 70}
Row = tuple[str, int, int, float]
NUMPY: dict[str, Callable[[Any], Any]] = {"mean": np.mean, "sum": np.sum, "max": np.max, "min": np.min}


def _random_rows(rng: np.random.Generator, *, shuffled: bool = True) -> list[Row]:
    """Return rows apart from each other, some of them end to end; values are exact in float32."""
    rows: list[Row] = []
    for chrom in ("chr1", "chr2"):
        bounds = np.sort(rng.choice(SIZES[chrom] + 1, 40, replace=False)).tolist()
        kept = rng.random(39) < 0.7
        spans = zip(bounds[:-1], bounds[1:], kept, strict=True)
        rows += [(chrom, low, high, int(rng.integers(-40, 40)) / 8) for low, high, keep in spans if keep]
    if shuffled:
        rows = [rows[i] for i in rng.permutation(len(rows))]
    return rows


def _text(rows: Sequence[Row]) -> str:
    return "".join(f"{c}\t{s}\t{e}\t{v!r}\n" for c, s, e, v in rows)


def _bases(rows: Sequence[Row], sizes: dict[str, int], gap: float) -> dict[str, np.ndarray]:
    signal = {chrom: np.full(size, gap) for chrom, size in sizes.items()}
    for chrom, start, end, value in rows:
        if chrom in sizes:
            for place in range(start, end):
                signal[chrom][place] = value
    return signal


def _naive_bins(bases: np.ndarray, resolution: int, reduce: Callable[[Any], Any]) -> list[float]:
    """Reduce bin by bin, without the bases that are NaN."""
    bins = []
    for start in range(0, len(bases), resolution):
        known = [b for b in bases[start : start + resolution].tolist() if not np.isnan(b)]
        bins.append(float(reduce(known)) if known else np.nan)
    return bins


def _read(path: Path, sizes: dict[str, int] = SIZES, **options: Any) -> dict[str, np.ndarray]:
    pieces = list(read_bedgraph_pieces(path, chromsizes=sizes, **options))
    assert [(chrom, start) for chrom, start, _ in pieces] == [(chrom, 0) for chrom in sizes]
    assert all(values.dtype == np.float32 and values.shape[1] == 1 for _, _, values in pieces)
    return {chrom: values[:, 0] for chrom, _, values in pieces}


@pytest.mark.parametrize("collapser", list(NUMPY))
@pytest.mark.parametrize("nan_to_num", [True, False])
@pytest.mark.parametrize("resolution", [1, 7, 50, 1000])
def test_unsorted_rows_are_read_as_by_a_naive_loop(
    tmp_path: Path, collapser: str, nan_to_num: bool, resolution: int
) -> None:
    rows = [*_random_rows(np.random.default_rng(resolution)), ("unknown", 0, 9, 1.0)]
    (tmp_path / "a.bedGraph").write_text("track type=bedGraph\n# note\n" + _text(rows))
    found = _read(tmp_path / "a.bedGraph", resolution=resolution, collapser=collapser, nan_to_num=nan_to_num)
    for chrom, bases in _bases(rows, SIZES, 0.0 if nan_to_num else np.nan).items():
        np.testing.assert_allclose(found[chrom], _naive_bins(bases, resolution, NUMPY[collapser]), rtol=1e-6)


@pytest.mark.parametrize("operation", ["mean", "sum", "max", "min"])
def test_bins_are_those_of_bedtools_map(tmp_path: Path, operation: str) -> None:
    """With bins of whole rows only, so that bedtools counts each row alike: rows of 5 bp, bins of 20 bp."""
    rng = np.random.default_rng(3)
    rows = [("chr1", s, s + 5, int(rng.integers(-40, 40)) / 8) for s in range(0, 300, 5) if rng.random() < 0.5]
    (tmp_path / "a.bedgraph").write_text(_text(rows))
    bins = "".join(f"chr1\t{s}\t{s + 20}\n" for s in range(0, 300, 20))
    (tmp_path / "bins.bed").write_text(bins)
    command = ["bedtools", "map", "-a", "bins.bed", "-b", "a.bedgraph", "-c", "4", "-o", operation, "-null", "nan"]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    expected = np.array([float(line.split("\t")[3]) for line in out.splitlines()])
    options = {"resolution": 20, "collapser": operation, "nan_to_num": False}
    found = _read(tmp_path / "a.bedgraph", {"chr1": 300}, **options)["chr1"]
    # a row counts once in bedtools, and once a base here
    np.testing.assert_allclose(found, expected * (5 if operation == "sum" else 1), rtol=1e-5)


def test_compression_and_line_order_do_not_matter(tmp_path: Path) -> None:
    rows = _random_rows(np.random.default_rng(5))
    (tmp_path / "plain.bdg").write_text(_text(sorted(rows)))
    (tmp_path / "a.bedgraph.gz").write_bytes(gzip.compress(_text(rows).encode()))
    with pysam.BGZFile(str(tmp_path / "b.bg.gz"), "wb") as out:
        out.write(_text(rows[::-1]).encode())
    expected = _bases(rows, SIZES, 0.0)
    for name in ("plain.bdg", "a.bedgraph.gz", "b.bg.gz"):
        found = _read(tmp_path / name)
        assert {chrom: values.tolist() for chrom, values in found.items()} == {
            c: b.tolist() for c, b in expected.items()
        }


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 29), st.integers(1, 12), st.integers(-99, 99))),
    resolution=st.integers(1, 40),
    collapser=st.sampled_from(list(NUMPY)),
    nan_to_num=st.booleans(),
)
def test_drawn_rows_are_read_or_their_overlap_is_refused(
    spans: list[tuple[str, int, int, int]], resolution: int, collapser: str, nan_to_num: bool
) -> None:
    sizes = {"a": 30, "b": 33}
    rows = [(chrom, s, min(s + n, 30), float(v)) for chrom, s, n, v in spans]
    covered = [(chrom, place) for chrom, s, e, _ in rows for place in range(s, e)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.bedgraph"
        path.write_text(_text(rows))
        options = {"resolution": resolution, "collapser": collapser, "nan_to_num": nan_to_num}
        if len(set(covered)) < len(covered):
            with pytest.raises(InputFileError, match="overlap"):
                _read(path, sizes, **options)
            return
        found = _read(path, sizes, **options)
    for chrom, bases in _bases(rows, sizes, 0.0 if nan_to_num else np.nan).items():
        np.testing.assert_allclose(found[chrom], _naive_bins(bases, resolution, NUMPY[collapser]), rtol=1e-6)


def _median(bins: np.ndarray) -> np.ndarray:
    return np.median(bins, axis=1)


def test_a_function_is_given_each_bin_once_with_its_gaps(tmp_path: Path) -> None:
    rows = _random_rows(np.random.default_rng(6))
    (tmp_path / "a.bedgraph").write_text(_text(rows))
    for function in (_median, np.median, np.ptp):
        found = _read(tmp_path / "a.bedgraph", resolution=40, collapser=function)
        reduce = np.ptp if function is np.ptp else np.median
        for chrom, bases in _bases(rows, SIZES, 0.0).items():
            expected = [reduce(bases[s : s + 40]) for s in range(0, SIZES[chrom], 40)]
            np.testing.assert_allclose(found[chrom], expected, rtol=1e-6)
    with pytest.raises(DataError, match="collapser"):
        _read(tmp_path / "a.bedgraph", resolution=40, collapser=lambda bins: bins.mean())
    with pytest.raises(OptionError, match="collapser='median'"):
        _read(tmp_path / "a.bedgraph", resolution=40, collapser="median")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chr1\t1\t9\t1\nchr2\t1\t2\t5\nchr1\t8\t10\t2.5\n", r"chr1:1-9 \(1\) and chr1:8-10 \(2\.5\) overlap"),
        ("chr1\t5\t6\t1\nchr1\t0\t100\t2\n", r"chr1:0-100 \(2\) and chr1:5-6 \(1\) overlap"),
        ("chr1\t1\t9\t1\nchr1\t1\t9\t1\n", "overlap"),
        ("chrOther\t1\t9\t1\nchrOther\t1\t9\t1\n", "overlap"),
        ("chr1\t1\t9\tnan\n", "nan"),
        ("chr1\t1\t9\tinf\n", "chr1:1-9 holds inf"),
        ("chr1\t1\t9\t-inf\n", "chr1:1-9 holds -inf"),
        ("chr1\t1\t9\t1e300\n", "finite float32"),
        ("chr1\t1\t9\tx\n", "'x'"),
        ("chr1\t1\t9\n", "number"),
        ("chr1\t290\t301\t1\n", "chr1:290-301 reaches past the end of chr1, 300 bp"),
        ("chr1\t9\t9\t1\n", "line 1"),
    ],
)
def test_bad_rows_are_refused_before_any_value_goes_out(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.bedgraph").write_text(text)
    with pytest.raises(InputFileError, match=rf"a\.bedgraph.*{said}"):
        next(read_bedgraph_pieces(tmp_path / "a.bedgraph", chromsizes=SIZES))


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(_text(_random_rows(np.random.default_rng(7))).encode())
    for place in (1, 5, 12, len(whole) // 2, len(whole) - 5):
        (tmp_path / "a.bedgraph.gz").write_bytes(whole[:place])
        with pytest.raises(JangdanError, match=r"a\.bedgraph\.gz"):
            _read(tmp_path / "a.bedgraph.gz")


@settings(max_examples=80, deadline=None)
@given(data=st.data(), dtype=st.sampled_from([np.uint8, np.int32, np.float32]), skip_nan=st.booleans())
def test_drawn_stretches_are_collapsed_as_by_numpy(data: st.DataObject, dtype: Any, skip_nan: bool) -> None:
    size, strands = data.draw(st.integers(0, 30)), data.draw(st.integers(1, 2))
    collapser = data.draw(st.sampled_from(list(NUMPY)))
    seed = data.draw(st.integers(0, 99))
    values = np.random.default_rng(seed).integers(0, 200, (size, strands)).astype(dtype)
    if skip_nan and dtype is np.float32:
        values[np.random.default_rng(seed).random(values.shape) < 0.4] = np.nan
    bound = st.integers(-10, 40)
    pairs = data.draw(st.lists(st.tuples(bound, bound).map(sorted).filter(lambda p: p[0] < p[1]), max_size=12))
    start, end = (np.array([p[i] for p in pairs], dtype=np.int64) for i in (0, 1))
    found = collapse_stretches(values, start, end, collapser, skip_nan=skip_nan)
    assert found.shape == (len(pairs), strands)
    for row, (low, high) in zip(found, pairs, strict=True):
        for strand in range(strands):
            inside = values[max(low, 0) : max(high, 0), strand].astype(float)
            known = inside[~np.isnan(inside)]
            expected = NUMPY[collapser](known) if len(known) else (np.nan if len(inside) else 0)
            np.testing.assert_allclose(row[strand], expected, rtol=1e-6)


@pytest.mark.parametrize("function", [np.median, _median, np.max])
def test_functions_collapse_stretches_and_bins_alike(function: Any) -> None:
    values = np.random.default_rng(8).random((95, 2))
    start = np.arange(0, 95, 10)
    bins = collapse(values, 10, function)
    np.testing.assert_array_equal(collapse_stretches(values, start, start + 10, function), bins)
    np.testing.assert_array_equal(
        bins, [getattr(np, function.__name__.strip("_"))(values[s : s + 10], 0) for s in start]
    )
    outside = collapse_stretches(values, np.array([-9, 95, -5]), np.array([-1, 99, 1]), function)
    np.testing.assert_array_equal(outside, [[0, 0], [0, 0], values[0]])
