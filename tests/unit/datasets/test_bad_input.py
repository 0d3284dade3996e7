"""What every documented constructor refuses: an error of ours, one sentence, that names the argument or the file."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
import pysam
import pytest
from Bio.Seq import Seq
from Bio.SeqRecord import SeqRecord

from jangdan.data import (
    Array,
    Bioseq,
    Cover,
    GenomicIndexer,
    HeatTrack,
    Interval,
    LineTrack,
    PercentileTrimming,
    RandomSignalScale,
    ReduceDim,
    RegionLengthNormalization,
    SeqTrack,
    SqueezeDim,
    Transpose,
    ZScore,
    plotGenomeTrack,
    split_train_test,
    view,
)
from jangdan.errors import JangdanError

SIZE = 2000
TEXTS = {
    "roi.bed": "chr1\t0\t400\nchr1\t1000\t1400\n",
    "unequal.bed": "chr1\t0\t400\nchr1\t1000\t1300\n",
    "elsewhere.bed": "chr9\t0\t400\n",
    "peaks.bed": "chr1\t10\t20\tpeak\t5\t.\n",
    "fractions.bed": "chr1\t10\t20\tpeak\t1.5\t.\n",
    "words.bed": "these are\tno regions\n",
    "backwards.bed": "chr1\t400\t10\n",
    "negative.bed": "chr1\t-4\t10\n",
    "overlapping.bedgraph": "chr1\t0\t100\t1\nchr1\t50\t200\t2\n",
    "words.bam": "this is no BAM\n" * 99,
    "words.bw": "this is no bigWig\n" * 99,
    "words.fa": "this is no FASTA\n",
    "empty.bam": "",
    "empty.bw": "",
    "empty.fa": "",
    "empty.bed": "",
    "genome.fa": ">chr1\n" + "ACGT" * (SIZE // 4) + "\n",
    "protein.fa": ">p\nMKWVTFISLL\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bad")
    for name, text in TEXTS.items():
        (path / name).write_text(text)
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": SIZE}]}
    pysam.AlignmentFile(str(path / "reads.bam"), "wb", header=header).close()
    with pyBigWig.open(str(path / "signal.bw"), "w") as out:
        out.addHeader([("chr1", SIZE)])
        out.addEntries(["chr1"], [0], ends=[100], values=[1.0])
    return path


Make = Callable[..., Any]


def _cover(method: str, file: str) -> Make:
    def make(folder: Path, *, roi: str = "roi.bed", file: str = file, **options: Any) -> Cover:
        options = {"binsize": 200, **options}
        return getattr(Cover, method)("c", str(folder / file), str(folder / roi), **options)

    return make


def _refgenome(folder: Path, *, roi: str = "roi.bed", file: str = "genome.fa", **options: Any) -> Bioseq:
    options = {"binsize": 200, **options}
    return Bioseq.create_from_refgenome("dna", str(folder / file), str(folder / roi), **options)


def _seq(folder: Path, *, file: str = "genome.fa", **options: Any) -> Bioseq:
    return Bioseq.create_from_seq("dna", str(folder / file), **options)


def _array(folder: Path, *, shape: tuple[int, ...] = (4, 2, 1, 1), roi: str = "roi.bed", **options: Any) -> Cover:
    windows = GenomicIndexer.create_from_file(str(folder / roi), 200, None)
    return Cover.create_from_array("c", np.zeros(shape), windows, **options)


def _indexer(folder: Path, *, roi: str = "roi.bed", binsize: Any = 200, stepsize: Any = None, **options: Any) -> Any:
    return GenomicIndexer.create_from_file(str(folder / roi), binsize, stepsize, **options)


BAM, BIGWIG, BED = (
    _cover("create_from_bam", "reads.bam"),
    _cover("create_from_bigwig", "signal.bw"),
    _cover("create_from_bed", "peaks.bed"),
)
COVERS = [BAM, BIGWIG, BED]
WITH_ROI = [*COVERS, _refgenome]
STORED = [*WITH_ROI, _seq, _array]
Case = tuple[list[Any], dict[str, Any], list[str]]

OPTIONS: list[Case] = [
    (STORED, {"storage": "zarr"}, ["storage='zarr'", "ndarray", "sparse", "hdf5"]),
    (COVERS, {"normalizer": "loud"}, ["normalizer='loud'", "tpm", "zscore"]),
    (COVERS, {"normalizer": 3}, ["normalizer=3"]),
    (COVERS, {"normalizer": ["tpm", "loud"]}, ["normalizer='loud'"]),
    (COVERS, {"resolution": 30}, ["resolution=30", "binsize=200"]),
    (COVERS, {"resolution": 50, "flank": 10}, ["resolution=50", "flank=10"]),
    (COVERS, {"resolution": 0}, ["resolution=0"]),
    (COVERS, {"resolution": -50}, ["resolution=-50"]),
    (COVERS, {"dtype": "number"}, ["dtype='number'"]),
    (COVERS, {"conditions": ["a", "b"]}, ["conditions=['a', 'b']"]),
    ([BED], {"genomesize": {"chr2": 9}}, ["chr1", "genomesize"]),
    ([*WITH_ROI, _indexer], {"flank": -1}, ["flank=-1"]),
    ([*WITH_ROI, _indexer], {"binsize": 0}, ["binsize=0"]),
    ([*WITH_ROI, _indexer], {"binsize": -200}, ["binsize=-200"]),
    ([*WITH_ROI, _indexer], {"stepsize": 0}, ["stepsize=0"]),
    ([*WITH_ROI, _indexer], {"binsize": None, "stepsize": 50}, ["stepsize=50", "binsize"]),
    ([*WITH_ROI, _indexer], {"roi": "unequal.bed", "binsize": None}, ["unequal.bed", "300 to 400 bp", "binsize"]),
    ([*WITH_ROI, _indexer], {"roi": "missing.bed"}, ["missing.bed", "no such file"]),
    ([*WITH_ROI, _indexer], {"roi": "words.bed"}, ["words.bed, line 1"]),
    ([*WITH_ROI, _indexer], {"roi": "backwards.bed"}, ["backwards.bed, line 1"]),
    ([*WITH_ROI, _indexer], {"roi": "negative.bed"}, ["negative.bed, line 1"]),
    ([*WITH_ROI, _indexer], {"roi": "empty.bed"}, ["empty.bed"]),
    ([*WITH_ROI, _indexer], {"roi": "genome.fa"}, ["genome.fa", "fasta"]),
    ([BAM, BIGWIG, _refgenome], {"roi": "elsewhere.bed"}, ["roi", "'chr9'"]),
    ([BED], {"roi": "elsewhere.bed", "genomesize": {"chr1": SIZE}}, ["roi", "'chr9'", "genomesize"]),
    ([BAM], {"pairedend": "3prime"}, ["pairedend='3prime'", "5prime", "midpoint"]),
    ([BAM], {"template_extension": -1}, ["template_extension=-1"]),
    ([BAM], {"min_mapq": -1}, ["min_mapq=-1"]),
    ([BIGWIG, BED], {"collapser": "median"}, ["collapser='median'", "mean", "sum", "max"]),
    ([BED], {"mode": "ternary"}, ["mode='ternary'", "binary", "score", "categorical"]),
    ([BED], {"minoverlap": 1.5}, ["minoverlap=1.5"]),
    ([BED], {"minoverlap": -0.5}, ["minoverlap=-0.5"]),
    ([BED], {"mode": "categorical", "file": "fractions.bed"}, ["fractions.bed", "1.5"]),
    ([_refgenome, _seq], {"order": 0}, ["order=0"]),
    ([_refgenome, _seq], {"order": 20}, ["order=20"]),
    ([_seq], {"seqtype": "lipid"}, ["seqtype='lipid'", "dna", "protein"]),
    ([_seq], {"file": "protein.fa", "seqtype": "protein", "order": 9}, ["order=9"]),
    ([_seq], {"fixedlen": 0}, ["fixedlen=0"]),
    ([_seq], {"fixedlen": 3, "order": 4}, ["fixedlen=3", "order=4"]),
    ([_array], {"shape": (4, 2)}, ["array", "(4, 2)", "strand, condition"]),
    ([_array], {"shape": (3, 2, 1, 1)}, ["array", "(3, 2, 1, 1)", "(4, "]),
    ([_array], {"shape": (4, 3, 1, 1)}, ["array", "(4, 3, 1, 1)", "200 bp"]),
    ([_array], {"conditions": ["a", "b"]}, ["conditions"]),
    ([_array], {"resolution": 50}, ["resolution=50"]),
]

FILES: list[Case] = [
    ([BAM], {"file": "words.bam"}, ["words.bam"]),
    ([BAM], {"file": "empty.bam"}, ["empty.bam"]),
    ([BAM], {"file": "genome.fa"}, ["genome.fa"]),
    ([BIGWIG], {"file": "words.bw"}, ["words.bw", "not a bigWig"]),
    ([BIGWIG], {"file": "empty.bw"}, ["empty.bw", "not a bigWig"]),
    ([BIGWIG], {"file": "reads.bam"}, ["reads.bam", "not a bigWig"]),
    ([BIGWIG], {"file": "overlapping.bedgraph"}, ["overlapping.bedgraph", "chr1:0-100", "chr1:50-200", "overlap"]),
    ([BED], {"file": "overlapping.bedgraph", "mode": "bedgraph"}, ["overlapping.bedgraph", "chr1:50-200", "overlap"]),
    ([BED], {"file": "peaks.bed", "mode": "bedgraph"}, ["peaks.bed", "column 4"]),
    ([BED], {"file": "words.bed"}, ["words.bed, line 1", "chrom, start, end"]),
    ([BED], {"file": "reads.bam"}, ["reads.bam", "bam", "BED"]),
    ([_refgenome, _seq], {"file": "words.fa"}, ["words.fa, line 1", "FASTA"]),
    ([_refgenome, _seq], {"file": "empty.fa"}, ["empty.fa"]),
    ([_seq], {"file": "protein.fa"}, ["protein.fa, line 2", "dna", "protein"]),
    ([*STORED[:-1]], {"file": "missing.file"}, ["missing.file"]),
]


def _name(value: Any) -> str | None:
    return value.__qualname__.split(".")[0].strip("_") if callable(value) else None


def _each(cases: list[Case]) -> list[Any]:
    return [(make, options, words) for makers, options, words in cases for make in makers]


@pytest.mark.parametrize(("make", "options", "words"), _each(OPTIONS), ids=_name)
def test_options_that_cannot_be_are_refused(folder: Path, make: Make, options: Any, words: list[str]) -> None:
    _assert_refused(lambda: make(folder, **options), words)


@pytest.mark.parametrize(("make", "options", "words"), _each(FILES), ids=_name)
def test_files_of_another_kind_are_refused(folder: Path, make: Make, options: Any, words: list[str]) -> None:
    _assert_refused(lambda: make(folder, **options), words)


def _assert_refused(make: Callable[[], Any], words: list[str]) -> None:
    with pytest.raises(JangdanError) as caught:
        make()
    message = str(caught.value)
    assert [word for word in words if word not in message] == [], message
    # one sentence, on one line
    assert not re.search(r"\n|\.\s+[A-Z]", message), message


def _records(*letters: str) -> list[SeqRecord]:
    return [SeqRecord(Seq(text), id=f"r{i}") for i, text in enumerate(letters)]


def _labels() -> Array:
    return Array("y", np.zeros((4, 2)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: Bioseq.create_from_seq("d", _records("MKWVTFISLL")), ["r0", "dna", "protein"]),
        (lambda _: Bioseq.create_from_seq("d", _records("ACG", "AC")), ["fixedlen"]),
        (lambda _: Bioseq.create_from_seq("d", []), ["fastafile"]),
        (lambda _: Bioseq.create_from_refgenome("d", None), ["refgenome"]),
        (lambda f: Cover.create_from_bam("c", [], str(f / "roi.bed")), ["no file"]),
        (lambda f: Cover.create_from_bam("c", str(f / "reads.bam")), ["roi", "store_whole_genome"]),
        (lambda f: Cover.create_from_bed("c", str(f / "peaks.bed"), store_whole_genome=True), ["genomesize"]),
        (lambda f: Cover.create_from_bam("", str(f / "reads.bam"), str(f / "roi.bed")), ["name"]),
        (lambda f: BAM(f)[4], ["index 4", "4 regions"]),
        (lambda f: BAM(f)["chr9", 0, 10], ["'chr9'"]),
        (lambda f: BAM(f)[0.5], ["0.5"]),
        (lambda f: view(BAM(f), str(f / "elsewhere.bed")), ["'chr9'"]),
        (lambda f: view(BAM(f), str(f / "missing.bed")), ["missing.bed"]),
        (lambda f: ReduceDim(BAM(f), aggregator="median"), ["aggregator='median'", "sum", "mean", "max"]),
        (lambda f: ReduceDim(BAM(f), axis=(0,)), ["axis=(0,)"]),
        (lambda f: ReduceDim(BAM(f), axis=(4,)), ["axis=(4,)"]),
        (lambda _: ReduceDim(np.zeros((4, 2, 1, 1))), ["array", "ndarray"]),
        (lambda f: SqueezeDim(BAM(f), axis=1), ["axis=1"]),
        (lambda f: Transpose(BAM(f), axis=(1, 0, 2, 3)), ["axis=(1, 0, 2, 3)"]),
        (lambda f: RandomSignalScale(BAM(f), -0.1), ["deviance=-0.1"]),
        (lambda _: Array("y", np.zeros((4, 2)), conditions=["a"]), ["conditions"]),
        (lambda _: PercentileTrimming(101), ["percentile=101"]),
        (lambda _: ZScore(mean="high"), ["mean='high'"]),
        (lambda _: ZScore(std=-1), ["std=-1"]),
        (lambda f: RegionLengthNormalization(str(f / "missing.bed")), ["missing.bed"]),
        (lambda f: plotGenomeTrack(BAM(f), "chr9", 0, 100), ["'chr9'"]),
        (lambda f: plotGenomeTrack(BAM(f), "chr1", 100, 0), ["chr1:100-0"]),
        (lambda f: plotGenomeTrack(BAM(f), "chr1", 0, 100, plottypes=["pie"]), ["plottypes", "'pie'", "heatmap"]),
        (lambda f: plotGenomeTrack([], "chr1", 0, 100), ["tracks"]),
        (lambda _: split_train_test(_labels()), ["holdout", "test_size"]),
        (lambda _: split_train_test(_labels(), holdout=["chr1"]), ["holdout", "test_size"]),
        (lambda _: split_train_test(_labels(), test_size=2), ["test_size=2"]),
        (lambda f: plotGenomeTrack(BAM(f), "chr1", 0, 100, figsize=(0, 5)), ["figsize=(0, 5)"]),
        (lambda f: LineTrack(BAM(f), marker="star"), ["LineTrack", "star"]),
        (lambda f: HeatTrack(BAM(f), height=0), ["height=0"]),
        (lambda f: HeatTrack(_labels()), ["Array", "Cover"]),
        (lambda f: plotGenomeTrack(SeqTrack(BAM(f)), "chr1", 0, 100), ["reads", "A, C, G, T"]),
        (lambda f: BIGWIG(f, resolution=50, collapser=lambda values: values), ["collapser", "axis 1"]),
        (lambda f: BIGWIG(f, nan_to_num=False, normalizer="tpm"), ["NaN", "nan_to_num"]),
        (lambda f: BAM(f, normalizer=lambda garray: 3), ["normalizer", "int"]),
        (lambda f: _refgenome(f, binsize=3, order=5)[0], ["order=5"]),
        (lambda f: Bioseq.create_from_refgenome("d", [str(f / "genome.fa")] * 2), ["refgenome", "'chr1'", "twice"]),
        (lambda _: Interval("chr1", 10, 10), ["chr1:10-10"]),
    ],
)
def test_misuse_is_refused(folder: Path, make: Callable[[Path], Any], words: list[str]) -> None:
    _assert_refused(lambda: make(folder), words)
