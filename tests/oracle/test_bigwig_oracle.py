"""bigWig, read and written, against pyBigWig: in every type of section, whole and by place, in base pairs and bins."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pyBigWig
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangdan.errors import InputFileError, IntervalError, OptionError
from jangdan.formats.bigwig.reader import bigwig_sizes, read_bigwig
from jangdan.formats.bigwig.writer import write_bigwig

SIZES = {"chr2": 200_000, "chr1": 9_997, "bare": 50}
KINDS = ["bedgraph", "variable", "fixed"]


def write_reference(path: Path, kind: str, rng: np.random.Generator, *, missing: bool = True) -> Path:
    """Write a bigWig by pyBigWig, of one type of section, with gaps; the contig "bare" has no value."""
    with pyBigWig.open(str(path), "w") as out:
        out.addHeader(list(SIZES.items()))
        for chrom in ("chr2", "chr1"):
            size = SIZES[chrom]
            n = size // 60
            values = np.round(rng.normal(size=n), 2) if missing else np.arange(1, n + 1)
            if kind == "fixed":
                half = size // 2 // 7
                out.addEntries(chrom, 3, values=rng.normal(size=half - 5), span=5, step=7)
                out.addEntries(chrom, size // 2, values=rng.normal(size=half - 5), span=7, step=7)
                continue
            starts = np.sort(rng.choice(size - 40, n, replace=False))
            if kind == "variable":
                starts = starts[np.concatenate([[True], np.diff(starts) >= 5])]
                out.addEntries(chrom, starts, values=values[: len(starts)], span=5)
            else:
                ends = np.minimum(starts + rng.integers(1, 90, n), [*starts[1:], size])
                out.addEntries([chrom] * n, starts.tolist(), ends=ends.tolist(), values=values.tolist())
    return path


@pytest.fixture(params=KINDS)
def bigwig(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_reference(tmp_path / "s.bw", request.param, np.random.default_rng(5))


def reference(path: Path) -> dict[str, np.ndarray]:
    with pyBigWig.open(str(path)) as opened:
        return {c: opened.values(c, 0, n, numpy=True).astype(np.float32) for c, n in opened.chroms().items()}


def whole(path: Path, **options: object) -> dict[str, np.ndarray]:
    pieces = list(read_bigwig(path, **options))
    assert all(start == 0 for _, start, _ in pieces)
    return {chrom: values for chrom, _, values in pieces}


def test_contigs_and_bases_are_those_of_pybigwig(bigwig: Path) -> None:
    expected = reference(bigwig)
    assert bigwig_sizes(bigwig) == SIZES
    assert list(bigwig_sizes(bigwig)) == list(SIZES)
    found, filled = whole(bigwig, nan_to_num=False), whole(bigwig)
    assert {chrom: v.shape for chrom, v in found.items()} == {c: (n, 1) for c, n in SIZES.items()}
    for chrom, values in expected.items():
        assert found[chrom].dtype == np.float32
        np.testing.assert_array_equal(found[chrom][:, 0], values)
        np.testing.assert_array_equal(filled[chrom][:, 0], np.nan_to_num(values))


@pytest.mark.parametrize("resolution", [7, 10, 1000, 300_000])
@pytest.mark.parametrize("collapser", ["mean", "sum", "max", "min"])
def test_bins_are_those_of_numpy(bigwig: Path, collapser: str, resolution: int) -> None:
    filled, sparse = getattr(np, collapser), getattr(np, f"nan{collapser}")
    found = whole(bigwig, resolution=resolution, collapser=collapser)
    known = whole(bigwig, resolution=resolution, collapser=collapser, nan_to_num=False)
    for chrom, bases in reference(bigwig).items():
        bins = [bases[i : i + resolution].astype(float) for i in range(0, len(bases), resolution)]
        expected = [filled(np.nan_to_num(b)) for b in bins]
        np.testing.assert_allclose(found[chrom][:, 0], expected, rtol=1e-5, atol=1e-6)
        expected = [np.nan if np.isnan(b).all() else sparse(b) for b in bins]
        np.testing.assert_allclose(known[chrom][:, 0], expected, rtol=1e-5, atol=1e-6)


def test_a_function_collapses_too(bigwig: Path) -> None:
    found = whole(bigwig, resolution=30, collapser=lambda bins: np.quantile(bins, 0.5, axis=1))
    for chrom, bases in reference(bigwig).items():
        expected = [np.median(np.nan_to_num(bases[i : i + 30])) for i in range(0, len(bases), 30)]
        np.testing.assert_allclose(found[chrom][:, 0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("resolution", [1, 10])
def test_stretches_are_those_of_pybigwig(bigwig: Path, resolution: int) -> None:
    rng = np.random.default_rng(6)
    expected = whole(bigwig, resolution=resolution, nan_to_num=False)
    pieces = 0
    for _ in range(20):
        roi = {}
        for chrom, size in (*SIZES.items(), ("other", 5000)):
            marks = np.unique(rng.integers(0, size // resolution + 5, 6))
            roi[chrom] = marks[: len(marks) // 2 * 2].reshape(-1, 2) * resolution
        seen: dict[str, list[tuple[int, int]]] = {chrom: [] for chrom in SIZES}
        for chrom, start, values in read_bigwig(bigwig, resolution=resolution, nan_to_num=False, roi=roi):
            first = start // resolution
            np.testing.assert_array_equal(values, expected[chrom][first : first + len(values)])
            seen[chrom].append((start, start + len(values) * resolution))
            pieces += start > 0
        for chrom, size in SIZES.items():
            for low, high in roi[chrom].tolist():
                inside = min(high, size)
                assert low >= size or any(a <= low and inside <= b for a, b in seen[chrom]), (chrom, low, high)
    assert pieces > 10


def test_zeros_and_infinities_and_missing_values_are_kept(tmp_path: Path) -> None:
    with pyBigWig.open(str(tmp_path / "odd.bw"), "w") as out:
        out.addHeader([("a", 100)])
        out.addEntries(["a"] * 3, [0, 10, 20], ends=[10, 20, 30], values=[0.0, np.inf, -0.5])
    np.testing.assert_array_equal(
        whole(tmp_path / "odd.bw", nan_to_num=False)["a"][:, 0], reference(tmp_path / "odd.bw")["a"]
    )


def test_a_file_without_data_has_contigs_and_gaps(tmp_path: Path) -> None:
    with pyBigWig.open(str(tmp_path / "none.bw"), "w") as out:
        out.addHeader([("a", 100)])
    assert np.isnan(whole(tmp_path / "none.bw", nan_to_num=False)["a"]).all()


def test_both_byte_orders_and_uncompressed_blocks_are_read(tmp_path: Path) -> None:
    for order in "<>":
        for compressed in (True, False):
            path = tmp_path / f"{ord(order)}{compressed}.bw"
            path.write_bytes(_by_hand(order, compressed=compressed))
            found = whole(path, nan_to_num=False)["chrZ"][:, 0]
            expected = np.full(90, np.nan)
            expected[10:20], expected[40:43] = 1.5, -2
            np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(reference(tmp_path / "60True.bw")["chrZ"], expected)


def _by_hand(order: str, *, compressed: bool) -> bytes:
    """Return the bytes of a bigWig of one contig and one bedGraph section, put together after UCSC's description."""
    section = struct.pack(order + "IIIIIBBH", 0, 10, 43, 0, 0, 1, 0, 2)
    section += struct.pack(order + "IIf", 10, 20, 1.5) + struct.pack(order + "IIf", 40, 43, -2.0)
    block = zlib.compress(section) if compressed else section
    tree = struct.pack(order + "IIIIQQ", 0x78CA8C91, 1, 4, 8, 1, 0)
    tree += struct.pack(order + "BBH", 1, 0, 1) + b"chrZ" + struct.pack(order + "II", 0, 90)
    data = 64 + len(tree)
    index = data + 8 + len(block)
    rtree = struct.pack(order + "IIQIIIIQII", 0x2468ACE0, 256, 1, 0, 10, 0, 43, index, 1, 0)
    rtree += struct.pack(order + "BBH", 1, 0, 1) + struct.pack(order + "IIIIQQ", 0, 10, 0, 43, data + 8, len(block))
    size = len(section) if compressed else 0
    head = struct.pack(order + "IHHQQQHHQQIQ", 0x888FFC26, 4, 0, 64, data, index, 0, 0, 0, 0, size, 0)
    return head + tree + struct.pack(order + "Q", 1) + block + rtree + head[:4]


