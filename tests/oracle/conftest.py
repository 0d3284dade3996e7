"""Random input files, and the place of the real ones."""

from pathlib import Path

import numpy as np
import pysam
import pytest

SIZES = {"chr1": 3000, "chr2": 1501, "empty": 700}
YEAST = Path(__file__).parents[2].parent / "shared/data/yeast"


@pytest.fixture(scope="session")
def yeast() -> Path:
    """Return the folder of the real yeast data; without it the test is reported as skipped."""
    if not YEAST.is_dir():
        pytest.skip(f"needs the real data of {YEAST}")
    return YEAST


def write_bam(path: Path, rng: np.random.Generator, cigars: list[str], *, paired: bool = True, n: int = 400) -> Path:
    """Write `n` random reads, sorted, with all kinds of flags; the third contig stays empty."""
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": c, "LN": s} for c, s in SIZES.items()]}
    reads = []
    for i in range(n):
        read = pysam.AlignedSegment(pysam.AlignmentHeader.from_dict(header))
        read.query_name = f"read{i}"
        read.reference_id = int(rng.integers(2))
        read.cigarstring = str(rng.choice(cigars))
        length = read.infer_query_length()
        read.query_sequence = "".join(rng.choice(list("ACGT"), length))
        read.flag = int(rng.choice([0, 0x10])) | int(rng.choice([0, 0, 0, 0x100, 0x200, 0x400, 0x800]))
        read.mapping_quality = int(rng.integers(60))
        read.reference_start = int(rng.integers(SIZES["chr2"] - 400))
        if paired:
            read.flag |= 0x1 | int(rng.choice([0, 0x2])) | int(rng.choice([0x40, 0x80]))
            read.next_reference_id, read.next_reference_start = read.reference_id, read.reference_start
            read.template_length = int(rng.integers(-300, 300))
        reads.append(read)
    reads.sort(key=lambda r: (r.reference_id, r.reference_start))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for read in reads:
            out.write(read)
    return path
