"""Datasets that are kept: opened again without a reader, told apart by what they are made of, rebuilt when damaged."""

import functools
import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle.conftest import write_bam

from jangdan.data import (
    Bioseq,
    Cover,
    GenomicIndexer,
    Interval,
)
from jangdan.formats.genome import Genome
from jangdan.storage.cache import entries

SIZES = {"chr1": 3000, "chr2": 1501, "empty": 700}
ROI = [Interval("chr1", 0, 200, "-"), Interval("chr2", 1000, 1200)]
READERS = ["read_source.bam_coverage", "bigwig_source.read_bigwig", "bedgraph_source.read_bedgraph_pieces"]
READERS += ["fragment_source.fragment_coverage", "regions.read_regions", "Genome.pieces"]


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the readers that ran, which grows as they do."""
    ran: list[str] = []
    for name in READERS:
        owner, _, attribute = name.rpartition(".")
        target = Genome if owner == "Genome" else sys.modules[f"jangdan.datasets.{owner}"]
        monkeypatch.setattr(target, attribute, _spied(getattr(target, attribute), name, ran))
    return ran


def _spied(reader: Callable[..., Any], name: str, ran: list[str]) -> Callable[..., Any]:
    @functools.wraps(reader)
    def spied(*args: Any, **options: Any) -> Any:
        ran.append(name)
        return reader(*args, **options)

    return spied


@pytest.fixture
def signal(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = [f"{c}\t{s}\t{s + 5}\t{rng.integers(1, 90) / 8}\n" for c in ("chr1", "chr2") for s in range(0, 1490, 7)]
    (tmp_path / "s.bedgraph").write_text("".join(rows))
    return tmp_path / "s.bedgraph"


def _cover(path: Path, **options: Any) -> Cover:
    return Cover.create_from_bigwig("c", path, **{"roi": ROI, "genomesize": SIZES, "cache": True, **options})


def _source(kind: str, folder: Path, signal: Path) -> tuple[Callable[..., Any], Any]:
    """Return a constructor and its file."""
    if kind == "create_from_bam":
        return Cover.create_from_bam, write_bam(folder / "a.bam", np.random.default_rng(1), ["50M"])
    if kind == "create_from_refgenome":
        (folder / "a.fa").write_text(
            "".join(">" + name + "\n" + ("ACGTTGCA" * 400)[:size] + "\n" for name, size in SIZES.items())
        )
        return Bioseq.create_from_refgenome, folder / "a.fa"
    if kind == "create_from_bigwig":
        return Cover.create_from_bigwig, _cover(signal, cache=False).export_to_bigwig(folder, SIZES)[0]
    path = folder / ("a.bed" if kind == "create_from_bed" else "a.tsv")
    path.write_text("chr1\t50\t90\tcell\t1\nchr2\t1100\t1190\tcell\t1\n")
    return getattr(Cover, kind), path


@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
@pytest.mark.parametrize(
    "kind",
    ["create_from_bam", "create_from_bigwig", "create_from_fragments", "create_from_bed", "create_from_refgenome"],
)
def test_the_second_time_no_reader_runs(
    tmp_path: Path, signal: Path, calls: list[str], kind: str, storage: str
) -> None:
    create, path = _source(kind, tmp_path, signal)
    plain = create("d", path, roi=ROI, storage=storage)[:]
    calls.clear()
    first = create("d", path, roi=ROI, storage=storage, cache=True)[:]
    assert len(calls) == 1
    second = create("d", path, roi=ROI, storage=storage, cache=True)[:]
    assert len(calls) == 1
    assert plain.any()
    np.testing.assert_array_equal(first, plain)
    np.testing.assert_array_equal(second, plain)
    assert [entry.name for entry in entries()] == ["d"]


def test_what_changes_the_values_changes_the_entry(signal: Path, tmp_path: Path) -> None:
    variants: list[Mapping[str, Any]] = [{}, {"resolution": 10}, {"resolution": None}, {"dtype": "float64"}]
    variants += [{"store_whole_genome": True}, {"genomesize": {**SIZES, "chr1": 3001}}, {"roi": ROI[:1]}, {"flank": 10}]
    variants += [{"collapser": "max", "resolution": 10}, {"nan_to_num": False}, {"conditions": ["x"]}]
    variants += [{"normalizer": "log"}, {"normalizer": ["log", "zscore"]}, {"storage": "sparse"}, {"binsize": 100}]
    for number, options in enumerate(variants, start=1):
        cached = _cover(signal, **options)[:]
        np.testing.assert_array_equal(cached, _cover(signal, **options, cache=False)[:])
        assert len(entries()) == number, options
    # the file counts by its content, not by its name or date; the windows of a whole genome are not kept
    os.utime(signal, (0, 0))
    _cover(signal)
    _cover(signal.rename(tmp_path / "s.bdg"))
    _cover(tmp_path / "s.bdg", roi=ROI[1:], store_whole_genome=True)
    assert len(entries()) == len(variants)
    (tmp_path / "s.bdg").write_text("chr1\t0\t9\t3.5\n")
    assert _cover(tmp_path / "s.bdg")[0].sum() == 9 * 3.5
    assert len(entries()) == len(variants) + 1


def _quantile(q: float) -> Callable[[Any], Any]:
    return lambda bins: np.quantile(bins, q, axis=1)


def test_functions_that_differ_have_entries_of_their_own(signal: Path, calls: list[str]) -> None:
    functions = [_quantile(0.6), _quantile(0.9), np.max, np.min, functools.partial(np.quantile, q=0.7, axis=1)]
    values = [_cover(signal, collapser=function, resolution=20)[:] for function in functions]
    assert (len(entries()), len(calls)) == (5, 5)
    assert len({v.tobytes() for v in values}) == 5
    again = [_cover(signal, collapser=f, resolution=20)[:] for f in [_quantile(0.6), _quantile(0.9), *functions[2:]]]
    np.testing.assert_array_equal(again, values)
    assert (len(entries()), len(calls)) == (5, 5)


SCRIPT = """
import sys
import numpy as np
from jangdan.data import Cover, Interval
from jangdan.storage.cache import entries

