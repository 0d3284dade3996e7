"""The documents' own examples of Cover, wrappers and tracks (chapters 2.1 and 3): shapes, and values of other tools."""

from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
import pysam
import pytest
from matplotlib.figure import Figure

from jangdan.data import (
    Array,
    Bioseq,
    Cover,
    HeatTrack,
    Interval,
    LineTrack,
    NanToNumConverter,
    PercentileTrimming,
    RandomOrientation,
    RandomSignalScale,
    ReduceDim,
    ZScore,
    plotGenomeTrack,
)

SIZE, CONTIGS = 30_000, ("chr1", "chr2")
LETTERS = {c: "".join(np.random.default_rng(i).choice(list("ACGTN"), SIZE)) for i, c in enumerate(CONTIGS)}
# two broad regions, as of the documents: 2 x 50 windows of 200 bp, 2 x 197 at steps of 50 bp
BROAD = [("chr1", 15_000, 25_000), ("chr2", 15_000, 25_000)]
WINDOWS = [(c, s, s + 200) for c, start, end in BROAD for s in range(start, end, 200)]
GENES = [("chr1", 15_010, 15_400, "+"), ("chr1", 16_000, 18_501, "-"), ("chr2", 15_000, 15_007, "+")]
CUT: dict[str, Any] = {"binsize": 200, "stepsize": 200}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("examples")
    rows = {
        "sample.bed": BROAD,
        "train.bed": BROAD[:1],
        "test.bed": BROAD[1:],
        "genes.bed": [(c, s, e, "gene", 0, strand) for c, s, e, strand in GENES],
        # scores by window number, each in the middle of its window
        "scored.bed": [(*_inside(WINDOWS[i]), "peak", score, ".") for i, score in ((4, 5), (7, 2), (90, 1))],
    }
    for name, lines in rows.items():
        (path / name).write_text("".join("\t".join(map(str, line)) + "\n" for line in lines))
    (path / "genes.gff").write_text(
        "".join(f"{c}\tus\texon\t{s + 1}\t{e}\t.\t{strand}\t.\tID=x\n" for c, s, e, strand in GENES)
    )
    (path / "genome.fa").write_text("".join(f">{c}\n{LETTERS[c]}\n" for c in CONTIGS))
    _write_bam(path / "sample.bam")
    _write_bigwig(path / "sample.bw")
    return path


def _inside(window: tuple[str, int, int]) -> tuple[str, int, int]:
    return window[0], window[1] + 50, window[1] + 150


def _write_bam(path: Path) -> None:
    rng = np.random.default_rng(4)
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": c, "LN": SIZE} for c in CONTIGS]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for chrom in range(len(CONTIGS)):
            for start in np.sort(rng.integers(14_900, 25_100, 2000)):
                read = pysam.AlignedSegment(out.header)
                read.reference_id, read.reference_start, read.mapping_quality = chrom, int(start), 30
                read.cigarstring, read.flag, read.query_name = "30M", int(rng.choice([0, 16])), "r"
                out.write(read)


def _write_bigwig(path: Path) -> None:
    rng = np.random.default_rng(5)
    with pyBigWig.open(str(path), "w") as out:
        out.addHeader([(c, SIZE) for c in CONTIGS])
        for chrom in CONTIGS:
            # of each 20 bp the last 5 hold no value
            starts = np.arange(14_000, 26_000, 20)
            values = rng.integers(1, 9, len(starts)).astype(float)
            out.addEntries([chrom] * len(starts), starts.tolist(), (starts + 15).tolist(), values.tolist())


def _counts(folder: Path) -> dict[str, np.ndarray]:
    counts = {c: np.zeros((SIZE, 2)) for c in CONTIGS}
    with pysam.AlignmentFile(str(folder / "sample.bam")) as reads:
        for read in reads:
            five_prime = read.reference_end - 1 if read.is_reverse else read.reference_start
            counts[read.reference_name][five_prime, int(read.is_reverse)] += 1
    return counts


