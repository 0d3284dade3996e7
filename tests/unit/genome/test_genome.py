"""Windows, indexers and region operations against plain loops and bedtools; contig names."""

from pathlib import Path

import numpy as np
import pandas as pd
import pybedtools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jangdan.errors import ContigError, DataError, IntervalError, OptionError
from jangdan.formats.region_table import region_table
from jangdan.genome.contig_names import propose_aliases
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.genome.regions import extend, merge, require_inside, sort_regions, subtract, trim, with_split
from jangdan.genome.windows import Windows

SIZES = {"chr1": 5000, "chr2": 3000}


def _random(seed: int, n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 2800, n)
    return region_table(rng.choice(list(SIZES), n), start, start + rng.integers(1, 150, n))


def _bedtool(table: pd.DataFrame) -> pybedtools.BedTool:
    return pybedtools.BedTool.from_dataframe(table[["chrom", "start", "end"]]).sort()


def _rows(source: object) -> list[tuple[str, int, int]]:
    if isinstance(source, pd.DataFrame):
        return list(sort_regions(source, SIZES)[["chrom", "start", "end"]].itertuples(index=False, name=None))
    return [(r.chrom, r.start, r.end) for r in source]


@pytest.mark.parametrize("seed", range(4))
def test_merge_and_subtract_are_those_of_bedtools(seed: int) -> None:
    one, two = _random(seed), _random(seed + 100, 30)
    assert _rows(merge(one)) == _rows(_bedtool(one).merge())
    assert _rows(subtract(merge(one), two)) == _rows(_bedtool(one).merge().subtract(_bedtool(two)))


@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 60), st.booleans())
def test_windows_are_those_of_a_plain_loop(length: int, binsize: int, step: int, padded: bool) -> None:
    expected, at = [], 1000
    while at < 1000 + length:
        reaches_past = at + binsize > 1000 + length
        if reaches_past and not padded:
            break
        expected.append((at, min(at + binsize, 1000 + length)))
        if at + binsize >= 1000 + length:
            break
        at += step
        if not padded and at + binsize > 1000 + length:
            break
    windows = Windows(binsize, step, zero_padding=padded)
    _, start, end = windows.cut(np.array([1000]), np.array([1000 + length]))
    assert list(zip(start.tolist(), end.tolist(), strict=True)) == expected


def test_trim_extend_and_split() -> None:
    table = region_table(["chr1", "chr2"], [101, 2990], [199, 3000])
    assert _rows(trim(table, 50)) == []
    assert _rows(trim(table, 10)) == [("chr1", 110, 190), ("chr2", 2990, 3000)]
    assert _rows(extend(table, 500, SIZES)) == [("chr1", 0, 699), ("chr2", 2490, 3000)]
    assert with_split(table, {"test": ["chr2"]}, rest="train")["split"].tolist() == ["train", "test"]
    with pytest.raises(DataError, match=r"'validation'.*chr9"):
        with_split(table, {"validation": ["chr9"]}, rest="train")
    with pytest.raises(OptionError, match="both"):
        with_split(table, {"validation": ["chr1"], "test": ["chr1"]}, rest="train")


def test_regions_outside_are_named() -> None:
    with pytest.raises(IntervalError, match=r"a\.bed: region chr2:2990-3010"):
        require_inside(region_table(["chr2"], [2990], [3010]), SIZES, "a.bed")
    with pytest.raises(ContigError, match="'chr9'"):
        require_inside(region_table(["chr9"], [1], [2]), SIZES, "a.bed")


def test_an_indexer_maps_integers_to_windows(tmp_path: Path) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 400, "-"), Interval("chr2", 0, 200)], 200, flank=10)
    assert [str(i) for i in indexer] == ["chr1:-10-210:-", "chr1:190-410:-", "chr2:-10-210"]
    assert len(indexer.filter_by_region(include="chr1")) == 2
    assert indexer.idx_by_region(exclude=[Interval("chr1", 250, 260)]).tolist() == [0, 2]
    assert str(indexer.with_flank(0)[-1]) == "chr2:0-200"
    indexer.export_to_bed(tmp_path / "w.bed")
    assert len(pybedtools.BedTool(str(tmp_path / "w.bed"))) == 3
    with pytest.raises(IndexError):
        indexer[3]


def test_shuffling_repeats_with_its_seed() -> None:
    orders = [
        GenomicIndexer.create_from_file([Interval("chr1", 0, 4000)], 10, random_state=s).start.tolist()
        for s in (1, 1, 2)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2]) == list(range(0, 4000, 10))


ROMAN = {"chrI": 10, "chrII": 20, "chrIII": 30, "chrIV": 40, "chrX": 100, "chrM": 5}


@pytest.mark.parametrize(
    ("names", "genome", "expected"),
    [
        (["chr1", "chr4", "chr10"], ROMAN, {"chr1": "chrI", "chr4": "chrIV", "chr10": "chrX"}),
        (["I", "IV", "Mito"], ROMAN, {"I": "chrI", "IV": "chrIV", "Mito": "chrM"}),
        (["21", "X", "MT"], {"chr21": 1, "chrX": 2, "chr10": 3, "chrM": 4}, {"21": "chr21", "X": "chrX", "MT": "chrM"}),
        (["2-micron", "chrI"], ROMAN, {}),
    ],
)
def test_aliases_are_proposed(names: list[str], genome: dict[str, int], expected: dict[str, str]) -> None:
    assert propose_aliases(dict.fromkeys(names), genome) == expected


def test_no_alias_for_another_length() -> None:
    assert propose_aliases({"I": 11, "II": 20}, ROMAN) == {"II": "chrII"}


@pytest.mark.parametrize("text", ["chr1", "chr1:5", "chr1:9-5", "chr1:a-b"])
def test_a_region_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(IntervalError):
        Interval.parse(text)


def test_shuffling_is_drawn_from_a_seed_and_leaves_the_windows_alone() -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 4000)], 10)
    one, again, other = indexer.shuffle(1), indexer.shuffle(1), indexer.shuffle(2)
    assert one.start.tolist() == again.start.tolist() != other.start.tolist()
    assert sorted(one.start.tolist()) == indexer.start.tolist()
