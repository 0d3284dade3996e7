"""Cover.create_from_bed: each mode, and minoverlap against bedtools."""

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangdan.data import Cover, Interval
from jangdan.datasets.regions import RegionSource
from jangdan.datasets.sources import StrandSource
from jangdan.errors import DataError, InputFileError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals

SIZES = {"chr1": 2000, "chr2": 900}
ROWS = [
    ("chr1", 100, 160, "promoter", 3, "+"),
    ("chr1", 150, 230, "enhancer", 1, "-"),
    ("chr1", 405, 406, "promoter", 2, "."),
    ("chr2", 0, 200, "enhancer", 3, "."),
]
ROI = [Interval("chr1", 0, 600), Interval("chr2", 0, 400)]


@pytest.fixture
def bed(tmp_path: Path) -> str:
    path = tmp_path / "f.bed"
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in ROWS))
    return str(path)


def _cover(bed: str, **options: Any) -> Cover:
    return Cover.create_from_bed("c", bed, **{"roi": ROI, "binsize": 200, "resolution": None} | options)


def test_binary_is_one_where_a_region_lies(bed: str) -> None:
    assert _cover(bed).shape == (5, 1, 1, 1)
    assert _cover(bed)[:].ravel().tolist() == [1, 1, 1, 1, 0]


def test_score_is_the_largest_by_default(bed: str) -> None:
    assert _cover(bed, mode="score")[:].ravel().tolist() == [3, 1, 2, 3, 0]


def test_score_by_base_and_collapsed(bed: str) -> None:
    bases = np.zeros(600)
    bases[150:230], bases[100:160], bases[405] = 1, 3, 2
    np.testing.assert_array_equal(_cover(bed, mode="score", resolution=1)[:3].ravel(), bases)
    expected = bases.reshape(-1, 50)
    for name, function in {"sum": np.sum, "mean": np.mean, "max": np.max}.items():
        found = [_cover(bed, mode="score", resolution=50, collapser=c)[:3].ravel() for c in (name, function)]
        np.testing.assert_allclose(found, [function(expected, axis=1)] * 2, rtol=1e-6)


def test_a_function_of_three_axes_collapses(bed: str) -> None:
    def spread(values: np.ndarray) -> np.ndarray:
        assert values.ndim == 3
        return values.max(axis=1) - values.min(axis=1)

    found = _cover(bed, mode="score", resolution=50, collapser=spread)[:3].ravel()
    assert found.tolist() == [0, 0, 0, 2, 1, 0, 0, 0, 2, 0, 0, 0]
    assert _cover(bed, mode="score", collapser=spread)[:].ravel().tolist() == [3, 1, 2, 0, 0]