def _counted(folder: Path, windows: list[tuple[str, int, int]]) -> np.ndarray:
    counts = _counts(folder)
    return np.stack([counts[c][s:e] for c, s, e in windows])[..., None]


def _signal(folder: Path) -> np.ndarray:
    with pyBigWig.open(str(folder / "sample.bw")) as file:
        return np.stack([file.values(*window, numpy=True) for window in WINDOWS])


def _bam(folder: Path, **options: Any) -> Cover:
    options = {"roi": str(folder / "sample.bed"), **CUT, **options}
    return Cover.create_from_bam("track", bamfiles=str(folder / "sample.bam"), **options)


def _dna(folder: Path, **options: Any) -> Bioseq:
    options = {"roi": str(folder / "sample.bed"), "binsize": 200, **options}
    return Bioseq.create_from_refgenome(name="dna", refgenome=str(folder / "genome.fa"), **options)


def _one_hot(letters: str) -> np.ndarray:
    return np.array([[float(letter == x) for x in "ACGT"] for letter in letters])


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({}, (100, 200, 2, 1)),
        ({"stranded": False}, (100, 200, 1, 1)),
        ({"resolution": 50}, (100, 4, 2, 1)),
        ({"resolution": None}, (100, 1, 2, 1)),
        ({"resolution": None, "stranded": False}, (100, 1, 1, 1)),
        ({"channel_last": False}, (100, 1, 200, 2)),
    ],
)
def test_read_counts_have_the_documented_shapes_and_values(
    folder: Path, options: dict[str, Any], shape: tuple[int, ...]
) -> None:
    cover = _bam(folder, **options)
    assert cover.shape == cover[:].shape == shape
    expected = _counted(folder, WINDOWS)
    if options.get("stranded") is False:
        expected = expected.sum(axis=2, keepdims=True)
    bins = 200 // (options.get("resolution", 1) or 200)
    expected = expected.reshape(100, bins, -1, *expected.shape[2:]).sum(axis=2)
    np.testing.assert_array_equal(cover[:], np.moveaxis(expected, 3, 1) if "channel_last" in options else expected)


def test_one_value_a_window_is_that_of_a_resolution_of_its_size(folder: Path) -> None:
    np.testing.assert_array_equal(_bam(folder, resolution=None)[:], _bam(folder, resolution=200)[:])


@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
@pytest.mark.parametrize("whole", [True, False])
def test_storages_hold_the_same_whole_or_in_part(folder: Path, storage: str, whole: bool) -> None:
    options = {"storage": storage, "store_whole_genome": whole}
    np.testing.assert_array_equal(_bam(folder, **options)[:], _counted(folder, WINDOWS))
    np.testing.assert_array_equal(_dna(folder, **options)[:], _dna(folder)[:])


def test_regions_are_filled_up_with_zeros_or_skipped(folder: Path) -> None:
    roi = [Interval("chr1", 15_000, 15_300), Interval("chr2", 16_000, 16_100)]
    padded = _bam(folder, roi=roi)
    expected = _counted(folder, [("chr1", 15_000, 15_200), ("chr1", 15_200, 15_400), ("chr2", 16_000, 16_200)])
    expected[1:, 100:] = 0
    np.testing.assert_array_equal(padded[:], expected)
    np.testing.assert_array_equal(_bam(folder, roi=roi, zero_padding=False)[:], expected[:1])


def test_datasets_are_made_of_a_genomic_array_and_an_indexer(folder: Path) -> None:
    dna, cover = _dna(folder), _bam(folder)
    np.testing.assert_array_equal(Bioseq("d", dna.garray, dna.gindexer, "ACGT", True)[:], dna[:])
    np.testing.assert_array_equal(Cover("c", cover.garray, cover.gindexer, channel_last=True)[:], cover[:])
    interval = cover.gindexer[3]
    assert (interval.chrom, interval.start, interval.end) == WINDOWS[3]
    np.testing.assert_array_equal(cover.garray[interval], _counted(folder, WINDOWS)[3])


