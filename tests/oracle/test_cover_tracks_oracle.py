"""Cover of signals and regions from end to end: windows against pyBigWig and bedtools, and export back to bigWig."""

import subprocess
from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from jangdan.data import Cover, GenomicIndexer, Interval
from tests.oracle.conftest import SIZES, write_bam
from tests.oracle.test_cover_oracle import ALIGNED, CIGARS, UNALIGNED, Reduce, Region, _expected, _intervals, _windows

Bin = tuple[str, int, int]


@pytest.fixture(scope="module")
def bigwig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, rng = tmp_path_factory.mktemp("bigwig") / "s.bw", np.random.default_rng(6)
    with pyBigWig.open(str(path), "w") as out:
        out.addHeader(list(SIZES.items()))
        for chrom in ("chr1", "chr2"):
            bounds = np.unique(np.append(rng.integers(0, SIZES[chrom], 300), SIZES[chrom]))
            kept = np.flatnonzero(rng.random(len(bounds) - 1) < 0.7)
            starts, ends = bounds[kept].tolist(), bounds[kept + 1].tolist()
            out.addEntries(
                [chrom] * len(kept), starts, ends=ends, values=(rng.integers(-90, 90, len(kept)) / 8).tolist()
            )
    return path


def _known(reduce: Reduce) -> Reduce:
    """Leave NaN out; of NaN only, NaN."""
    return lambda bases: reduce(bases[~np.isnan(bases[:, 0])]) if not np.isnan(bases).all() else np.array([np.nan])


@pytest.mark.parametrize("resolution", [1, 10, None])
@pytest.mark.parametrize("nan_to_num", [True, False])
@pytest.mark.parametrize("name", ["mean", "sum", "max", "min"])
def test_bigwig_windows_are_those_of_pybigwig(
    bigwig: Path, resolution: int | None, nan_to_num: bool, name: str
) -> None:
    with pyBigWig.open(str(bigwig)) as signal:
        bases = {chrom: np.array(signal.values(chrom, 0, size))[:, None] for chrom, size in SIZES.items()}
    bases = {chrom: np.nan_to_num(values) if nan_to_num else values for chrom, values in bases.items()}
    reduce = _known(lambda values: getattr(np, name)(values, axis=0))
    windows = {"binsize": 50, "stepsize": 30, "flank": 20}
    for regions in (ALIGNED, UNALIGNED):
        given = {"resolution": resolution, "collapser": name, "nan_to_num": nan_to_num, **windows}
        cover = Cover.create_from_bigwig("c", bigwig, _intervals(regions), **given)
        np.testing.assert_allclose(cover[:], _expected([bases], regions, windows, resolution, reduce), rtol=1e-6)


