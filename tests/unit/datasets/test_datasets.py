"""Bioseq and Cover: the documented shapes, and values against pysam, Biopython and pyBigWig."""

from pathlib import Path

import numpy as np
import pyBigWig
import pysam
import pytest
from Bio.Seq import Seq

from jangdan.data import Array, Bioseq, Cover, GenomicIndexer, Interval, ReduceDim, ZScore
from jangdan.errors import DataError, OptionError
from jangdan.formats.fasta.reader import write_fasta

ROI = [Interval("chr1", 15_000, 25_000), Interval("chr2", 15_000, 25_000)]
LETTERS = {c: "".join(np.random.default_rng(i).choice(list("ACGTN"), 30_000)) for i, c in enumerate(["chr1", "chr2"])}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data")
    write_fasta(path / "g.fa", LETTERS.items())
    rng = np.random.default_rng(4)
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": c, "LN": 30_000} for c in LETTERS]}
    with pysam.AlignmentFile(str(path / "a.bam"), "wb", header=header) as out:
        for chrom in range(2):
            for start in np.sort(rng.integers(14_000, 26_000, 3000)):
                read = pysam.AlignedSegment(out.header)
                read.reference_id, read.reference_start, read.mapping_quality = chrom, int(start), 30
                read.cigarstring, read.flag, read.query_name = "30M", int(rng.choice([0, 16])), "r"
                out.write(read)
    (path / "s.bed").write_text("chr1\t15000\t15100\ta\t5\t.\nchr2\t15400\t15401\tb\t2\t.\n")
    return path


def _naive_counts(folder: Path, chrom: str) -> np.ndarray:
    counts = np.zeros((30_000, 2))
    with pysam.AlignmentFile(str(folder / "a.bam")) as reads:
        for read in reads:
            if read.reference_name == chrom:
                counts[read.reference_end - 1 if read.is_reverse else read.reference_start, int(read.is_reverse)] += 1
    return counts


def test_documented_shapes(folder: Path) -> None:
    genome, bam = str(folder / "g.fa"), str(folder / "a.bam")
    assert Bioseq.create_from_refgenome("dna", genome, ROI, binsize=200, stepsize=200).shape == (100, 200, 1, 4)
    assert Bioseq.create_from_refgenome("dna", genome, ROI, binsize=200, stepsize=50).shape == (394, 200, 1, 4)
    assert Bioseq.create_from_refgenome("dna", genome, ROI, binsize=200, order=2).shape == (100, 199, 1, 16)
    assert Bioseq.create_from_refgenome("dna", genome, ROI, binsize=200, flank=50).shape == (100, 300, 1, 4)
    options = {"roi": ROI, "binsize": 200, "stepsize": 200}
    assert Cover.create_from_bam("c", bam, **options).shape == (100, 200, 2, 1)
    assert Cover.create_from_bam("c", bam, **options, stranded=False).shape == (100, 200, 1, 1)
    assert Cover.create_from_bam("c", bam, **options, resolution=50).shape == (100, 4, 2, 1)
    assert Cover.create_from_bam("c", bam, **options, resolution=None).shape == (100, 1, 2, 1)
    assert Cover.create_from_bam("c", bam, **options, channel_last=False).shape == (100, 1, 200, 2)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("strand", ["+", "-"])
def test_sequences_are_those_of_the_genome(folder: Path, whole: bool, strand: str) -> None:
    roi = [Interval("chr2", s, s + 20, strand) for s in (0, 100, 29_980)]
    dna = Bioseq.create_from_refgenome("dna", str(folder / "g.fa"), roi, flank=5, store_whole_genome=whole)
    for i, region in enumerate(roi):
        padded = "N" * 5 + LETTERS["chr2"] + "N" * 5
        letters = padded[region.start : region.end + 10]
        if strand == "-":
            letters = str(Seq(letters).reverse_complement())
        expected = [[float(letter == x) for x in "ACGT"] for letter in letters]
        np.testing.assert_array_equal(dna[i][0, :, 0], expected)


@pytest.mark.parametrize("resolution", [1, 50])
@pytest.mark.parametrize("whole", [True, False])
def test_counts_are_those_of_a_plain_loop(folder: Path, resolution: int, whole: bool) -> None:
    options = {"roi": ROI, "binsize": 200, "resolution": resolution, "flank": 100, "store_whole_genome": whole}
    cover = Cover.create_from_bam("c", str(folder / "a.bam"), **options)
    counts = _naive_counts(folder, "chr2")
    for i in (50, 51, 99):
        window = counts[15_000 + (i - 50) * 200 - 100 :][:400].reshape(-1, resolution, 2).sum(axis=1)
        np.testing.assert_array_equal(cover[i][0, :, :, 0], window)


def test_one_value_a_region_is_its_sum(folder: Path) -> None:
    cover = Cover.create_from_bam("c", str(folder / "a.bam"), roi=ROI, resolution=None)
    for i, chrom in enumerate(LETTERS):
        expected = _naive_counts(folder, chrom)[15_000:25_000].sum(axis=0)
        np.testing.assert_array_equal(cover[i][0, 0, :, 0], expected)