LETTERS = {"mean", "sum", "max"}

def collapser(bins):
    return bins.max(axis=1) if "max" in {"max", "min", "sum"} and "mean" in LETTERS else bins.min(axis=1)

def scaled(garray):
    garray.data[...] *= 2

Cover.create_from_bigwig("c", sys.argv[1], [Interval("chr1", 0, 200)], genomesize={"chr1": 3000, "chr2": 1501},
    resolution=20, collapser=collapser, normalizer=scaled, cache=True)
print([(entry.path.name, entry.path.stat().st_mtime_ns) for entry in entries()])
"""


def test_another_process_finds_the_same_entry(
    signal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    monkeypatch.setattr(sys, "argv", ["script.py", str(signal)])
    runpy.run_path(str(tmp_path / "script.py"), run_name="__main__")
    here = capsys.readouterr().out
    assert here.count(".h5") == 1
    for seed in ("1", "2"):
        command = [sys.executable, str(tmp_path / "script.py"), str(signal)]
        there = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed})
        assert there.stdout == here, there.stderr


@pytest.mark.parametrize("storage", ["ndarray", "sparse", "hdf5"])
@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text"])
def test_a_damaged_entry_is_built_again_with_a_warning(
    signal: Path, calls: list[str], storage: str, damage: str
) -> None:
    expected = _cover(signal, storage=storage)[:].copy()
    path = entries()[0].path
    whole = path.read_bytes()
    damaged = {"empty": b"", "cut": whole[: len(whole) // 2], "flipped": _flipped(whole), "text": b"x" * len(whole)}
    path.write_bytes(damaged[damage])
    with pytest.warns(UserWarning, match="cache: .*built again"):
        found = _cover(signal, storage=storage)
    np.testing.assert_array_equal(found[:], expected)
    np.testing.assert_array_equal(_cover(signal, storage=storage)[:], expected)
    assert len(calls) == 2


def _flipped(whole: bytes) -> bytes:
    return bytes(255 - byte for byte in whole[:64]) + whole[64:]


def _in_process(signal: Path, barrier: Any, queue: Any) -> None:
    barrier.wait(timeout=30)
    queue.put(_cover(signal, resolution=10, storage="hdf5")[:])


def test_two_processes_that_build_the_same_entry_both_have_it_right(signal: Path) -> None:
    expected = _cover(signal, resolution=10, cache=False)[:]
    context = multiprocessing.get_context("fork")
    barrier, queue = context.Barrier(2), context.Queue()
    processes = [context.Process(target=_in_process, args=(signal, barrier, queue)) for _ in range(2)]
    for process in processes:
        process.start()
    for found in [queue.get(timeout=60) for _ in processes]:
        np.testing.assert_array_equal(found, expected)
    for process in processes:
        process.join(timeout=60)
    assert len(entries()) == 1
    np.testing.assert_array_equal(_cover(signal, resolution=10)[:], expected)


def test_overwrite_reads_the_files_again(signal: Path, calls: list[str]) -> None:
    first = _cover(signal)
    values = first[:].copy()
    again = _cover(signal, overwrite=True)
    assert (len(calls), len(entries())) == (2, 1)
    for cover in (first, again, _cover(signal)):
        np.testing.assert_array_equal(cover[:], values)
    assert len(calls) == 2


def test_entries_lie_under_the_root_by_name_and_tags(
    signal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = {"JANGDAN_OUTPUT": tmp_path / "ours", "JANGGU_OUTPUT": tmp_path / "theirs", "HOME": tmp_path / "home"}
    for name, root in roots.items():
        monkeypatch.setenv(name, str(root))
    for name, root in roots.items():
        folder = (root / "janggu_results" if name == "HOME" else root) / "datasets" / "c"
        _cover(signal, datatags=["x", "a/b"])
        _cover(signal, datatags="y")
        _cover(signal)
        assert [len(list(part.glob("*.h5"))) for part in (folder / "x" / "a%2Fb", folder / "y", folder)] == [1, 1, 1]
        assert len(entries()) == 3
        monkeypatch.delenv(name)


def test_predictions_are_kept_too(tmp_path: Path) -> None:
    windows = GenomicIndexer.create_from_file(ROI, 50)
    for value in (1.0, 2.0, 1.0):
        array = np.full((len(windows), 5, 1, 2), value)
        cover = Cover.create_from_array("p", array, windows, genomesize=SIZES, cache=True)
        np.testing.assert_array_equal(cover[:], array)
    assert len(entries()) == 2
