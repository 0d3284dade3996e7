"""Damaged bigWigs: hundreds of them give an error or the right values, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jangdan.errors import JangdanError
from jangdan.formats.bigwig.reader import bigwig_sizes, read_bigwig
from jangdan.formats.bigwig.writer import write_bigwig
from tests.oracle.test_bigwig_oracle import KINDS, SIZES, reference, write_reference

Damage = Callable[[bytearray, np.random.Generator], None]
ROI = {"chr2": np.array([[100, 350], [70_000, 70_900], [199_000, 200_000]]), "chr1": np.array([[4000, 4010]])}


def _cut(data: bytearray, rng: np.random.Generator) -> None:
    del data[int(rng.integers(len(data))) :]


def _flip(data: bytearray, rng: np.random.Generator) -> None:
    data[rng.integers(len(data))] ^= 1 << rng.integers(8)


def _flip_tree(data: bytearray, rng: np.random.Generator) -> None:
    """Flip a bit where there is no checksum: in the header's offsets, the list of contigs or the index."""
    tree, blocks, index = (int.from_bytes(data[i : i + 8], "little") for i in (8, 16, 24))
    items = int.from_bytes(data[index + 8 : index + 16], "little")
    places = [*range(4), *range(8, 32), *range(tree, blocks), *range(index, index + 48 + 4 + 32 * items)]
    data[places[rng.integers(len(places))]] ^= 1 << rng.integers(8)


def _overwrite(data: bytearray, rng: np.random.Generator) -> None:
    at = int(rng.integers(len(data)))
    data[at : at + 8] = rng.bytes(min(8, len(data) - at))


def _ours(path: Path) -> Path:
    rng = np.random.default_rng(4)
    starts = np.arange(0, SIZES["chr2"], 50)
    tracks = [("chr2", starts, starts + 50, rng.normal(size=len(starts)))]
    write_bigwig(path, SIZES, [*tracks, ("chr1", starts[:100], starts[:100] + 20, rng.normal(size=100))])
    return path


@pytest.fixture(scope="module", params=[*KINDS, "ours"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz") / "sound.bw"
    return _ours(path) if request.param == "ours" else write_reference(path, request.param, np.random.default_rng(1))


@pytest.mark.parametrize(("damage", "times"), [(_cut, 40), (_flip, 100), (_flip_tree, 200), (_overwrite, 60)])
def test_a_damaged_bigwig_gives_an_error_or_the_right_values(
    sound: Path, damage: Damage, times: int, tmp_path: Path
) -> None:
    expected, path, rng = reference(sound), tmp_path / "damaged.bw", np.random.default_rng(7)
    found = 0
    for _ in range(times):
        data = bytearray(sound.read_bytes())
        damage(data, rng)
        path.write_bytes(data)
        refused = [not _is_right(path, expected, roi) for roi in (None, ROI)]
        found += refused[0]
    # zoom levels and padding are not read
    assert found >= times * (0.95 if damage is _cut else 0.2)


def _is_right(path: Path, expected: dict[str, np.ndarray], roi: dict[str, np.ndarray] | None) -> bool:
    """Return False where the file is refused, True where its values are right; fail where they are wrong."""
    try:
        sizes = bigwig_sizes(path)
        pieces = list(read_bigwig(path, nan_to_num=False, roi=roi))
    except JangdanError as error:
        return "damaged.bw" not in str(error)
    if sizes == SIZES:  # they stand in the file once; who reads a file compares them with the genome's
        assert len(pieces) >= 2
        for chrom, start, values in pieces:
            np.testing.assert_array_equal(values[:, 0], expected[chrom][start : start + len(values)])
    return True
