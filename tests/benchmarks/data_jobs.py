"""Jobs of the data plane: readers, storage, gathering, export."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyBigWig
import pysam

from jangdan.data import Bioseq, Cover, GenomicIndexer
from jangdan.formats.bed import read_bed
from jangdan.sequence.alphabet import DNA
from jangdan.sequence.encode import one_hot
from tests.benchmarks.measure import Goal, Result, measure

Job = Callable[[Path], Result]
BATCH = 128


def bam_windows(data: Path) -> Result:
    """Count 5' ends by strand in 20,000 windows of 200 bp."""
    bam, roi = str(data / "reads.bam"), str(data / "roi.bed")
    goal = Goal("<= 3x samtools view -c", ratio=3)
    return measure(
        "BAM 5' counts, stranded, 20k windows",
        goal,
        lambda: Cover.create_from_bam("c", bam, roi, binsize=200),
        ("samtools view -c", lambda: _count_reads(bam)),
        agrees=lambda cover: np.array_equal(cover[:].sum(axis=(1, 3)), _naive_counts(bam, roi)),
    )


def bam_few(data: Path) -> Result:
    """Count 5' ends in 100 far-apart windows, through the index."""
    bam, roi = str(data / "reads.bam"), str(data / "roi100.bed")
    return measure(
        "BAM 5' counts, 100 windows",
        Goal("<= 0.1 s", seconds=0.1),
        lambda: Cover.create_from_bam("c", bam, roi, binsize=200),
        ("samtools view -c", lambda: _count_reads(bam)),
        agrees=lambda cover: np.array_equal(cover[:].sum(axis=(1, 3)), _naive_counts(bam, roi)),
    )


def bigwig_windows(data: Path) -> Result:
    """Read a bigWig at 1 bp in 20,000 windows."""
    path, roi = str(data / "signal.bw"), str(data / "roi.bed")
    name, decode = _whole_decode(path)
    return measure(
        "bigWig at 1 bp, 20k windows",
        Goal("<= 1.3x one decode, +100 MB", ratio=1.3, memory=100),
        lambda: Cover.create_from_bigwig("c", path, roi, binsize=200),
        (name, decode),
        agrees=lambda cover: np.array_equal(cover[:][:, :, 0, 0], _bigwig_values(path, roi)),
    )


def bigwig_few(data: Path) -> Result:
    """Read a bigWig in 100 far-apart windows."""
    path, roi = str(data / "signal.bw"), str(data / "roi100.bed")
    name, decode = _whole_decode(path)
    return measure(
        "bigWig at 1 bp, 100 windows",
        Goal("<= 0.05 s", seconds=0.05),
        lambda: Cover.create_from_bigwig("c", path, roi, binsize=200),
        (name, decode),
        agrees=lambda cover: np.array_equal(cover[:][:, :, 0, 0], _bigwig_values(path, roi)),
    )


def fasta(data: Path) -> Result:
    """Read a whole genome as codes, for one-hot of order 3."""
    path = str(data / "genome.fa")

    def agrees(dna: Bioseq) -> bool:
        with pysam.FastaFile(path) as genome:
            letters = genome.fetch("chr2", 5_000_000, 5_002_000).upper()
        words = [letters[i : i + 3] for i in range(1998)]
        expected = [[float(word == code) for code in dna.conditions] for word in words]
        return np.array_equal(dna["chr2", 5_000_000, 5_002_000][0, :, 0], expected)

    return measure(
        "FASTA to codes of order 3, whole 20 Mb",
        Goal("<= 0.2 s, +40 MB", seconds=0.2, memory=40),
        lambda: Bioseq.create_from_refgenome("dna", path, order=3, store_whole_genome=True),
        ("read the file", lambda: Path(path).read_bytes()),
        agrees=agrees,
    )


def _gather(
    storage: str, resolution: int = 1, roi: str = "roi.bed"
) -> Callable[[Path], tuple[Cover, np.ndarray, list]]:
    def prepare(data: Path) -> tuple[Cover, np.ndarray, list[np.ndarray]]:
        options = {"binsize": 200, "storage": storage, "resolution": resolution, "store_whole_genome": True}
        cover = Cover.create_from_bam("c", str(data / "reads.bam"), str(data / roi), stranded=False, **options)
        order = np.random.default_rng(0).permutation(len(cover))
        batches = [order[i : i + BATCH] for i in range(0, len(order) - BATCH, BATCH)]
        return cover, cover.garray.data, batches

    return prepare


