"""The small input files in plain Python, and slow, plain ways to compute what a dataset should hold."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyBigWig
import pysam

SIZES = {"chr1": 600, "chr2": 400}

REGIONS = [("chr1", 100, 300, "+"), ("chr1", 400, 500, "-"), ("chr2", 0, 200, ".")]
WINDOWS = [
    ("chr1", 100, 200, "+"),
    ("chr1", 200, 300, "+"),
    ("chr1", 400, 500, "-"),
    ("chr2", 0, 100, "."),
    ("chr2", 100, 200, "."),
]
"""REGIONS in windows of 100 bp."""

SIGNAL = [("chr1", 90, 130, 1.5), ("chr1", 130, 170, 4.0), ("chr1", 420, 480, 0.25), ("chr2", 0, 60, 2.0)]

PEAKS = [  # contig, start, end, name, score, strand, summit (relative to the start)
    ("chr1", 110, 160, "low", 1, "+", 10),
    ("chr1", 430, 445, "high", 3, "-", 5),
    ("chr2", 50, 130, "low", 2, ".", 70),
]

GENES = [("chr1", "gene", 121, 180, "+"), ("chr1", "exon", 121, 140, "+"), ("chr2", "gene", 11, 60, "-")]
"""As in GFF: 1-based, end included."""

FRAGMENTS = [
    ("chr1", 105, 165, "A", 1),
    ("chr1", 120, 230, "B", 3),
    ("chr1", 410, 470, "A", 2),
    ("chr2", 20, 90, "B", 1),
]

_ENDS = tuple(SIZES.values())

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


@dataclass(frozen=True)
class Files:
    """Paths of the input files, and the letters of the genome."""

    folder: Path
    genome: dict[str, str]

    def __getattr__(self, name: str) -> str:
        return str(self.folder / _NAMES[name])


_NAMES = {
    "fasta": "genome.fa",
    "fasta_gz": "genome.fa.gz",
    "bed": "regions.bed",
    "bam": "single.bam",
    "pairs": "pairs.bam",
    "bigwig": "signal.bw",
    "bedgraph": "signal.bedgraph",
    "peaks": "peaks.narrowPeak",
    "gff": "genes.gff3",
    "fragments": "fragments.tsv.gz",
    "vcf": "variants.vcf",
}


def write_files(folder: Path) -> Files:
    """Write all input files."""
    rng = np.random.default_rng(7)
    genome = {contig: "".join(rng.choice(list("ACGT"), size)) for contig, size in SIZES.items()}
    genome["chr1"] = genome["chr1"][:150] + "NN" + genome["chr1"][152:]
    files = Files(folder, genome)
    text = "".join(f">{contig}\n{letters}\n" for contig, letters in genome.items())
    Path(files.fasta).write_text(text)
    with gzip.open(files.fasta_gz, "wt") as out:
        out.write(text)
    Path(files.bed).write_text("".join(f"{c}\t{s}\t{e}\t.\t0\t{x}\n" for c, s, e, x in REGIONS))
    _write_single(Path(files.bam), rng)
    _write_pairs(Path(files.pairs), rng)
    with pyBigWig.open(files.bigwig, "w") as out:
        out.addHeader(list(SIZES.items()))
        for contig, start, end, value in SIGNAL:
            out.addEntries([contig], [start], ends=[end], values=[value])
    Path(files.bedgraph).write_text("".join("\t".join(map(str, row)) + "\n" for row in SIGNAL))
    Path(files.peaks).write_text(
        "".join(f"{c}\t{s}\t{e}\t{n}\t{v}\t{x}\t0\t-1\t-1\t{p}\n" for c, s, e, n, v, x, p in PEAKS)
    )
    rows = enumerate(GENES)
    Path(files.gff).write_text(
        "##gff-version 3\n" + "".join(f"{c}\tx\t{t}\t{s}\t{e}\t.\t{x}\t.\tID={i}\n" for i, (c, t, s, e, x) in rows)
    )  # fmt: skip
    with gzip.open(files.fragments, "wt") as out:
        out.writelines("\t".join(map(str, row)) + "\n" for row in FRAGMENTS)
    return files


def _header() -> pysam.AlignmentHeader:
    lines = [{"SN": contig, "LN": size} for contig, size in SIZES.items()]
    return pysam.AlignmentHeader.from_dict({"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": lines})


def _write_reads(path: Path, reads: list[pysam.AlignedSegment]) -> None:
    with pysam.AlignmentFile(str(path), "wb", header=_header()) as out:
        for read in sorted(reads, key=lambda read: (read.reference_id, read.reference_start)):
            out.write(read)
    pysam.index(str(path))


def _read(name: str, flag: int, start: int, contig: int, mapq: int, cigar: str = "20M") -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(_header())
    read.query_name, read.flag, read.reference_id, read.reference_start = name, flag, contig, start
    read.mapping_quality, read.cigarstring = mapq, cigar
    read.query_sequence = "A" * read.infer_query_length()
    return read


def _write_single(path: Path, rng: np.random.Generator) -> None:
    kinds = [0, 16, 0, 16, 0, 16, 0x400, 0x410, 0x100, 0x800, 0x200]
    reads = []
    for i in range(330):
        contig = int(rng.integers(2))
        start, mapq = int(rng.integers(0, _ENDS[contig] - 30)), int(rng.integers(60))
        cigar = str(rng.choice(["20M", "8M5D12M", "5S15M"]))
        reads.append(_read(f"r{i}", kinds[i % len(kinds)], start, contig, mapq, cigar))
    _write_reads(path, reads)


def _write_pairs(path: Path, rng: np.random.Generator) -> None:
    reads = []
    for i in range(40):
        contig, length = int(rng.integers(2)), int(rng.integers(30, 90))
        start = int(rng.integers(20, _ENDS[contig] - 100))
        first, second = _read(f"p{i}", 0x63, start, contig, 40), _read(f"p{i}", 0x93, start + length - 20, contig, 40)
        for read, mate, sign in ((first, second, 1), (second, first, -1)):
            read.next_reference_id, read.next_reference_start = contig, mate.reference_start
            read.template_length = sign * length
        reads += [first, second]
    _write_reads(path, reads)


def letters_of(files: Files, contig: str, start: int, end: int, strand: str = ".") -> str:
    """Return letters, N past the ends of the genome; the reverse complement on the reverse strand."""
    known = files.genome[contig]
    text = "".join(known[i] if 0 <= i < len(known) else "N" for i in range(start, end))
    return text.translate(_COMPLEMENT)[::-1] if strand == "-" else text


def one_hot(text: str, order: int = 1, alphabet: str = "ACGT") -> np.ndarray:
    """Return shape (letters - order + 1, 1, words); words are counted as numbers with the letters as digits."""
    result = np.zeros((len(text) - order + 1, 1, len(alphabet) ** order))
    for i in range(len(result)):
        word = text[i : i + order]
        if all(letter in alphabet for letter in word):
            place = 0
            for letter in word:
                place = place * len(alphabet) + alphabet.index(letter)
            result[i, 0, place] = 1
    return result


def sequences(files: Files, windows: Sequence[tuple], flank: int = 0, order: int = 1) -> np.ndarray:
    """Return the one-hot of windows with their flanks."""
    return np.stack([one_hot(letters_of(files, c, s - flank, e + flank, x), order) for c, s, e, x in windows])


Profile = dict[str, np.ndarray]
"""Contig -> values of each base, shape (bp, strands)."""


def empty(strands: int = 1) -> Profile:
    """Return zeros for the whole genome."""
    return {contig: np.zeros((size, strands)) for contig, size in SIZES.items()}


def starts_of_reads(
    path: str, *, stranded: bool = True, min_mapq: int = 0, skip: int = 0xF00, shift: tuple[int, int] = (0, 0)
) -> Profile:
    """Count 5' ends of reads by pysam; reads with a flag of `skip` are left out."""
    profile = empty(2 if stranded else 1)
    with pysam.AlignmentFile(path) as bam:
        for read in bam:
            if read.flag & skip or read.mapping_quality < min_mapq:
                continue
            at = read.reference_end - 1 + shift[1] if read.is_reverse else read.reference_start + shift[0]
            if 0 <= at < SIZES[read.reference_name]:
                profile[read.reference_name][at, int(read.is_reverse and stranded)] += 1
    return profile