@pytest.mark.parametrize("resolution", [1, 10])
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_exported_values_are_read_again(tmp_path: Path, resolution: int, seed: int | None) -> None:
    given = {"binsize": 50, "flank": 10, "resolution": resolution, "random_state": seed}
    bams = [write_bam(tmp_path / f"{name}.bam", np.random.default_rng(i), CIGARS) for i, name in enumerate("ab")]
    cover = Cover.create_from_bam("c", bams, _intervals(ALIGNED), stranded=False, **given)
    paths = cover.export_to_bigwig(tmp_path, genomesize=SIZES)
    again = Cover.create_from_bigwig("d", paths, _intervals(ALIGNED), conditions=["a", "b"], **given)
    np.testing.assert_array_equal(again[:], cover[:])
    with pyBigWig.open(str(paths[0])) as signal:
        expected = np.nan_to_num(np.array(signal.values("chr1", 700, 750)))[::resolution]
    place = next(i for i, window in enumerate(cover.gindexer) if (window.chrom, window.start) == ("chr1", 690))
    np.testing.assert_array_equal(cover[place][0, :, 0, 0][10 // resolution : 60 // resolution], expected)


def test_strands_are_exported_each_to_its_file(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", np.random.default_rng(3), CIGARS)
    given = {"roi": _intervals(ALIGNED), "resolution": 10, "binsize": 50, "random_state": 5}
    cover = Cover.create_from_bam("c", bam, **given)
    forward, backward = cover.export_to_bigwig(tmp_path)
    assert (forward.name, backward.name) == ("c.a.forward.bigwig", "c.a.reverse.bigwig")
    again = Cover.create_from_bigwig("d", [forward, backward], conditions=["+", "-"], **given)[:]
    for window, values, read in zip(cover.gindexer, cover[:], again, strict=True):
        # a window on the reverse strand shows its own strand first
        own = values[:, ::-1] if window.strand == "-" else values
        np.testing.assert_array_equal(read[:, 0, :], own[:, :, 0])


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, rng = tmp_path_factory.mktemp("bed") / "p.bed", np.random.default_rng(8)
    starts = {"chr1": rng.integers(0, 1000, 40), "chr2": rng.integers(400, 1470, 40)}
    rows = [(c, int(s), int(s + rng.integers(1, 30)), int(rng.integers(1, 99))) for c in starts for s in starts[c]]
    path.write_text("".join(f"{c}\t{s}\t{e}\tpeak\t{score}\t.\n" for c, s, e, score in rows))
    return path


def _bins(regions: list[Region], binsize: int, resolution: int | None) -> list[list[Bin]]:
    """Return the bins of each window in its direction; without a resolution the window, as far as its region goes."""
    found = []
    for chrom, start, end, strand, last in _windows(regions, binsize, binsize):
        step = resolution or min(end, last) - start
        bins = [(chrom, low, low + step) for low in range(start, min(end, last), step)]
        found.append(bins[::-1] if strand == "-" else bins)
    return found


def _bedtools(bins: list[list[Bin]], bed: Path, *command: str) -> list[list[str]]:
    text = "".join(f"{c}\t{s}\t{e}\n" for window in bins for c, s, e in window)
    run = ["bedtools", *command, "-a", "-", "-b", str(bed)]
    out = subprocess.run(run, input=text, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in out.splitlines()]


@pytest.mark.parametrize("mode", ["binary", "score"])
@pytest.mark.parametrize("resolution", [1, 10, None])
@pytest.mark.parametrize("minoverlap", [None, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0])
def test_minoverlap_is_that_of_bedtools(bed: Path, mode: str, resolution: int | None, minoverlap: float | None) -> None:
    for regions, whole in ((ALIGNED, False), (ALIGNED, True), (UNALIGNED, False)):
        bins = _bins(regions, 50, resolution)
        options = [] if minoverlap is None else ["-f", str(minoverlap)]
        largest: dict[Bin, float] = {}
        for row in _bedtools(bins, bed, "intersect", "-wa", "-wb", *options):
            place = (row[0], int(row[1]), int(row[2]))
            largest[place] = max(largest.get(place, 0), 1 if mode == "binary" else float(row[7]))
        given = {"genomesize": SIZES, "resolution": resolution, "binsize": 50, "store_whole_genome": whole}
        cover = Cover.create_from_bed("c", bed, _intervals(regions), mode=mode, minoverlap=minoverlap, **given)
        assert cover.shape == (len(bins), 50 // (resolution or 50), 1, 1)
        for values, window in zip(cover[:], bins, strict=True):
            np.testing.assert_array_equal(values[:, 0, 0], [largest.get(place, 0) for place in window])


@pytest.mark.parametrize("resolution", [10, 25, None])
def test_a_mean_of_presence_is_the_fraction_of_bedtools_coverage(bed: Path, resolution: int | None) -> None:
    bins = _bins(ALIGNED, 50, resolution)
    fractions = {(row[0], int(row[1]), int(row[2])): float(row[-1]) for row in _bedtools(bins, bed, "coverage")}
    given = {"genomesize": SIZES, "resolution": resolution, "binsize": 50, "collapser": "mean"}
    cover = Cover.create_from_bed("c", bed, _intervals(ALIGNED), **given)
    for values, window in zip(cover[:], bins, strict=True):
        np.testing.assert_allclose(values[:, 0, 0], [fractions[place] for place in window], atol=1e-6)


@pytest.mark.parametrize(("resolution", "minoverlap"), [(25, 0.28), (50, 0.14), (100, 0.07), (100, 0.55), (200, 0.56)])
@pytest.mark.parametrize("by_region", [False, True])
def test_minoverlap_at_the_very_fraction_is_that_of_bedtools(
    tmp_path: Path, resolution: int, minoverlap: float, by_region: bool
) -> None:
    """A feature that covers exactly that fraction of a bin counts: 55 of 100 bp at 0.55."""
    bins = [(start, start + resolution) for start in range(0, 100 * resolution, resolution)]
    (tmp_path / "bins.bed").write_text("".join(f"chr1\t{s}\t{e}\n" for s, e in bins))
    rows = [(s, s + 1 + i % resolution) for i, (s, _) in enumerate(bins)]
    (tmp_path / "f.bed").write_text("".join(f"chr1\t{s}\t{e}\n" for s, e in rows))
    command = ["bedtools", "intersect", "-c", "-a", "bins.bed", "-b", "f.bed", "-f", str(minoverlap)]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    expected = [int(line.split("\t")[3]) > 0 for line in out.splitlines()]
    roi = [Interval("chr1", *bounds) for bounds in bins]
    given = {"genomesize": {"chr1": 100 * resolution}, "resolution": None if by_region else resolution}
    cover = Cover.create_from_bed("c", tmp_path / "f.bed", roi, minoverlap=minoverlap, **given)
    np.testing.assert_array_equal(cover[:].ravel() > 0, expected)


@pytest.mark.parametrize("resolution", [1, 10, None])
@pytest.mark.parametrize("kind", ["fragments", "bedgraph"])
def test_without_genomesize_what_lies_past_the_regions_is_left_out(
    tmp_path: Path, kind: str, resolution: int | None
) -> None:
    roi = [Interval("chr1", 0, 100)]
    if kind == "fragments":
        (tmp_path / "f.tsv").write_text("chr1\t1\t5\tc\t1\nchr1\t50\t500\tc\t1\nchr2\t3\t8\tc\t1\n")
        cover = Cover.create_from_fragments("c", tmp_path / "f.tsv", roi, resolution=resolution)
        assert cover[:].sum() == 3
    else:
        (tmp_path / "f.bedgraph").write_text("chr1\t1\t5\t1\nchr1\t50\t500\t1\nchr2\t3\t8\t7\n")
        cover = Cover.create_from_bigwig("c", tmp_path / "f.bedgraph", roi, resolution=resolution, collapser="sum")
        assert cover[:].sum() == 54


@pytest.mark.parametrize(
    ("stepsize", "starts"), [(40, range(1300, 1500, 40)), (70, (1300, 1370, 1440)), (200, (1300,))]
)
def test_no_window_starts_past_its_region(stepsize: int, starts: object) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr2", 1300, 1500)], binsize=30, stepsize=stepsize)
    assert indexer.start.tolist() == list(starts)
    assert (indexer.end > indexer.start).all()
