"""How time and memory of builds grow with the genome, and with the number of windows."""

import time
from collections.abc import Callable
from pathlib import Path

import pysam

from jangdan.data import Bioseq, Cover
from tests.benchmarks.measure import peak_of

SCALES = (0.5, 1.0, 5.0)
COLUMNS = ("build (storage='hdf5')", "genome", "largest chromosome", "windows", "time", "time per Mb", "peak memory")
_WINDOW = 200
_STEPS = (2000, 200)  # windows over a tenth of the genome, and over all of it


def bam(data: Path, options: dict) -> object:
    """Count 5' ends by strand."""
    return Cover.create_from_bam("c", str(data / "reads.bam"), **options)


def bigwig(data: Path, options: dict) -> object:
    """Read a signal at 1 bp."""
    return Cover.create_from_bigwig("c", str(data / "signal.bw"), **options)


def normalized(data: Path, options: dict) -> object:
    """Read a signal at 1 bp, and fit and apply a z-score."""
    return Cover.create_from_bigwig("c", str(data / "signal.bw"), normalizer="zscore", **options)


def fasta(data: Path, options: dict) -> object:
    """Read a genome."""
    return Bioseq.create_from_refgenome("c", str(data / "genome.fa"), **options)


BUILDS: dict[str, Callable[[Path, dict], object]] = {
    "bam": bam,
    "bigwig": bigwig,
    "bigwig, z-score": normalized,
    "fasta": fasta,
}


def rows(name: str, data: Path) -> list[tuple[str, ...]]:
    """Build in each number of windows; return lines of the table."""
    with pysam.FastaFile(str(data / "genome.fa")) as genome:
        sizes = genome.lengths
    total, largest = sum(sizes) / 1e6, f"{max(sizes) / 1e6:.0f} Mb"
    options = {"roi": str(data / "roi_wg.bed"), "binsize": _WINDOW, "storage": "hdf5"}
    BUILDS[name](data, options | {"stepsize": _STEPS[0]})  # warms caches and compiled code
    found = []
    for step in _STEPS:
        start = time.perf_counter()
        _, peak = peak_of(lambda step=step: BUILDS[name](data, options | {"stepsize": step}))
        seconds = time.perf_counter() - start
        windows = f"{sum((size - _WINDOW) // step + 1 for size in sizes):,}"
        each = f"{1000 * seconds / total:.1f} ms"
        found.append((name, f"{total:.0f} Mb", largest, windows, f"{seconds:.2f} s", each, f"+{peak:.0f} MB"))
    return found
