from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyBigWig
import pytest

from jangdan.data import GenomicIndexer
from jangdan.errors import DataError, IntervalError, OptionError
from jangdan.janggu.exporters import ExportBed, ExportBigwig
from jangdan.janggu.scorer import Scorer

REGIONS = pd.DataFrame(
    {
        "chrom": ["chr2", "chr1", "chr1"],
        "start": [400, 200, 0],
        "end": [600, 400, 200],
        "strand": ["+", "-", "."],
    }
)
INDEXER = GenomicIndexer.create_from_file(REGIONS, binsize=200, flank=50)
PRED = np.random.default_rng(2).random((3, 4, 1, 2)).astype(np.float32)


def export(exporter, predicted, tmp_path, conditions=None, name="predict"):
    scorer = Scorer(name, conditions=conditions, exporter=exporter)
    scorer.score(SimpleNamespace(name="net"), {"y": predicted})
    return scorer.export(tmp_path, "net")


def expected_bins(condition):
    """Return (chrom, start, end, value, strand) of each 50 bp, by a loop."""
    bins = []
    for region, (chrom, start, _, strand) in enumerate(REGIONS.itertuples(index=False)):
        for i in range(4):
            at = 3 - i if strand == "-" else i
            value = PRED[region, i, 0, condition]
            bins.append((chrom, start + 50 * at, start + 50 * at + 50, value, strand))
    return sorted(bins, key=lambda row: (row[0] == "chr1", row[1]))


def bed_rows(path):
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    return [(c, int(s), int(e), np.float32(v), strand) for c, s, e, _, v, strand in rows]


@pytest.mark.parametrize("exporter", [ExportBed(INDEXER, 50), ExportBigwig(INDEXER)])
def test_two_strands_are_two_files_of_the_genomes_strands(exporter, tmp_path):
    stranded = np.random.default_rng(3).random((3, 4, 2, 1)).astype(np.float32)
    paths = export(exporter, stranded, tmp_path, ["a"])
    assert [p.stem for p in paths] == ["predict.net.y.a.forward", "predict.net.y.a.reverse"]
    for strand, path in enumerate(paths):
        # the window on the reverse strand was read from its end and from the other strand
        own = {
            (chrom, start): stranded[i, ::-1, 1 - strand, 0] if sign == "-" else stranded[i, :, strand, 0]
            for i, (chrom, start, _, sign) in enumerate(REGIONS.itertuples(index=False))
        }
        for (chrom, start), expected in own.items():
            if path.suffix == ".bed":
                found = [v for c, s, _, v, _ in bed_rows(path) if c == chrom and start <= s < start + 200]
            else:
                with pyBigWig.open(str(path)) as bigwig:
                    found = bigwig.values(chrom, start, start + 200)[::50]
            np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_other_numbers_of_strands_are_named(tmp_path):
    with pytest.raises(DataError, match="36 values of 3 strands"):
        export(ExportBigwig(INDEXER), np.zeros((3, 4, 3, 1)), tmp_path)


@pytest.mark.parametrize("resolution", [50, None])
def test_bed_is_a_file_a_condition_with_a_row_a_bin(resolution, tmp_path):
    paths = export(ExportBed(INDEXER, resolution), PRED, tmp_path, ["a", "b"])
    assert [p.name for p in paths] == ["predict.net.y.a.bed", "predict.net.y.b.bed"]
    for condition, path in enumerate(paths):
        assert bed_rows(path) == expected_bins(condition)


def test_bigwig_is_read_by_pybigwig_as_it_was_predicted(tmp_path):
    paths = export(ExportBigwig(INDEXER), PRED, tmp_path, ["a", "b"])
    assert [p.name for p in paths] == ["predict.net.y.a.bigwig", "predict.net.y.b.bigwig"]
    for condition, path in enumerate(paths):
        with pyBigWig.open(str(path)) as bigwig:
            assert bigwig.chroms() == {"chr1": 400, "chr2": 600}
            for chrom, start, end, value, _ in expected_bins(condition):
                assert set(bigwig.values(chrom, start, end)) == {value}
            assert np.isnan(bigwig.values("chr2", 0, 400)).all()


def test_bigwig_has_the_genome_s_sizes_where_they_are_given(tmp_path):
    sizes = {"chr1": 1000, "chr2": 2000, "chr3": 10}
    (path,) = export(ExportBigwig(INDEXER, sizes), PRED[..., :1], tmp_path)
    with pyBigWig.open(str(path)) as bigwig:
        assert bigwig.chroms() == sizes


def test_values_that_are_not_finite_are_left_out_zero_is_not(tmp_path):
    values = np.array([[0.0], [np.nan], [np.inf]])
    (bed,) = export(ExportBed(INDEXER, 200), values, tmp_path)
    assert bed_rows(bed) == [("chr2", 400, 600, 0.0, "+")]
    (bigwig,) = export(ExportBigwig(INDEXER), values, tmp_path)
    with pyBigWig.open(str(bigwig)) as found:
        assert found.intervals("chr2") == ((400, 600, 0.0),)
        assert found.chroms().get("chr1") is None or found.intervals("chr1") is None


