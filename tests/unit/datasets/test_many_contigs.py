"""Many short contigs, such as reads: built, indexed, read at random and split, against what was written."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from jangdan.data import Bioseq, Cover, split_train_test
from jangdan.storage.dataset_file import load, save

LENGTH = 20
SIZES = [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)]


class Reads(NamedTuple):
    """Contigs r0, r1, ... of LENGTH bp: their codes, (contig, LENGTH), a FASTA, and a BED file of all of them."""

    codes: np.ndarray
    fasta: str
    roi: str


def _reads(folder: Path, n: int) -> Reads:
    codes = np.random.default_rng(0).integers(0, 4, (n, LENGTH), dtype=np.uint8)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)[codes]
    fasta, roi = folder / "r.fa", folder / "r.bed"
    fasta.write_bytes(b"".join(b">r%d\n%s\n" % (i, letters[i].tobytes()) for i in range(n)))
    roi.write_bytes(b"".join(b"r%d\t0\t%d\n" % (i, LENGTH) for i in range(n)))
    return Reads(codes, str(fasta), str(roi))


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("whole", [True, False])
def test_many_contigs_are_built_read_and_split(tmp_path: Path, n: int, whole: bool) -> None:
    codes, fasta, roi = _reads(tmp_path, n)
    options = {"binsize": LENGTH, "storage": "hdf5", "store_whole_genome": whole}
    genome = Bioseq.create_from_refgenome("dna", fasta, roi=roi, **options)
    rng = np.random.default_rng(1)
    chosen = rng.permutation(n)[:5000]
    np.testing.assert_array_equal(genome.letters(chosen), codes[chosen])
    values = rng.random((n, 1, 1, 1)).astype(np.float32)
    cover = Cover.create_from_array("y", values, genome.gindexer)
    save(cover.garray, tmp_path / "y.h5")
    again = Cover("again", load(tmp_path / "y.h5"), genome.gindexer)
    np.testing.assert_array_equal(again[chosen], values[chosen])
    held_out = [f"r{i}" for i in range(0, n, 10)]
    train, test = split_train_test((genome, cover), holdout=held_out)
    np.testing.assert_array_equal(test[0].letters(np.arange(100)), codes[::10][:100])
    np.testing.assert_array_equal(test[1][:], values[::10])
    assert len(train[0]) == n - len(held_out)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("resolution", [1, 8, None])
def test_regions_on_many_contigs_are_those_of_a_loop(tmp_path: Path, n: int, resolution: int | None) -> None:
    _, _, roi = _reads(tmp_path, n)
    rng = np.random.default_rng(2)
    start, score = rng.integers(0, LENGTH - 5, n), rng.integers(1, 9, n)
    rows = zip(start.tolist(), score.tolist(), strict=True)
    bed = tmp_path / "s.bed"
    bed.write_text("".join(f"r{i}\t{s}\t{s + 5}\tx\t{v}\t.\n" for i, (s, v) in enumerate(rows)))
    sizes = dict.fromkeys((f"r{i}" for i in range(n)), LENGTH)
    window = LENGTH if resolution is None else 16
    options = {"genomesize": sizes, "mode": "score", "binsize": window, "zero_padding": False, "collapser": "mean"}
    cover = Cover.create_from_bed("s", str(bed), roi=roi, resolution=resolution, **options)
    for i in rng.permutation(n)[:500]:
        bases = np.zeros(LENGTH)
        bases[start[i] : start[i] + 5] = score[i]
        expected = bases[:window].reshape(-1, resolution or window).mean(axis=1)
        np.testing.assert_allclose(cover[int(i)][0, :, 0, 0], expected, rtol=1e-6)
