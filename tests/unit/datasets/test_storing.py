"""Arrays of a recipe in the cache: found again, built again when damaged, shared by processes."""

import multiprocessing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jangdan.datasets.storing import Keeping, Recipe
from jangdan.storage.any_array import AnyArray
from jangdan.storage.cache import entries
from jangdan.storage.dataset_file import save
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path))


@dataclass(frozen=True)
class Constant(Recipe):
    """An array of one value, which the key does not tell; `built` notes each build."""

    value: int
    built: list[int]

    def options(self) -> Any:
        return "constant"

    def build(self, path: Path | None, sparse: bool) -> AnyArray:
        self.built.append(self.value)
        array = GenomicArray.empty(Layout.of_genome({"chr1": 1000}), ["a"])
        array.data[...] = self.value
        if path is not None:
            save(array, path)
        return array


def _kept(value: int, built: list[int] | None = None, *, overwrite: bool = False) -> set[float]:
    keeping = Keeping("dna", cache=True, overwrite=overwrite, datatags=["hg38", "a/b"])
    return set(keeping.kept(Constant(value, [] if built is None else built)).data.ravel().tolist())


def _in_process(value: int, queue: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    for _ in range(20):
        queue.put(_kept(value, overwrite=True))


def test_an_entry_is_built_once() -> None:
    built: list[int] = []
    assert [_kept(7, built) for _ in range(2)] == [{7}, {7}]
    assert built == [7]
    assert _kept(8, built, overwrite=True) == {8}
    assert _kept(7, built) == {8}
    assert built == [7, 8]


@pytest.mark.parametrize("keep", [0, 100, 2000])
def test_a_damaged_entry_is_built_again_with_a_warning(keep: int) -> None:
    _kept(7)
    (entry,) = entries()
    entry.path.write_bytes(entry.path.read_bytes()[:keep])
    with pytest.warns(UserWarning, match="it is built again"):
        assert _kept(7) == {7}


def test_several_processes_write_and_read_one_entry() -> None:
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    processes = [context.Process(target=_in_process, args=(value, queue)) for value in (1, 2, 3)]
    for process in processes:
        process.start()
    found = [queue.get(timeout=60) for _ in range(60)]
    for process in processes:
        process.join(timeout=60)
    assert all(len(values) == 1 and values < {1.0, 2.0, 3.0} for values in found)
    (entry,) = entries()
    assert [path.name for path in entry.path.parent.iterdir()] == [entry.path.name]


def test_without_a_cache_each_call_builds() -> None:
    built: list[int] = []
    for storage in ("ndarray", "hdf5"):
        assert (Keeping("dna", storage).kept(Constant(7, built)).data == 7).all()
    assert built == [7, 7]
    assert entries() == []
