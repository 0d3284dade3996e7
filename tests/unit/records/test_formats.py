"""Formats: found by suffix, with the options that apply to them, and a plugin adds one."""

from pathlib import Path

import pytest

from jangdan.errors import OptionError
from jangdan.records.kinds import FORMATS, Format, format_of, known_format, load_plugins
from jangdan.records.options import chosen_options, problems_of
from jangdan.records.registry import Registry


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/reads.BAM", "bam"),
        ("reads.cram", "cram"),
        ("cells.tsv.gz", "fragments"),
        ("x.bw", "bigwig"),
        ("x.v2.bigWig", "bigwig"),
        ("x.bedGraph.bgz", "bedgraph"),
        ("x.bdg", "bedgraph"),
        ("x.bg", "bedgraph"),
        ("x.bed.gz", "bed"),
        ("x.broadPeak", "bed"),
        ("x.narrowPeak.gz", "narrowpeak"),
        ("x.gff", "gff"),
        ("x.gff3.gz", "gff"),
        ("x.gtf", "gff"),
        ("genome.fa.gz", "fasta"),
        ("calls.vcf.gz", "vcf"),
    ],
)
def test_the_suffix_says_the_format(path: str, name: str) -> None:
    assert format_of(path) == format_of(Path(path)) == name


def test_an_unknown_suffix_is_an_error_with_the_known_ones() -> None:
    assert known_format("notes.txt") is None
    with pytest.raises(
        OptionError, match=r"^notes\.txt: unknown kind of file; expected one of .*\.narrowpeak.* \(.gz too\)"
    ):
        format_of("notes.txt")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bigwig", "min_mapq"),
        ("bigwig", "stranded"),
        ("bam", "collapser"),
        ("bam", "mode"),
        ("fragments", "mode"),
        ("bam", "pairedend"),
        ("gff", "mode"),
        ("bed", "feature"),
    ],
)
def test_an_option_of_another_format_is_unknown(name: str, key: str) -> None:
    (found,) = problems_of(FORMATS[name].options, {key: 1}, "datasets: x")
    assert found.startswith(f"datasets: x: {key}: unknown key")


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("bam", {"count": "coverage", "shift": [4, -5]}, "shift: found [4, -5], but aligned bases"),
        ("bam", {"shift": [4]}, "shift: found [4], expected 2 values"),
        (
            "fragments",
            {"subsample": [0.7, 0.2]},
            "subsample: found [0.7, 0.2], expected two numbers, the lower one first",
        ),
        (
            "fragments",
            {"subsample": [0.7, 1.2]},
            "subsample: item 2: found 1.2, expected a number of at least 0 and at most 1",
        ),
        ("narrowpeak", {"mode": "bedgraph"}, "mode: found 'bedgraph', expected one of binary, score"),
    ],
)
def test_a_wrong_value_is_one_sentence(name: str, given: dict, found: str) -> None:
    (problem,) = problems_of(FORMATS[name].options, given, "")
    assert problem.startswith(found)


def test_strands_are_separate_for_reads_unless_they_are_not() -> None:
    for record in FORMATS:
        reads = record.name in ("bam", "cram")
        assert record.is_stranded(chosen_options(record.options, {})) == reads
        assert not record.is_stranded(chosen_options(record.options, {"stranded": False}))


PLUGIN = """
from dataclasses import dataclass
from jangdan.records.kinds import Format
from jangdan.records.options import Options

@dataclass(frozen=True)
class WigOptions(Options):
    pass

def build(path, options, *, aliases, genome):
    return None

WIG = Format("wig", "signal", WigOptions, suffixes=(".wig",), build=build, values="signal", questions=())
"""


@pytest.fixture
def formats(monkeypatch: pytest.MonkeyPatch) -> Registry[Format]:
    """Return the registry of formats, without plugins before and after a test."""
    monkeypatch.setattr(FORMATS, "_plugins", {})
    return FORMATS


def test_a_plugin_adds_a_format_by_its_suffix(formats: Registry[Format], tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN)
    load_plugins([str(path)])
    assert format_of("a.wig.gz") == "wig"
    assert formats.module_of("wig") == str(path)


def test_a_plugin_may_not_take_a_suffix(formats: Registry[Format], tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN.replace('".wig"', '".bw"'))
    with pytest.raises(OptionError, match=r"'wig' has the suffix \.bw of the format 'bigwig'"):
        load_plugins([str(path)])
