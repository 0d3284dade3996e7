"""Damaged dataset files: an error or the right values, never wrong ones."""

from pathlib import Path

import numpy as np
import pytest

from jangdan.errors import InputFileError
from jangdan.formats.region_table import region_table
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals
from jangdan.storage.any_array import AnyArray
from jangdan.storage.dataset_file import load, save, writing
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import SparseValues

SIZES = {"chr1": 30_000, "chr2": 9_000}
FLIPS, CUTS = 250, 60


def _dense(path: Path) -> None:
    with writing(path, Layout.of_genome(SIZES), ("a", "b"), strands=2, dtype="uint8", meta={"x": [1, 2]}) as array:
        array.data[...] = np.random.default_rng(1).integers(0, 200, array.data.shape)


def _sparse(path: Path) -> None:
    table = region_table(["chr1", "chr2"], [100, 0], [9000, 500])
    layout = Layout.of_intervals(Intervals.of_table(table, Contigs.of_sizes(SIZES)))
    values = SparseValues((len(layout), 1, 1), "float32")
    values.put(10, np.random.default_rng(1).normal(size=(3000, 1)), 0)
    save(GenomicArray(layout, values, ("a",)), path)


def _regions(path: Path) -> None:
    start = np.arange(0, 9000, 30)
    chrom = np.arange(300) % 2
    save(RegionArray(Contigs.of_sizes(SIZES), chrom, start, start + 20, np.ones((600, 1, 2)), ("a", "b"), {}, 2), path)


def _content(array: AnyArray) -> list[object]:
    rows = [array.values.rows(i, min(i + 777, len(array.values))).tobytes() for i in range(0, len(array.values), 777)]
    places = (
        [
            array.layout.contigs.sizes,
            array.layout.start.tolist(),
            array.layout.end.tolist(),
            array.layout.chrom.tolist(),
        ]
        if isinstance(array, GenomicArray)
        else [array.contigs.names, array.start.tolist(), array.end.tolist(), array.chrom.tolist(), array.bins]
    )
    return [rows, places, array.conditions, array.padding, dict(array.meta), array.values.dtype, array.resolution]


@pytest.mark.parametrize("build", [_dense, _sparse, _regions])
def test_a_damaged_file_gives_an_error_or_the_right_values(tmp_path: Path, build: object) -> None:
    path = tmp_path / "x.h5"
    build(path)  # type: ignore[operator]
    good, expected = path.read_bytes(), _content(load(path))
    rng = np.random.default_rng(5)
    # the description of the arrays lies in few bytes: hit it as often as the values
    places = np.concatenate([rng.integers(0, len(good), FLIPS // 2), rng.integers(0, 4096, FLIPS // 2)])
    damaged = []
    for place in places % len(good):
        raw = bytearray(good)
        raw[place] ^= 1 << int(rng.integers(8))
        damaged.append(bytes(raw))
    damaged += [good[:length] for length in rng.integers(0, len(good), CUTS)]
    refused = 0
    for raw in damaged:
        (tmp_path / "y.h5").unlink(missing_ok=True)
        (tmp_path / "y.h5").write_bytes(raw)
        try:
            assert _content(load(tmp_path / "y.h5")) == expected
        except InputFileError as error:
            refused += "y.h5" in str(error)
    assert refused > len(damaged) // 2
