"""What a script gives by mistake: regions that are not stored, sizes, scores, types; and what must not matter."""

import numpy as np
import pandas as pd
import pysam
import pytest

from jangdan.data import (
    Array,
    Bioseq,
    Cover,
    GenomicIndexer,
    Interval,
    NanToNumConverter,
    RandomSignalScale,
    ReduceDim,
    normalize_garray_tpm,
    plotGenomeTrack,
    view,
)
from jangdan.errors import JangdanError

SIZE = 2000


@pytest.fixture
def f(tmp_path):
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": c, "LN": SIZE} for c in ("chr1", "chr2")]}
    with pysam.AlignmentFile(str(tmp_path / "s.rep1.bam"), "wb", header=header) as out:
        for chrom in (0, 1):
            for start in range(0, 1900, 10):
                r = pysam.AlignedSegment(out.header)
                r.reference_id, r.reference_start, r.mapping_quality, r.cigarstring, r.query_name = (
                    chrom,
                    start,
                    30,
                    "30M",
                    "r",
                )
                out.write(r)
    (tmp_path / "roi.bed").write_text("chr1\t0\t400\nchr1\t1000\t1400\n")
    (tmp_path / "train.bed").write_text("chr1\t0\t400\n")
    (tmp_path / "test.bed").write_text("chr1\t1000\t1400\n")
    (tmp_path / "noscore.bed").write_text("chr1\t0\t400\n")
    (tmp_path / "words.bed").write_text("chr1\t0\t400\tx\thigh\t.\n")
    (tmp_path / "empty.bed").write_text("")
    (tmp_path / "binary.bed").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "genome.fa").write_text(">chr1\n" + "ACGT" * 500 + "\n")
    return tmp_path


def bam(f, roi="roi.bed", **o):
    return Cover.create_from_bam("c", str(f / "s.rep1.bam"), str(f / roi), **{"binsize": 200, **o})


@pytest.mark.parametrize("sizes", [{"chr1": 1100}, {"chr1": 9000, "chr2": 5}, {"chr2": 2000}])
def test_genomesize_says_nothing_of_parts_of_the_genome(f, sizes):
    np.testing.assert_array_equal(bam(f, genomesize=sizes)[:], bam(f)[:])


def test_a_genomesize_that_contradicts_the_file_is_refused(f):
    with pytest.raises(JangdanError):
        bam(f, genomesize={"chr1": 1100}, store_whole_genome=True)


def test_genomesize_says_nothing_of_an_array_over_windows(f):
    g = GenomicIndexer.create_from_file(str(f / "roi.bed"), 200, None)
    a = np.ones((4, 1, 1, 1))
    np.testing.assert_array_equal(Cover.create_from_array("p", a, g, genomesize={"chr1": 1100})[:], a)


def test_coverage_that_is_not_stored_is_not_read_as_zero(f):
    with pytest.raises(JangdanError):
        view(bam(f, "train.bed"), str(f / "test.bed"))[:]


def test_sequence_that_is_not_stored_is_not_read_as_unknown(f):
    dna = Bioseq.create_from_refgenome("d", str(f / "genome.fa"), str(f / "train.bed"), binsize=200)
    with pytest.raises(JangdanError):
        view(dna, str(f / "test.bed"))[:]


def test_a_place_that_is_not_stored_is_refused(f):
    with pytest.raises(JangdanError):
        bam(f, "train.bed")["chr1", 300, 500]


def test_conditions_are_file_names(f):
    assert bam(f).conditions == ("s.rep1",)


@pytest.mark.parametrize("file", ["noscore.bed", "words.bed"])
@pytest.mark.parametrize("mode", ["score", "categorical"])
def test_modes_of_scores_need_scores(f, file, mode):
    with pytest.raises(JangdanError):
        Cover.create_from_bed("c", str(f / file), str(f / "roi.bed"), binsize=200, mode=mode)


def test_no_class_is_refused(f):
    with pytest.raises(JangdanError):
        Cover.create_from_bed("c", str(f / "empty.bed"), str(f / "roi.bed"), binsize=200, mode="categorical")


def test_bytes_that_are_no_text_are_refused(f):
    with pytest.raises(JangdanError):
        Cover.create_from_bed("c", str(f / "binary.bed"), str(f / "roi.bed"), binsize=200)