def test_datasets_are_indexed_like_numpy_arrays_along_regions(folder: Path) -> None:
    cover, counts = _bam(folder), _counted(folder, WINDOWS)
    for index in (slice(10, 2, -3), [5, 2, 2, -1], np.arange(100) % 7 == 0, np.array([], dtype=int)):
        np.testing.assert_array_equal(cover[index], counts[index])
    for index in (3, -1, np.int64(7)):
        np.testing.assert_array_equal(cover[index], counts[[index]])
    np.testing.assert_array_equal(np.concatenate(list(cover.copy())), counts)


def test_files_become_conditions_in_their_order(folder: Path) -> None:
    files = [str(folder / name) for name in ("sample.bw", "sample.bw")]
    options = {"roi": str(folder / "sample.bed"), **CUT, "conditions": ["b", "a"]}
    cover = Cover.create_from_bigwig("bw", bigwigfiles=files, **options)
    assert (cover.shape, cover.conditions) == ((100, 200, 1, 2), ("b", "a"))
    assert _bam(folder).conditions == ("sample",)


def _write_pair(path: Path, start: int, length: int) -> None:
    """Write one template of two reads of 30 bp at its ends."""
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": c, "LN": SIZE} for c in CONTIGS]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for flag, own, mate in ((99, start, start + length - 30), (147, start + length - 30, start)):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.flag, read.cigarstring, read.mapping_quality = "pair", flag, "30M", 30
            read.reference_id = read.next_reference_id = 0
            read.reference_start, read.next_reference_start = own, mate
            read.template_length = length if own < mate else -length
            out.write(read)


def test_pairs_count_at_both_ends_or_at_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "pair.bam"
    _write_pair(path, 1000, 301)
    options: dict[str, Any] = {"bamfiles": str(path), "stranded": False}
    ends = Cover.create_from_bam("c", roi=[Interval("chr1", 900, 1400)], **options)
    assert np.flatnonzero(ends[0].ravel()).tolist() == [100, 400]
    # both reads lie outside this region: its template is counted all the same
    roi = [Interval("chr1", 1100, 1200)]
    for extension in (0, 500):
        options["template_extension"] = extension
        middle = Cover.create_from_bam("c", roi=roi, pairedend="midpoint", **options)
        assert np.flatnonzero(middle[0].ravel()).tolist() == [50]


@pytest.mark.parametrize("annotation", ["genes.bed", "genes.gff"])
def test_reads_are_summed_over_genes_of_any_length(folder: Path, annotation: str) -> None:
    genes = _bam(folder, roi=str(folder / annotation), binsize=None, stepsize=None, resolution=None)
    counts = _counts(folder)
    expected = np.array([counts[c][s:e].sum(axis=0)[:: -1 if strand == "-" else 1] for c, s, e, strand in GENES])
    assert genes.shape == (3, 1, 2, 1)
    np.testing.assert_array_equal(genes[:][:, 0, :, 0], expected)


def test_tpm_is_rate_per_million_of_rates(folder: Path) -> None:
    genes = {"roi": str(folder / "genes.bed"), "binsize": None, "stepsize": None, "resolution": None}
    rate = _bam(folder, **genes)[:] / (np.array([e - s for _, s, e, _ in GENES]) / 1000).reshape(3, 1, 1, 1)
    tpm = _bam(folder, **genes, normalizer="tpm")
    np.testing.assert_allclose(tpm[:], rate / rate.sum() * 1e6, rtol=1e-5)


def test_normalizers_come_in_a_list_and_a_zscore_is_used_again(folder: Path) -> None:
    train, test = str(folder / "train.bed"), str(folder / "test.bed")
    raw, zscore = _counted(folder, WINDOWS), ZScore()
    _bam(folder, roi=train, normalizer=[zscore])
    fitted = (raw[50:] - raw[:50].mean()) / raw[:50].std()
    np.testing.assert_allclose(_bam(folder, roi=test, normalizer=[zscore])[:], fitted, rtol=1e-4, atol=1e-5)
    trimmed = np.minimum(raw, np.percentile(raw, 99.9))
    chained = _bam(folder, normalizer=[PercentileTrimming(99.9), ZScore()])
    np.testing.assert_allclose(chained[:], (trimmed - trimmed.mean()) / trimmed.std(), rtol=1e-4, atol=1e-5)


