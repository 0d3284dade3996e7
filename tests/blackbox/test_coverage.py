"""Cover: reads, signals and regions by window."""

from typing import Any

import numpy as np
import pandas as pd
import pyBigWig
import pysam
import pytest

from jangdan.data import Cover, GenomicIndexer, Interval
from tests.blackbox.naive import (
    FRAGMENTS,
    GENES,
    PEAKS,
    SIGNAL,
    SIZES,
    WINDOWS,
    Files,
    empty,
    painted,
    signal,
    starts_of_reads,
    windows_of,
)


@pytest.mark.parametrize("resolution", [1, 50])
@pytest.mark.parametrize("flank", [0, 150])
def test_reads_count_at_their_five_prime_end(files: Files, resolution: int, flank: int) -> None:
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, flank=flank, resolution=resolution)
    assert cover.shape == (5, (100 + 2 * flank) // resolution, 2, 1)
    assert list(cover.conditions) == ["single"]
    assert cover[:].dtype == np.float32
    np.testing.assert_array_equal(cover[:], windows_of(starts_of_reads(files.bam), WINDOWS, resolution, flank))


def test_one_value_a_region_includes_its_flanks(files: Files) -> None:
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, flank=50, resolution=None)
    assert cover.shape == (5, 1, 2, 1)
    np.testing.assert_array_equal(cover[:], windows_of(starts_of_reads(files.bam), WINDOWS, 200, 50))


def test_strands_qualities_and_shifts(files: Files) -> None:
    expected = windows_of(starts_of_reads(files.bam, stranded=False, min_mapq=30, shift=(4, -5)), WINDOWS, 10)
    cover = Cover.create_from_bam(
        "reads", files.bam, roi=files.bed, binsize=100, resolution=10, stranded=False, min_mapq=30, shift=(4, -5)
    )
    assert cover.shape == (5, 10, 1, 1)
    np.testing.assert_array_equal(cover[:], expected)


@pytest.mark.parametrize(
    ("kept", "flag"),
    [
        ({"keep_duplicates": True}, 0x400),
        ({"keep_secondary": True}, 0x100),
        ({"keep_supplementary": True}, 0x800),
        ({"keep_qcfail": True}, 0x200),
    ],
)
def test_reads_that_are_left_out_can_be_kept(files: Files, kept: dict[str, bool], flag: int) -> None:
    without = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100)
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, **kept)
    np.testing.assert_array_equal(cover[:], windows_of(starts_of_reads(files.bam, skip=0xF00 & ~flag), WINDOWS))
    assert cover[:].sum() > without[:].sum()


def _templates(path: str) -> list[tuple[str, int, int]]:
    with pysam.AlignmentFile(path) as bam:
        return [(r.reference_name, r.reference_start, r.reference_start + r.template_length)
                for r in bam if r.template_length > 0]  # fmt: skip