@pytest.mark.parametrize(
    "frame",
    [
        {"start": [300], "end": [100]},
        {"start": [np.nan], "end": [200]},
        {"start": ["a"], "end": [200]},
        {"start": [0.5], "end": [200]},
    ],
)
def test_rows_that_are_no_regions_are_refused(frame, f):
    with pytest.raises(JangdanError):
        GenomicIndexer.create_from_file(pd.DataFrame({"chrom": ["chr1"], **frame}), 50, None)


def test_three_strands_are_refused(f):
    g = GenomicIndexer.create_from_file(str(f / "roi.bed"), 200, None)
    with pytest.raises(JangdanError):
        Cover.create_from_array("p", np.ones((4, 1, 3, 1)), g)


@pytest.mark.parametrize("array", [[[1.0]], np.zeros(4), np.full((4, 1, 1, 1), "a")])
@pytest.mark.parametrize("last", [True, False])
def test_what_is_no_array_of_numbers_is_refused(f, array, last):
    g = GenomicIndexer.create_from_file(str(f / "roi.bed"), 200, None)
    with pytest.raises(JangdanError):
        Cover.create_from_array("p", array, g, channel_last=last)


@pytest.mark.parametrize("dtype", ["O", "U5", "complex64", "datetime64[s]"])
def test_types_that_are_no_numbers_are_refused(f, dtype):
    with pytest.raises(JangdanError):
        bam(f, dtype=dtype)


@pytest.mark.parametrize(
    "o",
    [
        {"flank": 1.5},
        {"binsize": 200.5},
        {"binsize": "200"},
        {"resolution": 50.0},
        {"resolution": "50"},
        {"flank": None},
        {"random_state": -1},
        {"random_state": "x"},
        {"min_mapq": "x"},
        {"genomesize": [1]},
        {"conditions": "a"},
    ],
)
def test_options_of_another_type_are_refused(f, o):
    with pytest.raises(JangdanError):
        bam(f, **o)


def test_an_order_longer_than_the_window_is_refused(f):
    with pytest.raises(JangdanError):
        Bioseq.create_from_refgenome("d", str(f / "genome.fa"), str(f / "roi.bed"), binsize=3, order=5)


@pytest.mark.parametrize(
    "make",
    [
        lambda f: view(Array("y", np.zeros((3, 3))), str(f / "roi.bed")),
        lambda f: view(3, str(f / "roi.bed")),
        lambda f: Cover.create_from_bam("c", None, str(f / "roi.bed")),
        lambda f: Cover.create_from_array("p", np.ones((4, 1, 1, 1)), None),
        lambda f: Cover.create_from_bed("c", str(f / "roi.bed"), str(f / "roi.bed"), mode=["binary"]),
        lambda f: Cover.create_from_bed("c", str(f / "roi.bed"), str(f / "roi.bed"), minoverlap="a"),
        lambda f: ReduceDim(bam(f), axis="x"),
        lambda f: RandomSignalScale(bam(f), "a"),
        lambda f: normalize_garray_tpm(3),
        lambda f: GenomicIndexer.create_from_file(str(f / "roi.bed"), 200, None)[0:2],
        lambda f: Array("y", [[1], [1, 2]]),
        lambda f: Bioseq.create_from_seq("d", str(f / "genome.fa"), fixedlen="6"),
    ],
)
def test_no_error_of_another_library_comes_through(f, make):
    with pytest.raises(JangdanError):
        make(f)


def test_a_wrapper_is_not_drawn_window_by_window(f):
    with pytest.raises(JangdanError, match="NanToNumConverter"):
        plotGenomeTrack(NanToNumConverter(bam(f)), "chr1", 0, 100)


def test_a_region_outside_its_chromosome_is_refused(f):
    with pytest.raises(JangdanError):
        Cover.create_from_bam("c", str(f / "s.rep1.bam"), [Interval("chr1", 5000, 5200)])


def test_an_array_is_read_by_place_too(f):
    cover = bam(f)
    np.testing.assert_array_equal(cover.garray["chr1", 0, 10], cover.garray[Interval("chr1", 0, 10)])
    assert cover.garray["chr1", 0, 10].sum() == 1


def test_sizes_below_one_are_refused(f):
    with pytest.raises(JangdanError, match="genomesize"):
        bam(f, genomesize={"chr1": -1})