def test_a_normalizer_may_be_a_function_of_the_genomic_array(folder: Path) -> None:
    def custom_normalizer(genomicarray: Any) -> Any:
        return genomicarray

    np.testing.assert_array_equal(_bam(folder, normalizer=custom_normalizer)[:], _bam(folder)[:])


def _custom_collapser(numpyarray: np.ndarray) -> np.ndarray:
    assert numpyarray.ndim == 3
    return numpyarray.sum(axis=1)


@pytest.mark.parametrize(
    ("collapser", "naive"),
    [
        (None, np.mean),
        ("mean", np.mean),
        ("sum", np.sum),
        ("max", np.max),
        (np.sum, np.sum),
        (_custom_collapser, np.sum),
    ],
)
@pytest.mark.parametrize("resolution", [50, None])
def test_signal_of_a_bigwig_is_collapsed(folder: Path, collapser: Any, naive: Any, resolution: int | None) -> None:
    options = {"roi": str(folder / "sample.bed"), **CUT, "resolution": resolution, "collapser": collapser}
    cover = Cover.create_from_bigwig("bwtrack", bigwigfiles=str(folder / "sample.bw"), **options)
    bins = 200 // (resolution or 200)
    expected = naive(np.nan_to_num(_signal(folder)).reshape(100, bins, -1), axis=2)
    assert cover.shape == (100, bins, 1, 1)
    np.testing.assert_allclose(cover[:][:, :, 0, 0], expected, rtol=1e-6)


def test_gaps_of_a_bigwig_are_zero_or_nan(folder: Path) -> None:
    options = {"bigwigfiles": str(folder / "sample.bw"), "roi": str(folder / "sample.bed"), **CUT}
    gaps = Cover.create_from_bigwig("bw", **options, nan_to_num=False)
    np.testing.assert_array_equal(gaps[:][:, :, 0, 0], _signal(folder))
    filled = np.nan_to_num(_signal(folder))
    np.testing.assert_array_equal(Cover.create_from_bigwig("bw", **options)[:][:, :, 0, 0], filled)
    np.testing.assert_array_equal(NanToNumConverter(gaps)[:][:, :, 0, 0], filled)


@pytest.mark.parametrize(
    ("mode", "classes", "fourth"), [("binary", 1, [1]), ("score", 1, [5]), ("categorical", 6, [0, 0, 0, 0, 0, 1])]
)
def test_modes_of_a_bed_file(folder: Path, mode: str, classes: int, fourth: list[int]) -> None:
    options = {"roi": str(folder / "sample.bed"), **CUT, "resolution": None, "collapser": "max", "mode": mode}
    cover = Cover.create_from_bed("coverage", bedfiles=str(folder / "scored.bed"), **options)
    assert cover.shape == (100, 1, 1, classes)
    np.testing.assert_array_equal(cover[4], [[[fourth]]])
    assert np.flatnonzero(cover[:].any(axis=(1, 2, 3))).tolist() == [4, 7, 90]


@pytest.mark.parametrize(("minoverlap", "found"), [(None, 3), (0.5, 3), (0.51, 0)])
def test_features_overlap_by_at_least_a_fraction(folder: Path, minoverlap: float | None, found: int) -> None:
    options = {"roi": str(folder / "sample.bed"), **CUT, "resolution": None, "minoverlap": minoverlap}
    assert Cover.create_from_bed("c", str(folder / "scored.bed"), **options)[:].sum() == found