def test_pairs_count_at_both_ends_the_middle_or_each_base(files: Files) -> None:
    fragment, ends = empty(), empty(2)
    for contig, start, end in _templates(files.pairs):
        fragment[contig][start:end] += 1
        ends[contig][start, 0] += 1
        ends[contig][end - 1, 1] += 1
    options: dict[str, Any] = {"roi": files.bed, "binsize": 100}
    five = Cover.create_from_bam("pairs", files.pairs, pairedend="5prime", **options)
    np.testing.assert_array_equal(five[:], windows_of(ends, WINDOWS))
    whole = Cover.create_from_bam(
        "pairs", files.pairs, pairedend="fragment", stranded=False, template_extension=100, **options
    )
    np.testing.assert_array_equal(whole[:], windows_of(fragment, WINDOWS))
    middle = Cover.create_from_bam("pairs", files.pairs, pairedend="midpoint", stranded=False, **options)
    count = sum(
        any(c == w and s <= (start + end) // 2 < e for c, s, e, _ in WINDOWS)
        for w, start, end in _templates(files.pairs)
    )
    assert abs(middle[:].sum() - count) <= 2  # middles that lie between two bases, at a window's end


def test_files_of_one_condition_add_up_and_conditions_have_names(files: Files) -> None:
    options: dict[str, Any] = {"roi": files.bed, "binsize": 100}
    two = Cover.create_from_bam("reads", [files.bam, files.pairs], conditions=["a", "b"], **options)
    assert list(two.conditions) == ["a", "b"]
    single = [Cover.create_from_bam("reads", path, **options)[:] for path in (files.bam, files.pairs)]
    np.testing.assert_array_equal(two[:], np.concatenate(single, axis=3))
    summed = Cover.create_from_bam("reads", [files.bam, files.pairs], conditions=["a", "a"], **options)
    np.testing.assert_array_equal(summed[:], single[0] + single[1])


def test_a_cram_needs_its_reference(files: Files, tmp_path: Any) -> None:
    cram = str(tmp_path / "single.cram")
    pysam.view("-C", "-T", files.fasta, "-o", cram, files.bam, catch_stdout=False)
    cover = Cover.create_from_bam("reads", cram, roi=files.bed, binsize=100, reference=files.fasta)
    np.testing.assert_array_equal(cover[:], windows_of(starts_of_reads(files.bam), WINDOWS))


@pytest.mark.parametrize("source", ["bigwig", "bedgraph"])
@pytest.mark.parametrize(("collapser", "reduce"), [(None, np.mean), ("sum", np.sum), ("max", np.max), ("min", np.min)])
def test_a_signal_is_collapsed_in_bins(files: Files, source: str, collapser: str | None, reduce: Any) -> None:
    profile = {contig: np.nan_to_num(values) for contig, values in signal().items()}
    cover = Cover.create_from_bigwig(
        "signal", getattr(files, source), roi=files.bed, genomesize=SIZES, binsize=100, resolution=25, flank=50,
        collapser=collapser,
    )  # fmt: skip
    np.testing.assert_allclose(cover[:], windows_of(profile, WINDOWS, 25, 50, reduce), rtol=1e-6)


def test_a_function_may_collapse_and_gaps_may_stay(files: Files) -> None:
    options: dict[str, Any] = {"roi": files.bed, "binsize": 100}
    profile = {contig: np.nan_to_num(values) for contig, values in signal().items()}
    spread = Cover.create_from_bigwig(
        "signal",
        files.bigwig,
        resolution=50,
        collapser=lambda values: values.max(axis=1) - values.min(axis=1),
        **options,
    )
    np.testing.assert_allclose(spread[:], windows_of(profile, WINDOWS, 50, 0, np.ptp), rtol=1e-6)
    gaps = Cover.create_from_bigwig("signal", files.bigwig, nan_to_num=False, **options)
    np.testing.assert_allclose(gaps[:], windows_of(signal(), WINDOWS), rtol=1e-6)


def test_what_pybigwig_reads_is_what_a_window_holds(files: Files) -> None:
    cover = Cover.create_from_bigwig("signal", files.bigwig, store_whole_genome=True, dtype="float64")
    with pyBigWig.open(files.bigwig) as file:
        expected = np.nan_to_num(np.array(file.values("chr1", 60, 160)))
    assert cover["chr1", 60, 160].dtype == np.float64
    np.testing.assert_allclose(cover["chr1", 60, 160][0, :, 0, 0], expected, rtol=1e-6)


def _rows(value: str) -> list[tuple[str, int, int, float]]:
    return [(c, s, e, 1.0 if value == "binary" else float(score)) for c, s, e, _, score, _, _ in PEAKS]


@pytest.mark.parametrize("mode", ["binary", "score"])
@pytest.mark.parametrize("resolution", [1, 20])
def test_regions_are_present_or_have_a_score(files: Files, mode: str, resolution: int) -> None:
    cover = Cover.create_from_bed("peaks", files.peaks, roi=files.bed, binsize=100, resolution=resolution, mode=mode)
    np.testing.assert_array_equal(cover[:], windows_of(painted(_rows(mode)), WINDOWS, resolution, 0, np.max))


def test_the_fourth_column_of_bedgraph(files: Files) -> None:
    cover = Cover.create_from_bed("signal", files.bedgraph, roi=files.bed, binsize=100, mode="bedgraph")
    np.testing.assert_allclose(cover[:], windows_of(painted(SIGNAL), WINDOWS), rtol=1e-6)


def test_a_collapser_of_regions(files: Files) -> None:
    cover = Cover.create_from_bed("peaks", files.peaks, roi=files.bed, binsize=100, resolution=20, collapser="mean")
    np.testing.assert_allclose(cover[:], windows_of(painted(_rows("binary")), WINDOWS, 20, 0, np.mean), rtol=1e-6)


@pytest.mark.parametrize(
    ("mode", "names", "category"),
    [("score_category", ["1", "2", "3"], 4), ("name_category", ["high", "low"], 3), ("categorical", None, 4)],
)
def test_categories_are_conditions(files: Files, mode: str, names: list[str] | None, category: int) -> None:
    cover = Cover.create_from_bed("peaks", files.peaks, roi=files.bed, binsize=100, mode=mode)
    if mode == "categorical":  # a condition for each of 0 .. 3
        assert cover.shape[3] == 4
        names = ["0", "1", "2", "3"]
        places = range(1, 4)
    else:
        assert list(cover.conditions) == names
        places = range(len(names or ()))
    for place in places:
        own = painted([(p[0], p[1], p[2], 1.0) for p in PEAKS if str(p[category]) == (names or [])[place]])
        np.testing.assert_array_equal(cover[:][..., place : place + 1], windows_of(own, WINDOWS))


def test_a_share_of_the_window_that_must_be_covered(files: Files) -> None:
    for share in (0.2, 0.4, 0.6):
        cover = Cover.create_from_bed(
            "peaks", files.peaks, roi=files.bed, binsize=100, resolution=None, minoverlap=share
        )
        covered = windows_of(painted(_rows("binary")), WINDOWS, 100)[:, 0, 0, 0] / 100
        np.testing.assert_array_equal(cover[:][:, 0, 0, 0], covered >= share)


@pytest.mark.parametrize("anchor", ["center", "summit"])
def test_a_region_may_stand_for_one_base(files: Files, anchor: str) -> None:
    at = [(c, s + p if anchor == "summit" else (s + e) // 2) for c, s, e, _, _, _, p in PEAKS]
    cover = Cover.create_from_bed("peaks", files.peaks, roi=files.bed, binsize=100, resolution=20, anchor=anchor)
    np.testing.assert_array_equal(
        cover[:], windows_of(painted([(c, i, i + 1, 1.0) for c, i in at]), WINDOWS, 20, 0, np.max)
    )


def test_rows_of_one_type_of_gff(files: Files) -> None:
    for feature in ("gene", "exon"):
        rows = [(c, s - 1, e, 1.0) for c, t, s, e, _ in GENES if t == feature]
        cover = Cover.create_from_bed("genes", files.gff, roi=files.bed, binsize=100, feature=feature)
        np.testing.assert_array_equal(cover[:], windows_of(painted(rows), WINDOWS))


@pytest.mark.parametrize("mode", ["ends", "fragment", "midpoint"])
@pytest.mark.parametrize("use_counts", [False, True])
@pytest.mark.parametrize("barcodes", [None, ["A"]])
def test_fragments_are_counted(files: Files, mode: str, use_counts: bool, barcodes: list[str] | None) -> None:
    profile = empty()
    for contig, start, end, barcode, count in FRAGMENTS:
        if barcodes is not None and barcode not in barcodes:
            continue
        bases = {"ends": [start, end - 1], "fragment": range(start, end), "midpoint": [(start + end) // 2]}[mode]
        for base in bases:
            profile[contig][base] += count if use_counts else 1
    cover = Cover.create_from_fragments(
        "cuts", files.fragments, roi=files.bed, genomesize=SIZES, binsize=100, resolution=20, mode=mode,
        use_counts=use_counts, barcodes=barcodes,
    )  # fmt: skip
    np.testing.assert_array_equal(cover[:], windows_of(profile, WINDOWS, 20))


def test_ends_of_fragments_are_shifted(files: Files) -> None:
    profile = empty()
    for contig, start, end, *_ in FRAGMENTS:
        profile[contig][start + 3] += 1
        profile[contig][end - 1 - 2] += 1
    cover = Cover.create_from_fragments("cuts", files.fragments, roi=files.bed, binsize=100, shift=(3, -2))
    np.testing.assert_array_equal(cover[:], windows_of(profile, WINDOWS))


def test_an_array_is_put_onto_the_genome(files: Files) -> None:
    values = np.random.default_rng(0).random((5, 4, 2, 3)).astype(np.float32)
    windows = GenomicIndexer.create_from_file(files.bed, 100, None, flank=50)
    cover = Cover.create_from_array(
        "made", values, windows, genomesize=SIZES, conditions=["a", "b", "c"], resolution=25, store_whole_genome=True,
        padding_value=-1.0,
    )  # fmt: skip
    np.testing.assert_array_equal(cover[:], values)
    assert list(cover.conditions) == ["a", "b", "c"]
    assert (cover["chr2", 300, 400] == -1).all()
    # the third window is on the reverse strand: on the genome its bins and strands are the other way around
    np.testing.assert_array_equal(cover["chr1", 400, 425, "-"][0, -1], cover[2][0, -1])
    first = Cover.create_from_array("made", np.moveaxis(values, 3, 1), windows, channel_last=False)
    np.testing.assert_array_equal(first[:], np.moveaxis(values, 3, 1))
    with pytest.raises(ValueError, match="resolution"):
        Cover.create_from_array("made", values, windows, resolution=10)


def test_tracks_are_written(files: Files, tmp_path: Any) -> None:
    cover = Cover.create_from_bigwig("signal", files.bigwig, roi=files.bed, binsize=100)
    (bigwig,) = cover.export_to_bigwig(tmp_path, genomesize=SIZES)
    assert bigwig == tmp_path / "signal.signal.bigwig"
    with pyBigWig.open(str(bigwig)) as file:
        assert file.chroms() == SIZES
        found = np.nan_to_num(np.array(file.values("chr1", 100, 300)))
    np.testing.assert_allclose(found, np.nan_to_num(signal()["chr1"][100:300, 0]), rtol=1e-6)
    (bed,) = cover.export_to_bed(tmp_path)
    rows = pd.read_csv(bed, sep="\t", header=None)
    bases = np.zeros(600)
    for _, row in rows[rows[0] == "chr1"].iterrows():
        bases[row[1] : row[2]] = row[4]
    assert bases[90:100].sum() == 0  # beside the windows
    np.testing.assert_allclose(bases[100:300], np.nan_to_num(signal()["chr1"][100:300, 0]), rtol=1e-6)


@pytest.mark.parametrize("index", [3, -1, slice(1, 4), slice(None, None, 2), [4, 0, 0], np.arange(5) % 2 == 0])
def test_an_index_keeps_the_axis_of_regions(files: Files, index: Any) -> None:
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100, resolution=20)
    numbers = np.atleast_1d(np.arange(5)[index])
    np.testing.assert_array_equal(cover[index], cover[:][numbers])
    with pytest.raises(IndexError):
        cover[5]


def test_regions_are_a_file_a_table_or_intervals(files: Files) -> None:
    table = pd.read_csv(files.bed, sep="\t", header=None, names=["chrom", "start", "end", "name", "score", "strand"])
    intervals = [Interval(row.chrom, row.start, row.end, row.strand) for row in table.itertuples()]
    expected = windows_of(starts_of_reads(files.bam), WINDOWS)
    for roi in (files.bed, table, intervals):
        cover = Cover.create_from_bam("reads", files.bam, roi=roi, binsize=100)
        np.testing.assert_array_equal(cover[:], expected)


def test_a_region_that_is_not_stored_is_refused(files: Files) -> None:
    cover = Cover.create_from_bam("reads", files.bam, roi=files.bed, binsize=100)
    with pytest.raises(ValueError, match="store_whole_genome"):
        cover["chr2", 300, 400]


@pytest.mark.parametrize("name", ["absent.bam", "empty.bam"])
def test_a_missing_or_broken_file_is_one_sentence(files: Files, tmp_path: Any, name: str) -> None:
    path = tmp_path / name
    if name == "empty.bam":
        path.write_bytes(b"")
    with pytest.raises(ValueError, match=name) as error:
        Cover.create_from_bam("reads", str(path), roi=files.bed, binsize=100)
    assert "\n" not in str(error.value)
