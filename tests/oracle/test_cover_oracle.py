"""Cover of reads and fragments from end to end: windows against plain loops over pysam and over text."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pysam
import pytest

from jangdan.data import Cover, Interval
from tests.oracle.conftest import SIZES, write_bam

CIGARS = ["50M", "20M5D30M", "10M3I37M", "5S45M", "20M100N30M"]
ALIGNED = [("chr1", 0, 250, "-"), ("chr2", 1300, 1500, "+"), ("chr1", 700, 800, "."), ("chr2", 500, 600, "-")]
UNALIGNED = [("chr1", 3, 253, "-"), ("chr2", 1301, 1501, "-"), ("chr1", 747, 847, "+")]
KEPT = {"keep_duplicates": 0x400, "keep_secondary": 0x100, "keep_supplementary": 0x800, "keep_qcfail": 0x200}
Region = tuple[str, int, int, str]
Signal = dict[str, np.ndarray]
Reduce = Callable[[np.ndarray], np.ndarray]


def _sum(bases: np.ndarray) -> np.ndarray:
    return bases.sum(axis=0)


def _intervals(regions: Sequence[Region]) -> list[Interval]:
    return [Interval(*region) for region in regions]


def _windows(regions: Sequence[Region], binsize: int, step: int) -> list[tuple[str, int, int, str, int]]:
    """Return chrom, start, end, strand, and where the region ends that the window was cut from."""
    windows = []
    for chrom, start, end, strand in regions:
        while True:
            windows.append((chrom, start, start + binsize, strand, end))
            if start + max(binsize, step) >= end:
                break
            start += step
    return windows


def _expected(
    signals: Sequence[Signal],
    regions: Sequence[Region],
    windows: dict[str, int],
    resolution: int | None,
    reduce: Reduce = _sum,
) -> np.ndarray:
    """Cut windows out of signals, each contig -> (bp, strands), one a condition; base by base and bin by bin."""
    binsize, step, flank = windows["binsize"], windows.get("stepsize", windows["binsize"]), windows.get("flank", 0)
    found = []
    for chrom, start, end, strand, last in _windows(regions, binsize, step):
        if resolution is None:
            start, end = start - flank, min(end, last) + flank
        else:
            start, end = start - flank, end + flank
        conditions = []
        for signal in signals:
            bins = []
            for low in range(start, end, resolution or end - start):
                high = low + (resolution or end - start)
                bases = signal[chrom][max(low, 0) : max(high, 0)]
                cut = resolution is not None and end - flank > last and low >= last
                bins.append(np.zeros(bases.shape[1]) if cut or len(bases) == 0 else reduce(bases))
            values = np.array(bins)
            conditions.append(values[::-1, ::-1] if strand == "-" else values)
        found.append(np.stack(conditions, axis=-1))
    return np.stack(found)


def _read_signal(path: Path, options: dict[str, Any]) -> Signal:
    """Count the reads of a BAM in a plain loop; contig -> (bp, strands)."""
    counts = {chrom: np.zeros((size, 2)) for chrom, size in SIZES.items()}
    left_out = 0x4 | sum(bit for name, bit in KEPT.items() if not options.get(name))
    mode, (forward, backward) = options.get("pairedend", "5prime"), options.get("shift", (0, 0))
    with pysam.AlignmentFile(str(path)) as reads:
        for read in reads:
            if read.flag & left_out or read.mapping_quality < (options.get("min_mapq") or 0):
                continue
            strand = int(read.is_reverse)
            if mode == "5prime":
                places: Any = [read.reference_end - 1 + backward if strand else read.reference_start + forward]
            elif mode == "coverage":
                places = [place for block in read.get_blocks() for place in range(*block)]
            elif not read.is_proper_pair or read.template_length <= 0:
                continue
            else:
                # a template lies on the strand of its first read
                strand = strand if read.is_read1 else 1 - strand
                low, high = read.reference_start + forward, read.reference_start + read.template_length + backward
                places = range(low, high) if mode == "fragment" else [(low + high) // 2]
            for place in places:
                if 0 <= place < SIZES[read.reference_name]:
                    counts[read.reference_name][place, strand] += 1
    if options.get("stranded", True):
        return counts
    return {chrom: values.sum(axis=1, keepdims=True) for chrom, values in counts.items()}


@pytest.fixture(scope="module")
def bams(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("bams")
    return [write_bam(folder / f"{name}.bam", np.random.default_rng(i), CIGARS) for i, name in enumerate("abc")]


@pytest.fixture(scope="module")
def signals(bams: list[Path]) -> list[Signal]:
    return [_read_signal(path, {}) for path in bams]


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
@pytest.mark.parametrize("resolution", [1, 10, None])
def test_reads_in_windows_are_those_of_a_plain_loop(
    bams: list[Path], signals: list[Signal], resolution: int | None, storage: str, whole: bool
) -> None:
    for windows in ({"binsize": 100}, {"binsize": 100, "stepsize": 50, "flank": 20}, {"binsize": 30, "stepsize": 20}):
        cover = Cover.create_from_bam(
            "c", bams, _intervals(ALIGNED), resolution=resolution, storage=storage, store_whole_genome=whole, **windows
        )
        assert cover.conditions == ("a", "b", "c")
        values = _expected(signals, ALIGNED, windows, resolution)
        assert cover.shape == values.shape
        np.testing.assert_array_equal(cover[:], values)


@pytest.mark.parametrize(
    "options",
    [{"pairedend": mode, "stranded": s} for mode in ("midpoint", "fragment", "coverage") for s in (True, False)]
    + [{"stranded": False}, {"min_mapq": 30}, {"shift": (4, -5)}, {"shift": (-40, 60), "pairedend": "fragment"}]
    + [{name: True} for name in KEPT]
    + [{"min_mapq": 10, "shift": (4, -5), "stranded": False, **dict.fromkeys(KEPT, True)}],
    ids=str,
)
def test_each_way_of_counting_is_that_of_a_plain_loop(bams: list[Path], options: dict[str, Any]) -> None:
    signal = [_read_signal(bams[0], options)]
    assert signal[0]["chr1"].sum() > 0
    windows = {"binsize": 50, "flank": 10}
    for regions, resolution in ((ALIGNED, 1), (ALIGNED, 10), (UNALIGNED, 10), (UNALIGNED, None)):
        cover = Cover.create_from_bam("c", bams[0], _intervals(regions), resolution=resolution, **windows, **options)
        np.testing.assert_array_equal(cover[:], _expected(signal, regions, windows, resolution))


@pytest.mark.parametrize("seed", range(60))
def test_random_windows_are_those_of_a_plain_loop(bams: list[Path], signals: list[Signal], seed: int) -> None:
    rng = np.random.default_rng(seed)
    resolution = [1, 2, 5, 10, None][seed % 5]
    whole, unit = bool(rng.integers(2)), resolution or 1
    windows = {"binsize": unit * int(rng.integers(1, 40)), "flank": unit * int(rng.integers(4))}
    # a whole genome has its bins at multiples of the resolution
    grid = unit if whole else 1
    if rng.integers(2):
        windows["stepsize"] = grid * int(rng.integers(1, windows["binsize"] // grid + 1))
    regions = []
    for chrom in rng.choice(list(SIZES), 5).tolist():
        start, length = int(rng.integers(SIZES[chrom] - 600)) // grid * grid, unit * int(rng.integers(1, 60))
        regions.append((chrom, start, start + length, str(rng.choice(["+", "-", "."]))))
    given = {"resolution": resolution, "storage": ["ndarray", "sparse", "hdf5"][seed % 3], "store_whole_genome": whole}
    cover = Cover.create_from_bam("c", bams, _intervals(regions), **given, **windows)
    np.testing.assert_array_equal(cover[:], _expected(signals, regions, windows, resolution))


@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
@pytest.mark.parametrize("resolution", [1, 10, None])
def test_files_of_one_condition_are_added_up(
    bams: list[Path], signals: list[Signal], storage: str, resolution: int | None
) -> None:
    a, b, c = signals
    both = {chrom: a[chrom] + c[chrom] for chrom in a}
    options = {"conditions": ["x", "y", "x"], "storage": storage, "resolution": resolution, "binsize": 50}
    cover = Cover.create_from_bam("c", bams, _intervals(ALIGNED), **options)
    assert cover.conditions == ("x", "y")
    np.testing.assert_array_equal(cover[:], _expected([both, b], ALIGNED, {"binsize": 50}, resolution))


def test_a_cram_has_the_counts_of_its_bam(bams: list[Path], tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    letters = {chrom: "".join(rng.choice(list("ACGT"), size)) for chrom, size in SIZES.items()}
    (tmp_path / "ref.fa").write_text("".join(f">{chrom}\n{text}\n" for chrom, text in letters.items()))
    command = ["samtools", "view", "-C", "-T", "ref.fa", "-o", "a.cram", str(bams[0])]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    given = {"roi": _intervals(ALIGNED), "reference": str(tmp_path / "ref.fa"), "resolution": 10, "binsize": 50}
    for mode in ("5prime", "fragment"):
        cover = Cover.create_from_bam("c", tmp_path / "a.cram", pairedend=mode, **given)
        signal = _read_signal(bams[0], {"pairedend": mode})
        np.testing.assert_array_equal(cover[:], _expected([signal], ALIGNED, {"binsize": 50}, 10))


@pytest.mark.parametrize("mode", ["ends", "fragment"])
@pytest.mark.parametrize("resolution", [1, 10, None])
def test_fragment_files_are_those_of_a_plain_loop(tmp_path: Path, mode: str, resolution: int | None) -> None:
    rng, signals = np.random.default_rng(5), []
    for name in ("p", "q"):
        rows = sorted(
            (f"chr{rng.integers(1, 3)}", int(s), int(s + n)) for s, n in rng.integers(1, 300, (400, 2)) * [4, 1]
        )
        signal = {chrom: np.zeros((size, 1)) for chrom, size in SIZES.items()}
        for chrom, start, end in rows:
            signal[chrom][slice(start, end) if mode == "fragment" else [start]] += 1
            if mode == "ends":
                signal[chrom][end - 1] += 1
        (tmp_path / f"{name}.tsv").write_text("".join(f"{c}\t{s}\t{e}\tcell\t1\n" for c, s, e in rows))
        signals.append(signal)
    windows, files = {"binsize": 50, "stepsize": 20, "flank": 10}, [tmp_path / "p.tsv", tmp_path / "q.tsv"]
    given = {"roi": _intervals(ALIGNED), "genomesize": SIZES, "mode": mode, "resolution": resolution, **windows}
    cover = Cover.create_from_fragments("c", files, **given)
    np.testing.assert_array_equal(cover[:], _expected(signals, ALIGNED, windows, resolution))
    added = Cover.create_from_fragments("c", files, conditions=["x", "x"], **given)
    np.testing.assert_array_equal(added[:], cover[:].sum(axis=-1, keepdims=True))
