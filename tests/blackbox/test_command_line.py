"""The `jangdan` command, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import jangdan
from jangdan.data import Bioseq
from tests.blackbox.naive import Files


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("jangdan")), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)


def test_version() -> None:
    assert _run("--version").stdout == f"{jangdan.__version__}\n"


def test_trim(tmp_path: Path) -> None:
    source, target = tmp_path / "in.bed", tmp_path / "out.bed"
    source.write_text("chr1\t195\t630\tpeak\t0\t-\n")
    assert _run("trim", source, target, "-divby", "200").returncode == 0
    assert target.read_text().split("\t")[:3] == ["chr1", "200", "600"]
    failed = _run("trim", tmp_path / "absent.bed", target, "--divby", "200")
    assert failed.returncode == 1
    assert "absent.bed" in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_results(tmp_path: Path) -> None:
    (tmp_path / "summary.tsv").write_text("result\tpath\tfigure\nmetrics\ta/metrics.tsv\tauroc 0.9\n")
    found = _run("results", tmp_path)
    assert found.returncode == 0
    assert found.stdout.splitlines()[1].split() == ["metrics", "auroc", "0.9", "a/metrics.tsv"]
    assert _run("results", tmp_path / "absent").returncode == 1


def test_the_cache(files: Files, output: Path) -> None:
    for name in ("dna", "other"):
        Bioseq.create_from_refgenome(name, files.fasta, store_whole_genome=True, cache=True)
    listed = _run("cache", "list").stdout
    assert [line.split("\t")[0] for line in listed.splitlines()[:2]] == ["dna", "other"]
    assert _run("cache", "clear", "dna").returncode == 0
    assert [path.name.startswith("other") or "other" in str(path) for path in (output / "datasets").rglob("*.h5")] == [
        True
    ]
    assert _run("cache", "clear").returncode == 0
    assert list((output / "datasets").rglob("*.h5")) == []
