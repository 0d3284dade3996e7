"""Overlap with a mask, against bedtools and a loop over bases; where the bins of an array lie."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangdan.errors import ContigError, DataError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.genome.intervals import Intervals
from jangdan.normalize.bin_positions import Places, places_of
from jangdan.normalize.mask import Mask
from jangdan.normalize.normalizers import RegionLengthNormalization, Rpkm, Tpm, from_states
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray

EXONS = [Interval("chr1", 100, 200, "+"), Interval("chr1", 150, 300, "-"), Interval("chr1", 900, 1000)]
GENES = Places.of_regions(
    Contigs.of_names(["chr1", "chr2"]), np.array([0, 0, 1]), np.array([50, 250, 0]), np.array([250, 950, 400])
)
BASES = [150, 100, 0]
_stretch = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1]))


@given(mask=st.lists(_stretch, min_size=1, max_size=8), bins=st.lists(_stretch, min_size=1, max_size=8))
def test_bases_in_the_mask_equal_a_loop(mask: list, bins: list) -> None:
    start, end = np.array(bins).T - 5  # some begin before the contig
    places = Places.of_regions(Contigs.of_names(["c"]), np.zeros(len(bins), dtype=np.int64), start, end)
    expected = [sum(any(s <= p < e for s, e in mask) for p in range(a, b)) for a, b in zip(start, end, strict=True)]
    found = Mask.of([Interval("c", s, e) for s, e in mask]).bases(places)
    np.testing.assert_array_equal(found, expected)


def test_bases_in_the_mask_equal_bedtools(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    for name, n in (("mask", 400), ("regions", 300)):
        chrom, start = rng.integers(1, 4, n), rng.integers(0, 100_000, n)
        rows = [f"chr{c}\t{s}\t{s + w}" for c, s, w in zip(chrom, start, rng.integers(1, 3000, n), strict=True)]
        (tmp_path / f"{name}.bed").write_text("\n".join(rows) + "\n")
    command = ["bedtools", "coverage", "-a", tmp_path / "regions.bed", "-b", tmp_path / "mask.bed"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    indexer = GenomicIndexer.create_from_file(str(tmp_path / "regions.bed"), collapse=True)
    places = Places.of_regions(indexer.contigs, indexer.chrom, indexer.start, indexer.end)
    expected = [int(line.split("\t")[4]) for line in lines]
    np.testing.assert_array_equal(Mask.of(tmp_path / "mask.bed").bases(places), expected)
    as_indexer = GenomicIndexer.create_from_file(str(tmp_path / "mask.bed"), collapse=True, flank=500)
    np.testing.assert_array_equal(Mask.of(as_indexer).bases(places), expected)


def test_only_bases_in_the_mask_count_as_length() -> None:
    values = np.array([30.0, 10.0, 5.0]).reshape(3, 1, 1)
    normalizer = RegionLengthNormalization(EXONS)
    with pytest.warns(UserWarning, match="1 of 3 regions have no base in the regionmask"):
        normalizer.fit(values, GENES)
    np.testing.assert_allclose(normalizer.transform(values, GENES).ravel(), [30 / 0.15, 10 / 0.1, 0])
    tpm, rpkm = Tpm(EXONS), Rpkm(EXONS)
    for chosen in (tpm, rpkm):
        with pytest.warns(UserWarning, match="no base"):
            chosen.fit(values, GENES)
    np.testing.assert_allclose(tpm.transform(values, GENES).ravel(), [2e6 / 3, 1e6 / 3, 0])
    np.testing.assert_allclose(rpkm.transform(values, GENES).ravel(), [200 / 45e-6, 100 / 45e-6, 0])
    (again,) = from_states([tpm.state()])
    np.testing.assert_array_equal(again.transform(values, GENES), tpm.transform(values, GENES))


def test_without_a_mask_the_whole_region_counts() -> None:
    values = np.array([30.0, 10.0, 5.0]).reshape(3, 1, 1)
    result = RegionLengthNormalization().transform(values, GENES)
    np.testing.assert_allclose(result.ravel(), [30 / 0.2, 10 / 0.7, 5 / 0.4])


def test_padding_lies_in_no_mask() -> None:
    assert Mask.of(EXONS).bases(Places.nowhere(50)).tolist() == [0]


@given(st.lists(_stretch, min_size=1, max_size=6), st.integers(1, 7))
@settings(deadline=None)
def test_bins_of_an_array_lie_where_its_layout_says(stretches: list, resolution: int) -> None:
    sizes = {"a": 90, "b": 100}
    indexer = GenomicIndexer.create_from_file([Interval("b", s, e) for s, e in stretches], collapse=True)
    roi = Intervals.of_table(indexer.to_table(), Contigs.of_sizes(sizes))
    layout = Layout.of_intervals(roi, resolution)
    array = GenomicArray.empty(layout, ("x",))
    wanted = sorted({p // resolution for s, e in stretches for p in range(s, e)})
    contigs, chrom, start, end = places_of(array).bounds()
    assert {contigs.names[c] for c in chrom} == {"b"}
    assert (start // resolution).tolist() == wanted
    assert set(end - start) == {resolution} == {places_of(array).length}
    last = places_of(array, slice(2, None)).bounds()
    np.testing.assert_array_equal(last[2], start[2:])
    some = places_of(array, np.array([0, len(start) - 1])).bounds()
    np.testing.assert_array_equal(some[2], start[[0, -1]])


def test_regions_have_a_length_each_or_bins() -> None:
    chrom, start = np.zeros(3, dtype=np.int64), np.array([7, 100, 300])
    genes = RegionArray(
        Contigs.of_names(["a"]), chrom, start, start + np.array([10, 20, 30]), np.zeros((3, 1, 1)), ("x",)
    )
    np.testing.assert_array_equal(places_of(genes).length, [10, 20, 30])
    assert places_of(genes, slice(1, 2)).length == 20
    binned = RegionArray(Contigs.of_names(["a"]), chrom, start, start + 20, np.zeros((6, 1, 1)), ("x",), {}, 2)
    places = places_of(binned, slice(1, 4))
    assert places.length == 10
    assert places.bounds()[2].tolist() == [17, 100, 110]


def test_mistakes_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.bed").write_text("")
    with pytest.raises(DataError, match=r"empty.bed.*holds no region"):
        RegionLengthNormalization(str(tmp_path / "empty.bed"))
    with pytest.raises(ContigError, match=r"regionmask: lies on '1', .*, and the dataset on 'chr1'"):
        RegionLengthNormalization([Interval("1", 0, 10)]).transform(np.ones((3, 1, 1)), GENES)
    table = GenomicIndexer.create_from_file(EXONS, collapse=True).to_table()
    table["end"] -= 500
    with pytest.raises(OptionError, match=r"row 0 .*start < end"):
        Mask.of(table)
    state = RegionLengthNormalization(EXONS).state()
    for broken in ("x", {"chr1": [[5, 1]]}, {"chr1": [1, 2]}, {"chr1": [["a", "b"]]}, {"chr1": [[1], [1, 2]]}):
        with pytest.raises(DataError, match="regionmask"):
            from_states([{**state, "regionmask": broken}])