def signal() -> Profile:
    """Return the values of the bigWig file, NaN in gaps."""
    profile = empty()
    for contig, values in profile.items():
        values[:] = np.nan
        for own, start, end, value in SIGNAL:
            if own == contig:
                values[start:end] = value
    return profile


def painted(rows: Sequence[tuple[str, int, int, float]]) -> Profile:
    """Return the largest value of those rows that cover a base, 0 elsewhere."""
    profile = empty()
    for contig, start, end, value in rows:
        profile[contig][start:end] = np.maximum(profile[contig][start:end], value)
    return profile


def windows_of(
    profile: Profile,
    windows: Sequence[tuple],
    resolution: int = 1,
    flank: int = 0,
    reduce: Callable[..., np.ndarray] = np.sum,
) -> np.ndarray:
    """Return shape (window, bin, strand, 1); what is beside the genome is 0, the reverse strand is read backwards."""
    read = []
    for contig, start, end, strand in windows:
        values = np.zeros((end - start + 2 * flank, profile[contig].shape[1]))
        for i in range(start - flank, end + flank):
            if 0 <= i < SIZES[contig]:
                values[i - start + flank] = profile[contig][i]
        bins = reduce(values.reshape(-1, resolution, values.shape[1]), axis=1)
        read.append(bins[::-1, ::-1] if strand == "-" else bins)
    return np.stack(read)[..., None]