def test_windows_of_any_length_have_one_value_each(tmp_path):
    table = pd.DataFrame({"chrom": ["chr1", "chr1"], "start": [0, 30], "end": [25, 130]})
    indexer = GenomicIndexer.create_from_file(table, collapse=True)
    (bed,) = export(ExportBed(indexer, None), np.array([1.5, 2.5]), tmp_path)
    assert [row[:4] for row in bed_rows(bed)] == [("chr1", 0, 25, 1.5), ("chr1", 30, 130, 2.5)]
    with pytest.raises(DataError, match="2 values a window"):
        export(ExportBed(indexer, None), np.ones((2, 2, 1)), tmp_path)


def test_the_piece_of_a_window_behind_its_region_is_cut(tmp_path):
    table = pd.DataFrame({"chrom": ["chr1", "chr1"], "start": [0, 120], "end": [120, 220]})
    indexer = GenomicIndexer.create_from_file(table, binsize=100)
    assert list(indexer.start) == [0, 100, 120]
    predicted = np.arange(12.0).reshape(3, 4, 1)
    expected = [(0, 25, 0), (25, 50, 1), (50, 75, 2), (75, 100, 3), (100, 120, 4)]
    expected += [(120, 145, 8), (145, 170, 9), (170, 195, 10), (195, 220, 11)]
    (bigwig,) = export(ExportBigwig(indexer), predicted, tmp_path)
    with pyBigWig.open(str(bigwig)) as found:
        assert list(found.intervals("chr1")) == expected
    (bed,) = export(ExportBed(indexer, 25), predicted, tmp_path)
    assert [row[1:4] for row in bed_rows(bed)] == expected


def test_overlapping_windows_are_an_error_for_bigwig_only(tmp_path):
    table = pd.DataFrame({"chrom": ["chr1"], "start": [0], "end": [300]})
    indexer = GenomicIndexer.create_from_file(table, binsize=200, stepsize=100)
    with pytest.raises(IntervalError, match=r"chr1:0-200 and 100-300 overlap"):
        export(ExportBigwig(indexer), np.array([1.0, np.nan]), tmp_path)
    (bed,) = export(ExportBed(indexer, 200), np.array([1.0, 2.0]), tmp_path)
    assert len(bed_rows(bed)) == 2


def test_a_contig_that_the_sizes_lack_or_that_is_too_short(tmp_path):
    with pytest.raises(IntervalError, match="chr2"):
        export(ExportBigwig(INDEXER, {"chr1": 400}), PRED[..., :1], tmp_path)
    with pytest.raises(IntervalError, match="past the chromosome"):
        export(ExportBigwig(INDEXER, {"chr1": 400, "chr2": 500}), PRED[..., :1], tmp_path)
    assert list(tmp_path.rglob("*.bigwig")) == []


@pytest.mark.parametrize(
    ("exporter", "values", "message"),
    [
        (ExportBed(INDEXER, 50), np.ones((3, 1)), "1 values a window .* 200 bp at resolution=50"),
        (ExportBed(INDEXER, 50), np.ones((2, 4, 1)), "8 values .* do not fit 3 windows of 200 bp"),
        (ExportBigwig(INDEXER), np.ones((3, 3, 1)), "3 values a window .* do not fit windows of 200 bp"),
        (ExportBigwig(INDEXER), np.ones((0, 4, 1)), "0 values .* do not fit 3 windows"),
    ],
)
def test_predictions_that_do_not_fit_the_windows(exporter, values, message, tmp_path):
    with pytest.raises(DataError, match=message):
        export(exporter, values, tmp_path)


def test_scores_that_are_no_predictions(tmp_path):
    scorer = Scorer("top", np.max, exporter=ExportBigwig(INDEXER))
    scorer.score(SimpleNamespace(name="net"), {"y": PRED})
    with pytest.raises(DataError, match=r"ExportBigwig: the value of model 'net'.* expected a list of numbers"):
        scorer.export(tmp_path, "net")


def test_options_that_cannot_be():
    with pytest.raises(OptionError, match="gindexer: found str"):
        ExportBed("roi.bed", 50)
    with pytest.raises(OptionError, match="resolution=0"):
        ExportBed(INDEXER, 0)


def test_conditions_whose_file_names_would_be_alike_have_a_file_each(tmp_path):
    predicted = np.stack([np.full(3, i) for i in range(4)], axis=1).astype(float)
    paths = export(ExportBed(INDEXER, 200), predicted, tmp_path, ["a/b", "a b", "A b", "../x"])
    names = ["predict.net.y.a_b.bed", "predict.net.y.a_b-2.bed", "predict.net.y.A_b-3.bed", "predict.net.y..._x.bed"]
    assert [p.name for p in paths] == names
    for i, path in enumerate(paths):
        assert path.parent == tmp_path / "net"
        assert {row[3] for row in bed_rows(path)} == {i}


def test_layers_of_other_resolutions_are_exported_apart(tmp_path):
    scorer = Scorer("predict", exporter=ExportBed(INDEXER, None))
    scorer.score(SimpleNamespace(name="net"), {"y": PRED, "z": PRED[:, :2]})
    with pytest.raises(DataError, match=r"4 values a window for .*'y'.*, but 2 for .*'z'"):
        scorer.export(tmp_path, "net")


def test_a_condition_without_a_defined_value_is_an_empty_track(tmp_path):
    scorer = Scorer("s", lambda p: p if p[0] < 1 else np.nan, exporter=ExportBed(INDEXER, None))
    scorer.score(SimpleNamespace(name="net"), {"y": np.array([[0.0, 1.0]] * 3)})
    one, other = scorer.export(tmp_path, "net")
    assert len(bed_rows(one)) == 3
    assert other.read_text() == ""