def _gather_job(title: str, goal: Goal, prepare: Callable[[Path], tuple[Cover, np.ndarray, list]]) -> Job:
    def job(data: Path) -> Result:
        cover, flat, batches = prepare(data)
        indexer, resolution = cover.gindexer, cover.garray.resolution
        offset = cover.garray.layout.offset[indexer.chrom] + indexer.start // resolution
        n_bins = 200 // resolution

        def naive() -> None:
            for batch in batches:
                np.array([flat[offset[i] : offset[i] + n_bins] for i in batch])

        def agrees(_: object) -> bool:
            some = batches[0]
            expected = np.array([flat[offset[i] : offset[i] + n_bins] for i in some])
            reverse = indexer.strand[some] == 2
            expected[reverse] = expected[reverse][:, ::-1, ::-1]
            return np.array_equal(cover[some], expected)

        return measure(
            title,
            goal,
            lambda: [cover[batch] for batch in batches],
            ("a loop of slices", naive),
            agrees=agrees,
            units=len(batches) * BATCH,
        )

    return job


def one_hot_job(order: int, goal: float) -> Job:
    """Return the job that turns codes of an order into one-hot (uint8)."""

    def job(data: Path) -> Result:
        n_codes, shape = 4**order, (BATCH, 2000)
        codes = np.random.default_rng(0).integers(0, n_codes, (20, *shape)).astype(np.uint8)
        codes[..., ::97] = 255
        rows = np.zeros((*shape, n_codes), dtype=np.uint8)
        return measure(
            f"one-hot of order {order}, uint8, batches of 128 x 2 kb",
            Goal(f">= {goal} Gbp/s", rate=goal * 1e9),
            lambda: [one_hot(batch, n_codes, np.uint8).nbytes for batch in codes],
            ("memcpy", lambda: [rows.copy().nbytes for _ in codes]),
            agrees=lambda _: np.array_equal(
                one_hot(codes[0], n_codes, np.uint8), codes[0][..., None] == range(n_codes)
            ),
            units=codes.size,
        )

    return job


def cached(data: Path) -> Result:
    """Open a cached whole genome."""
    with tempfile.TemporaryDirectory() as root:
        import os

        os.environ["JANGDAN_OUTPUT"] = root
        path = str(data / "genome.fa")
        make = lambda: Bioseq.create_from_refgenome("dna", path, store_whole_genome=True, cache=True)  # noqa: E731
        make()
        size = int(Path(path).stat().st_size)
        return measure(
            "open a cached whole genome",
            Goal("<= 0.01 s", seconds=0.01),
            make,
            ("read the FASTA file", lambda: Path(path).read_bytes()),
            agrees=lambda dna: dna["chr1", 0, 100].shape == (1, 100, 1, 4) and size > 0,
        )


def export(data: Path) -> Result:
    """Export 4 M values to a bigWig."""
    rng = np.random.default_rng(0)
    indexer = GenomicIndexer.create_from_file(str(data / "roi.bed"), 200)
    values = rng.random((len(indexer), 200, 1, 1), dtype=np.float32)
    cover = Cover.create_from_array("p", values, indexer)
    with tempfile.TemporaryDirectory() as folder:

        def agrees(paths: list[Path]) -> bool:
            with pyBigWig.open(str(paths[0])) as track:
                region = indexer[7]
                return np.array_equal(track.values(region.chrom, region.start, region.end), values[7, :, 0, 0])

        return measure(
            f"bigWig export of {values.size / 1e6:.0f} M values",
            Goal("<= 0.5 s, +100 MB", seconds=0.5, memory=100),
            lambda: cover.export_to_bigwig(folder),
            ("write the values raw", lambda: values.tofile(f"{folder}/raw")),
            agrees=agrees,
            rounds=3,
        )


def many_contigs(data: Path) -> Result:
    """Build and index a genome of a million contigs of 20 bp."""
    count, length = 1_000_000, 20
    codes = np.random.default_rng(0).integers(0, 4, (count, length), dtype=np.uint8)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)[codes]
    with tempfile.TemporaryDirectory() as folder:
        fasta, roi = Path(folder) / "reads.fa", Path(folder) / "reads.bed"
        fasta.write_bytes(b"".join(b">r%d\n%s\n" % (i, row.tobytes()) for i, row in enumerate(letters)))
        roi.write_bytes(b"".join(b"r%d\t0\t%d\n" % (i, length) for i in range(count)))

        def naive() -> list[bytes]:
            with pysam.FastxFile(str(fasta)) as records:
                return [record.sequence.encode().translate(DNA.strict) for record in records]

        return measure(
            "FASTA of 1 M contigs, 1 M windows",
            Goal("<= 20 s", seconds=20),
            lambda: Bioseq.create_from_refgenome("dna", str(fasta), roi=str(roi), binsize=length),
            ("a loop over pysam's records, without an index", naive),
            agrees=lambda dna: np.array_equal(dna.letters(np.arange(0, count, 97)), codes[::97]),
            rounds=1,
        )


