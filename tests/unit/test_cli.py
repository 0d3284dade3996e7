"""jangdan trim, jangdan results, jangdan --version, as a user types them."""

from pathlib import Path

import pytest

from jangdan import __version__
from jangdan.cli import main
from jangdan.data import Bioseq


def _run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr("sys.argv", ["jangdan", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture
def regions(tmp_path: Path) -> Path:
    path = tmp_path / "regions.bed"
    path.write_text("chr1\t195\t630\tpeak\t0\t-\nchr2\t400\t800\tother\t0\t+\n")
    return path


@pytest.mark.parametrize("option", [["-divby", "200"], ["--divby", "200"], ["-divby=200"]])
def test_trim_makes_starts_and_ends_multiples(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, regions: Path, option: list[str]
) -> None:
    target = tmp_path / "trimmed.bed"
    assert _run(monkeypatch, "trim", regions, target, *option) == 0
    rows = [line.split("\t") for line in target.read_text().splitlines()]
    assert [row[:3] for row in rows] == [["chr1", "200", "600"], ["chr2", "400", "800"]]
    assert [row[5] for row in rows] == ["-", "+"]


def test_trim_reads_gff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source, target = tmp_path / "genes.gff3", tmp_path / "genes.bed"
    # GFF is 1-based, end included: bases 196 to 630 are 195-630 in BED
    source.write_text("##gff-version 3\nchr1\tx\tgene\t196\t630\t.\t+\t.\tID=g\n")
    assert _run(monkeypatch, "trim", source, target, "-divby", "10") == 0
    assert target.read_text().split("\t")[:3] == ["chr1", "200", "630"]


@pytest.mark.parametrize(("source", "divby"), [("absent.bed", "10"), ("regions.bed", "0")])
def test_a_mistake_is_one_sentence_on_stderr(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    regions: Path,
    source: str,
    divby: str,
) -> None:
    target = tmp_path / "out.bed"
    assert _run(monkeypatch, "trim", regions.parent / source, target, "-divby", divby) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("jangdan: ")
    assert said.err.count("\n") == 1
    assert not target.exists()


def test_results_prints_an_aligned_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "summary.tsv").write_text("result\tpath\tfigure\nmetrics\ta/metrics.tsv\tauroc 0.9\ntracks\tb.bw\t\n")
    assert _run(monkeypatch, "results", tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "result   figure     path",
        "metrics  auroc 0.9  a/metrics.tsv",
        "tracks              b.bw",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "run snakemake"), ("", "columns"), ("a\tb\n", "columns"), ("result\tpath\tfigure\nx\n", "line 2")],
)
def test_results_says_what_is_wrong_with_the_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / "summary.tsv").write_text(text)
    assert _run(monkeypatch, "results", tmp_path) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_the_cache_is_listed_and_cleared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "out"))
    (tmp_path / "g.fa").write_text(">chr1\nACGTACGT\n")
    for name in ("dna", "other"):
        Bioseq.create_from_refgenome(name, str(tmp_path / "g.fa"), store_whole_genome=True, cache=True)
    said = []
    for words in (["list"], ["clear", "dna"], ["list"], ["clear"], ["list"]):
        assert _run(monkeypatch, "cache", *words) == 0
        said.append(capsys.readouterr().out)
    assert [line.split("\t")[0] for line in said[0].splitlines()[:2]] == ["dna", "other"]
    assert said[0].splitlines()[2].startswith("2 datasets, ")
    assert said[1].startswith("1 datasets deleted")
    assert said[2].startswith("other\t")
    assert said[4].startswith("0 datasets, 0.0 MB, in ")