def test_a_reverse_window_is_read_backwards(folder: Path) -> None:
    pair = [Interval("chr1", 16_000, 16_200, s) for s in "+-"]
    cover = Cover.create_from_bam("c", str(folder / "a.bam"), roi=pair)
    np.testing.assert_array_equal(cover[1], cover[0][:, ::-1, ::-1])


def test_bed_modes(folder: Path) -> None:
    options = {"roi": ROI, "binsize": 200, "resolution": None}
    binary = Cover.create_from_bed("b", str(folder / "s.bed"), **options)
    score = Cover.create_from_bed("b", str(folder / "s.bed"), mode="score", **options)
    assert np.flatnonzero(binary[:]).tolist() == [0, 52]
    assert score[[0, 52]].ravel().tolist() == [5, 2]


def test_indexing_is_like_numpy(folder: Path) -> None:
    cover = Cover.create_from_bam("c", str(folder / "a.bam"), roi=ROI, binsize=200, resolution=50)
    everything = cover[:]
    mask = np.zeros(100, dtype=bool)
    mask[[3, 7]] = True
    for index in (slice(None, None, 3), [5, 1], mask, np.array([-1, 0])):
        np.testing.assert_array_equal(cover[index], everything[index])
    np.testing.assert_array_equal(cover[-1], everything[-1:])
    for bad in (100, -101):
        with pytest.raises(IndexError):
            cover[bad]


def test_a_normalizer_fitted_once_is_reused(folder: Path) -> None:
    zscore, bam = ZScore(), str(folder / "a.bam")
    first = Cover.create_from_bam("c", bam, roi=ROI[:1], binsize=200, resolution=50, normalizer=[zscore])
    raw = [Cover.create_from_bam("c", bam, roi=r, binsize=200, resolution=50)[:] for r in (ROI[:1], ROI[1:])]
    second = Cover.create_from_bam("c", bam, roi=ROI[1:], binsize=200, resolution=50, normalizer=[zscore])
    np.testing.assert_allclose(first[:], (raw[0] - raw[0].mean()) / raw[0].std(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second[:], (raw[1] - raw[0].mean()) / raw[0].std(), rtol=1e-4, atol=1e-5)


def test_predictions_become_a_track(folder: Path, tmp_path: Path) -> None:
    indexer = GenomicIndexer.create_from_file(ROI, 200)
    values = np.random.default_rng(1).random((100, 4, 1, 2)).astype(np.float32)
    cover = Cover.create_from_array("p", values, indexer, conditions=["x", "y"])
    np.testing.assert_array_equal(cover[:], values)
    paths = cover.export_to_bigwig(str(tmp_path), {"chr1": 30_000, "chr2": 30_000})
    assert [p.name for p in paths] == ["p.x.bigwig", "p.y.bigwig"]
    with pyBigWig.open(str(paths[1])) as track:
        found = track.values("chr2", 15_000, 25_000, numpy=True)
    np.testing.assert_allclose(found, np.repeat(values[50:, :, 0, 1].ravel(), 50))


def test_wrappers_leave_the_data_alone(folder: Path) -> None:
    cover = Cover.create_from_bam("c", str(folder / "a.bam"), roi=ROI, binsize=200)
    before = cover[:].copy()
    reduced = ReduceDim(cover, aggregator="sum")
    assert reduced.shape == (100, 1)
    np.testing.assert_array_equal(reduced[:], before.sum(axis=(1, 2)))
    reduced[:][:] = 0
    np.testing.assert_array_equal(cover[:], before)


def test_sequences_without_coordinates(tmp_path: Path) -> None:
    write_fasta(tmp_path / "s.fa", [("a", "ACGT"), ("b", "ACG")])
    with pytest.raises(DataError, match="fixedlen"):
        Bioseq.create_from_seq("s", str(tmp_path / "s.fa"))
    dna = Bioseq.create_from_seq("s", str(tmp_path / "s.fa"), fixedlen=5)
    assert dna.shape == (2, 5, 1, 4)
    assert dna[:].sum(axis=(1, 2, 3)).tolist() == [4, 3]
    assert Bioseq.create_from_seq("s", str(tmp_path / "s.fa"), fixedlen=4, seqtype="protein").shape == (2, 4, 1, 20)


def test_bad_arguments_are_named(folder: Path) -> None:
    bam = str(folder / "a.bam")
    with pytest.raises(OptionError, match="resolution=30"):
        Cover.create_from_bam("c", bam, roi=ROI, binsize=200, resolution=30)
    with pytest.raises(OptionError, match="binsize"):
        Cover.create_from_bam("c", bam, roi=[Interval("chr1", 0, 5), Interval("chr1", 0, 6)])
    with pytest.raises(OptionError, match="flank=-1"):
        Cover.create_from_bam("c", bam, roi=ROI, binsize=200, flank=-1)
    with pytest.raises(OptionError, match="mode='x'"):
        Cover.create_from_bed("c", str(folder / "s.bed"), roi=ROI, binsize=200, mode="x")
    with pytest.raises(DataError, match="conditions"):
        Array("a", np.zeros((2, 3)), conditions=["one"])
