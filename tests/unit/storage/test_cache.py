"""The cache: where it lies, what it lists, what it clears."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from jangdan.storage.cache import clear, entries, entry_path, output_root
from jangdan.storage.dataset_file import save
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path))


def _save(path: Path) -> None:
    save(GenomicArray.empty(Layout.of_genome({"chr1": 1000}), ["a"]), path)


def test_the_root_is_ours_then_janggus_then_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JANGGU_OUTPUT", "/theirs")
    assert output_root() == tmp_path
    monkeypatch.delenv("JANGDAN_OUTPUT")
    assert output_root() == Path("/theirs")
    monkeypatch.delenv("JANGGU_OUTPUT")
    monkeypatch.setenv("HOME", "/home/someone")
    assert output_root() == Path("/home/someone/janggu_results")


def test_entries_are_listed_and_cleared_by_name() -> None:
    for name in ("dna", "dna", "a/b"):
        _save(entry_path(name, ["t"], str(len(entries()))))
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