def test_a_bigbed_and_another_kind_of_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bb").write_bytes((0x8789F2EB).to_bytes(4, "little") + bytes(100))
    with pytest.raises(InputFileError, match="is a bigBed"):
        bigwig_sizes(tmp_path / "a.bb")
    (tmp_path / "a.bw").write_text("chr1\t1\t2\t3\n" * 20)
    with pytest.raises(InputFileError, match="is not a bigWig"):
        bigwig_sizes(tmp_path / "a.bw")


def test_an_unknown_collapser_is_named(bigwig: Path) -> None:
    with pytest.raises(OptionError, match="collapser='median'"):
        list(read_bigwig(bigwig, resolution=10, collapser="median"))


@st.composite
def tracks(draw: st.DrawFn) -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Draw stretches that do not overlap, in any order, of equal or of any width."""
    made = []
    for chrom in draw(st.permutations(["chr2", "chr1"])):
        n = draw(st.integers(0, 2500))
        rng = np.random.default_rng(draw(st.integers(0, 999)))
        width = rng.integers(1, 4, n) if draw(st.booleans()) else np.full(n, 2)
        gap = rng.integers(0, 2, n) if draw(st.booleans()) else np.zeros(n, dtype=int)
        ends = np.cumsum(width + gap)
        levels = rng.normal(size=5).astype(np.float32) if draw(st.booleans()) else np.arange(n)
        values = rng.choice(levels, n) if n else np.zeros(0)
        values = np.where(rng.random(n) < draw(st.sampled_from([0, 0.1, 1])), np.nan, values)
        cut = draw(st.integers(0, n))
        parts = [(chrom, ends[s] - width[s], ends[s], values[s]) for s in (slice(cut, None), slice(cut))]
        made += parts
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tracks=tracks())
def test_what_is_written_is_read(tmp_path: Path, tracks: list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]) -> None:
    expected = {chrom: np.full(size, np.nan, dtype=np.float32) for chrom, size in SIZES.items()}
    for chrom, starts, ends, values in tracks:
        for start, end, value in zip(starts, ends, values, strict=True):
            expected[chrom][start:end] = value
    write_bigwig(tmp_path / "w.bw", SIZES, tracks)
    found = whole(tmp_path / "w.bw", nan_to_num=False)
    for chrom, values in reference(tmp_path / "w.bw").items():
        np.testing.assert_array_equal(values, expected[chrom])
        np.testing.assert_array_equal(found[chrom][:, 0], expected[chrom])


def test_zoom_levels_and_summary_are_those_of_numpy(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=500_000).astype(np.float32)
    values[rng.random(500_000) < 0.1] = np.nan
    starts = np.arange(500_000) * 20
    write_bigwig(tmp_path / "z.bw", {"other": 10, "a": 10_000_000}, [("a", starts, starts + 20, values)])
    bases = np.repeat(values, 20).astype(float)
    with pyBigWig.open(str(tmp_path / "z.bw")) as written:
        head = written.header()
        assert head["nLevels"] >= 5
        assert head["nBasesCovered"] == np.isfinite(bases).sum()
        assert written.isBigWig()
        # windows whose bounds are those of zoom records, so that what pyBigWig takes from these is exact
        n, width = 5, 400 * 4**5 * 4
        for kind, numpys in (("max", np.nanmax), ("min", np.nanmin), ("mean", np.nanmean), ("std", np.nanstd)):
            found = written.stats("a", 0, n * width, nBins=n, type=kind)
            expected = [numpys(bases[i * width : (i + 1) * width]) for i in range(n)]
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_very_many_contigs_are_found_by_name(tmp_path: Path) -> None:
    sizes = {f"scaffold_{i}": 10 + i for i in np.random.default_rng(0).permutation(1000).tolist()}
    tracks = [(name, np.array([1]), np.array([size]), np.array([size])) for name, size in sizes.items()]
    write_bigwig(tmp_path / "many.bw", sizes, reversed(tracks))
    assert bigwig_sizes(tmp_path / "many.bw") == sizes
    with pyBigWig.open(str(tmp_path / "many.bw")) as written:
        assert dict(written.chroms()) == sizes
        assert all(written.values(name, size - 1, size) == [size] for name, size in sizes.items())


def test_a_track_without_any_value_is_a_file_of_gaps(tmp_path: Path) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    write_bigwig(tmp_path / "none.bw", SIZES, [("chr1", nothing, nothing, nothing)])
    assert bigwig_sizes(tmp_path / "none.bw") == SIZES
    assert all(np.isnan(values).all() for values in whole(tmp_path / "none.bw", nan_to_num=False).values())


@pytest.mark.parametrize(
    ("starts", "ends", "message"),
    [
        ([0, 5], [10, 15], "overlap"),
        ([0, 95], [10, 105], "past the chromosome"),
        ([-5, 10], [5, 20], "past the chromosome"),
        ([0, 20], [10, 20], "is empty"),
    ],
)
def test_windows_that_cannot_be_are_refused(tmp_path: Path, starts: list[int], ends: list[int], message: str) -> None:
    with pytest.raises(IntervalError, match=message):
        write_bigwig(tmp_path / "w.bw", {"a": 100}, [("a", np.array(starts), np.array(ends), np.ones(2))])
    with pytest.raises(IntervalError, match="'b'"):
        write_bigwig(tmp_path / "w.bw", {"a": 100}, [("b", np.array([0]), np.array([5]), np.ones(1))])
    assert not (tmp_path / "w.bw").exists()


@pytest.mark.real
def test_the_yeast_signals_are_those_of_pybigwig(yeast: Path) -> None:
    paths = sorted((yeast / "signal").glob("*.bw"))
    assert paths
    for path in paths:
        found = whole(path, nan_to_num=False)
        for chrom, values in reference(path).items():
            np.testing.assert_array_equal(found[chrom][:, 0], values)