def importing(data: Path) -> Result:
    """Import the package in a new process."""

    def run(what: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {what}"], check=True)

    def loaded(_: object) -> bool:
        code = "import jangdan, sys; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
        return subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]

    return measure(
        "import jangdan (a new process)",
        Goal("<= 0.3 s", seconds=0.3),
        lambda: run("jangdan"),
        ("import numpy", lambda: run("numpy")),
        agrees=loaded,
    )


def importing_data(data: Path) -> Result:
    """Import the datasets in a new process."""

    def run(what: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {what}"], check=True)

    def loaded(_: object) -> bool:
        code = "import jangdan.data, sys; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
        return subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]

    return measure(
        "import jangdan.data (a new process)",
        Goal("without TensorFlow"),
        lambda: run("jangdan.data"),
        ("import pandas, h5py, pysam", lambda: run("pandas, h5py, pysam")),
        agrees=loaded,
    )


def _count_reads(bam: str) -> None:
    subprocess.run(["samtools", "view", "-c", bam], check=True, stdout=subprocess.DEVNULL)


def _naive_counts(bam: str, roi: str) -> np.ndarray:
    """Return 5' ends by window and strand from a plain pysam loop; windows are a grid of 200 bp."""
    regions = read_bed(roi)
    counts: dict[tuple[str, int], list[int]] = {}
    with pysam.AlignmentFile(bam) as reads:
        for read in reads:
            place = read.reference_end - 1 if read.is_reverse else read.reference_start
            counts.setdefault((read.reference_name, place // 200), [0, 0])[int(read.is_reverse)] += 1
    keys = zip(regions["chrom"], regions["start"] // 200, strict=True)
    return np.array([counts.get(key, [0, 0]) for key in keys], dtype=np.float32)


def _bigwig_values(path: str, roi: str) -> np.ndarray:
    with pyBigWig.open(path) as track:
        rows = [track.values(r.chrom, r.start, r.end, numpy=True) for r in read_bed(roi).itertuples()]
    return np.nan_to_num(np.array(rows, dtype=np.float32))


def _whole_decode(path: str) -> tuple[str, Callable[[], None]]:
    """Return the reference: pyBigWig's whole decode at 1 bp."""

    def decode() -> None:
        with pyBigWig.open(path) as track:
            for chrom, size in track.chroms().items():
                track.values(chrom, 0, size, numpy=True)

    return "pyBigWig, whole", decode


RANDOM = "random batches of 128 windows of 200 bp"
JOBS: dict[str, Job] = {
    "bam": bam_windows,
    "bam-few": bam_few,
    "bigwig": bigwig_windows,
    "bigwig-few": bigwig_few,
    "fasta": fasta,
    "gather-ndarray": _gather_job(f"{RANDOM}, ndarray", Goal(">= 1 M windows/s", rate=1e6), _gather("ndarray")),
    "gather-hdf5": _gather_job(f"{RANDOM}, hdf5", Goal(">= 1 M windows/s", rate=1e6), _gather("hdf5")),
    "gather-sparse": _gather_job(f"{RANDOM}, sparse", Goal(">= 200 k windows/s", rate=2e5), _gather("sparse")),
    "gather-minus": _gather_job(
        f"{RANDOM}, half on the minus strand",
        Goal(">= 800 k windows/s", rate=8e5),
        _gather("hdf5", roi="roi_stranded.bed"),
    ),
    "gather-bins": _gather_job("50-bp bins of random windows", Goal(">= 2 M windows/s", rate=2e6), _gather("hdf5", 50)),
    "one-hot-1": one_hot_job(1, 1.5),
    "one-hot-2": one_hot_job(2, 0.4),
    "one-hot-3": one_hot_job(3, 0.15),
    "cached": cached,
    "export": export,
    "many-contigs": many_contigs,
    "import": importing,
    "import-data": importing_data,
}