@pytest.mark.parametrize("flank", [50, 100])
def test_flanks_are_in_bp_at_any_resolution(folder: Path, flank: int) -> None:
    options = {"roi": str(folder / "sample.bed"), **CUT, "resolution": 50, "flank": flank}
    for cover in (
        Cover.create_from_bed("c", str(folder / "scored.bed"), **options),
        Cover.create_from_bigwig("c", str(folder / "sample.bw"), **options),
        _bam(folder, resolution=50, flank=flank),
    ):
        assert cover.shape[:2] == (100, (200 + 2 * flank) // 50)


@pytest.mark.parametrize("aggregator", [None, "sum", "mean", "max", np.min])
def test_reduce_dim_makes_a_table(folder: Path, aggregator: Any) -> None:
    naive = {None: np.sum, "sum": np.sum, "mean": np.mean, "max": np.max, np.min: np.min}[aggregator]
    cover, counts = _bam(folder), _counted(folder, WINDOWS)
    table = ReduceDim(cover, aggregator=aggregator)
    assert table.shape == (100, 1)
    np.testing.assert_allclose(table[:], naive(counts, axis=(1, 2)), rtol=1e-6)
    assert ReduceDim(cover, aggregator, axis=(1,)).shape == (100, 2, 1)


def test_augmentation_turns_and_scales_but_keeps_the_data(folder: Path) -> None:
    cover, counts = _bam(folder), _counted(folder, WINDOWS)
    turned = RandomOrientation(cover)[:]
    flipped = [(turned[i] == counts[i, ::-1, ::-1]).all() for i in range(100)]
    assert all(f or (turned[i] == counts[i]).all() for i, f in enumerate(flipped))
    assert 0 < sum(flipped) < 100
    factor = RandomSignalScale(cover, 0.1)[:].sum(axis=(1, 2, 3)) / counts.sum(axis=(1, 2, 3))
    assert 0.9 <= factor.min() < 1 < factor.max() <= 1.1
    np.testing.assert_array_equal(cover[:], counts)


@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
def test_random_state_shuffles_all_datasets_alike(
    folder: Path, storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JANGGU_OUTPUT", str(tmp_path))
    shuffled = {"storage": storage, "cache": True, "store_whole_genome": False, "random_state": 43}
    dna, cover = _dna(folder, **shuffled), _bam(folder, **shuffled)
    places = [(i.chrom, i.start, i.end) for i in dna.gindexer]
    assert places != WINDOWS
    assert sorted(places) == WINDOWS
    np.testing.assert_array_equal(cover[:], _counted(folder, places))
    for i, (chrom, start, end) in enumerate(places):
        np.testing.assert_array_equal(dna[i][0, :, 0], _one_hot(LETTERS[chrom][start:end]))
    assert [p for p in tmp_path.rglob("*") if p.is_file()]


def test_predictions_become_a_cover_and_a_bigwig(folder: Path, tmp_path: Path) -> None:
    windows = _dna(folder).gindexer
    array = np.arange(100, dtype="float32").reshape(100, 1, 1, 1)
    predictions = Cover.create_from_array("predictions", array, windows)
    np.testing.assert_array_equal(predictions[:], array)
    predictions.export_to_bigwig(output_dir=str(tmp_path))
    with pyBigWig.open(str(tmp_path / "predictions.Cond_0.bigwig")) as file:
        means = [file.stats(*window, exact=True)[0] for window in WINDOWS]
    np.testing.assert_allclose(means, array.ravel())


def test_tracks_are_drawn_and_saved(folder: Path, tmp_path: Path) -> None:
    cover = _bam(folder)
    for figure in (
        plotGenomeTrack(cover, "chr1", 16_000, 18_000),
        plotGenomeTrack([cover, cover], "chr1", 16_000, 18_000, figsize=(6, 4), plottypes=["line", "heatmap"]),
        plotGenomeTrack([LineTrack(cover, marker="."), HeatTrack(cover, height=1)], "chr1", 16_000, 18_000),
    ):
        assert isinstance(figure, Figure)
    figure.savefig(tmp_path / "tracks.png")
    assert (tmp_path / "tracks.png").stat().st_size > 1000


def test_an_array_is_a_numpy_array_with_a_name() -> None:
    labels = Array("y", np.arange(6).reshape(3, 2), conditions=["a", "b"])
    assert (labels.name, labels.shape, labels.ndim, len(labels)) == ("y", (3, 2), 2, 3)
    np.testing.assert_array_equal(labels[[2, 0]], [[4, 5], [0, 1]])