def test_categorical_is_one_hot_of_whole_scores(bed: str) -> None:
    cover = _cover(bed, mode="categorical")
    assert cover.shape == (5, 1, 1, 4)
    assert cover.conditions == ("0", "1", "2", "3")
    assert cover[:, 0, 0].tolist() == [[0, 1, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_categories_of_scores_and_names(bed: str) -> None:
    scores = _cover(bed, mode="score_category")
    assert scores.conditions == ("1", "2", "3")
    assert scores[:, 0, 0].tolist() == [[1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    names = _cover(bed, mode="name_category", conditions=["E", "P"])
    assert names.conditions == ("E", "P")
    assert names[:, 0, 0].tolist() == [[1, 1], [1, 0], [0, 1], [1, 0], [0, 0]]


def test_bedgraph_is_the_fourth_column(tmp_path: Path) -> None:
    (tmp_path / "x.bedgraph").write_text("chr1\t200\t300\t-1.5\nchr1\t0\t100\t2.5\n")
    path = str(tmp_path / "x.bedgraph")
    options: dict[str, Any] = {"roi": [Interval("chr1", 0, 400)], "resolution": 100}
    assert Cover.create_from_bed("c", path, mode="bedgraph", collapser="mean", **options)[0].ravel().tolist() == [
        2.5, 0, -1.5, 0,
    ]  # fmt: skip
    assert Cover.create_from_bigwig("c", path, **options)[0].ravel().tolist() == [2.5, 0, -1.5, 0]
    (tmp_path / "x.bedgraph").write_text("chr1\t0\t100\t2.5\nchr1\t99\t300\t1\n")
    for read in (Cover.create_from_bigwig, lambda *a, **k: Cover.create_from_bed(*a, mode="bedgraph", **k)):
        with pytest.raises(InputFileError, match="overlap"):
            read("c", path, **options)


def test_features_of_a_gff(tmp_path: Path) -> None:
    (tmp_path / "g.gff3").write_text(
        "##gff-version 3\nchr1\tx\tgene\t101\t160\t.\t+\t.\tID=a\nchr1\tx\texon\t301\t310\t.\t+\t.\tID=b\n"
    )
    genes = Cover.create_from_bed("c", str(tmp_path / "g.gff3"), roi=ROI, binsize=200, resolution=None, feature="gene")
    assert genes[:].ravel().tolist() == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mode": "best"}, "mode='best'"),
        ({"minoverlap": 1.5}, "minoverlap=1.5"),
        ({"collapser": "median"}, "collapser='median'"),
        ({"anchor": "left"}, "anchor='left'"),
        ({"mode": "categorical", "conditions": ["a"]}, "found 4 classes"),
    ],
)
def test_wrong_options_name_the_argument(bed: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        _cover(bed, **options)


def test_categories_must_be_whole_numbers(tmp_path: Path) -> None:
    (tmp_path / "f.bed").write_text("chr1\t1\t5\ta\t1.5\n")
    with pytest.raises(DataError, match=r"whole|0, 1, 2"):
        _cover(str(tmp_path / "f.bed"), mode="categorical")


REGIONS = st.lists(st.tuples(st.integers(0, 899), st.integers(1, 150), st.integers(1, 9)), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(regions=REGIONS, minoverlap=st.sampled_from([None, 0.1, 0.25, 0.5, 1.0]), by_bin=st.booleans())
def test_minoverlap_is_that_of_bedtools(
    tmp_path: Path, regions: list[tuple[int, int, int]], minoverlap: float | None, by_bin: bool
) -> None:
    rows = [("chr2", s, min(s + n, 900), "x", score) for s, n, score in regions]
    (tmp_path / "f.bed").write_text("".join("\t".join(map(str, r)) + "\n" for r in rows))
    bins = [("chr2", s, s + 60) for s in range(0, 900, 60)]
    (tmp_path / "b.bed").write_text("".join("\t".join(map(str, b)) + "\n" for b in bins))
    fraction = [] if minoverlap is None else ["-f", str(minoverlap)]
    pairs = subprocess.run(
        ["bedtools", "intersect", "-wa", "-wb", "-a", tmp_path / "b.bed", "-b", tmp_path / "f.bed", *fraction],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    expected = dict.fromkeys((b[1] for b in bins), 0.0)
    for line in pairs.splitlines():
        fields = line.split("\t")
        expected[int(fields[1])] = max(expected[int(fields[1])], float(fields[7]))
    where: dict[str, Any] = (
        {"roi": [Interval("chr2", 0, 900)], "resolution": 60, "genomesize": SIZES}
        if by_bin
        else {"roi": str(tmp_path / "b.bed"), "resolution": None}
    )
    for mode in ("score", "binary"):
        cover = Cover.create_from_bed("c", str(tmp_path / "f.bed"), mode=mode, minoverlap=minoverlap, **where)
        want = list(expected.values()) if mode == "score" else [float(v > 0) for v in expected.values()]
        assert cover[:].ravel().tolist() == want


def test_one_strand_of_a_pair_counts_only_what_covers_enough_of_a_window(tmp_path: Path) -> None:
    (tmp_path / "minus.bed").write_text("chr1\t0\t40\nchr1\t100\t160\n")
    source = RegionSource(str(tmp_path / "minus.bed"), minoverlap=0.5)
    roi = Intervals.of(Contigs.of_sizes({"chr1": 500}), [0, 0, 0], [0, 100, 300], [100, 200, 400])
    ((here, values),) = StrandSource(source.path, source, 1).values_over(roi)
    # 40 % and 60 % of the first two windows are covered
    assert dict(zip(here.tolist(), values.tolist(), strict=True)) == {0: [0, 0], 1: [0, 1], 2: [0, 0]}
