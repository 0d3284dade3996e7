"""The cache: found again, rebuilt when damaged, shared by processes, listed and cleared."""

import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import pytest

from jangdan.storage.cache import clear, entries, entry_path, open_or_build, output_root
from jangdan.storage.dataset_file import save
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path))


def _build(path: Path, value: int = 7) -> None:
    array = GenomicArray.empty(Layout.of_genome({"chr1": 1000}), ["a"])
    array.data[...] = value
    save(array, path)


def _in_process(path: Path, value: int, queue: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    for _ in range(20):
        array = open_or_build(path, lambda p: _build(p, value), overwrite=True)
        found = set(array.data.ravel().tolist())
        queue.put(found)


def test_the_root_is_ours_then_janggus_then_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JANGGU_OUTPUT", "/theirs")
    assert output_root() == tmp_path
    monkeypatch.delenv("JANGDAN_OUTPUT")
    assert output_root() == Path("/theirs")
    monkeypatch.delenv("JANGGU_OUTPUT")
    monkeypatch.setenv("HOME", "/home/someone")
    assert output_root() == Path("/home/someone/janggu_results")


def test_an_entry_is_built_once() -> None:
    path, built = entry_path("dna", ["hg38", "a/b"], "k"), []
    for _ in range(2):
        array = open_or_build(path, lambda p: (built.append(1), _build(p))[1])
        assert (array.data == 7).all()
    assert built == [1]
    open_or_build(path, lambda p: _build(p, 8), overwrite=True)
    assert (open_or_build(path, _build).data == 8).all()


@pytest.mark.parametrize("keep", [0, 100, 2000])
def test_a_damaged_entry_is_built_again_with_a_warning(keep: int) -> None:
    path = entry_path("dna", [], "k")
    open_or_build(path, _build)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.warns(UserWarning, match="it is built again"):
        assert (open_or_build(path, _build).data == 7).all()


def test_several_processes_write_and_read_one_entry() -> None:
    context = multiprocessing.get_context("fork")
    path, queue = entry_path("dna", [], "k"), context.Queue()
    processes = [context.Process(target=_in_process, args=(path, value, queue)) for value in (1, 2, 3)]
    for process in processes:
        process.start()
    found = [queue.get(timeout=60) for _ in range(60)]
    for process in processes:
        process.join(timeout=60)
    assert all(len(values) == 1 and values < {1.0, 2.0, 3.0} for values in found)
    assert [p.name for p in path.parent.iterdir()] == ["k.h5"]


def test_entries_are_listed_and_cleared_by_name() -> None:
    for name in ("dna", "dna", "a/b"):
        open_or_build(entry_path(name, ["t"], str(len(entries()))), _build)
    leftover = entry_path("dna", ["t"], ".0.h5.x")
    leftover.write_bytes(b"half")
    assert [e.name for e in entries()] == ["a/b", "dna", "dna"]
    assert all(e.size > 4000 and e.written > time.time() - 100 for e in entries())
    assert [e.name for e in clear("a/b")] == ["a/b"]
    assert leftover.exists()
    os.utime(leftover, (0, 0))
    assert len(clear()) == 2
    assert entries() == []
    assert not leftover.exists()
    np.testing.assert_equal(clear(), [])
