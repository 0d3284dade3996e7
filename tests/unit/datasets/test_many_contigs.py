"""Many short contigs: built, read at random and split; the letters are those that were written."""

from pathlib import Path

import numpy as np
import pytest

from jangdan.data import Bioseq, Cover, split_train_test
from jangdan.storage.dataset_file import load, save

LENGTH = 20


@pytest.mark.parametrize("n", [50_000, pytest.param(200_000, marks=pytest.mark.slow)])
def test_many_contigs_are_built_read_and_split(tmp_path: Path, n: int) -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (n, LENGTH))
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)[codes]
    fasta, roi = tmp_path / "r.fa", tmp_path / "r.bed"
    fasta.write_bytes(b"".join(b">r%d\n%s\n" % (i, letters[i].tobytes()) for i in range(n)))
    roi.write_bytes(b"".join(b"r%d\t0\t%d\n" % (i, LENGTH) for i in range(n)))
    genome = Bioseq.create_from_refgenome("dna", str(fasta), roi=str(roi), binsize=LENGTH, storage="hdf5")
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
