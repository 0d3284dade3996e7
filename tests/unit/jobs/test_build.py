"""Coverage dataset files from what the config names: several files a condition, CRAM, fragments."""

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pysam
import pytest
from tests.configs import coverage
from tests.oracle.conftest import SIZES, write_bam

from jangdan.errors import OptionError
from jangdan.formats.fasta.reader import write_fasta
from jangdan.jobs.build import coverage_file
from jangdan.jobs.check_inputs import check_inputs
from jangdan.storage.dataset_file import load
from jangdan.workflow.plan import file_conditions, first_files, input_files, inputs_of, source_files

WINDOWS = {"roi": None, "window": 100, "step": 100}


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    write_fasta(tmp_path / "g.fa", [(c, "".join(rng.choice(list("ACGT"), n))) for c, n in SIZES.items()])
    return tmp_path / "g.fa"


@pytest.fixture
def bams(tmp_path: Path) -> list[Path]:
    return [write_bam(tmp_path / f"{i}.bam", np.random.default_rng(i), ["50M", "20M5D30M"]) for i in (1, 2)]


def _depth(bams: list[Path]) -> dict[str, np.ndarray]:
    """Return base pairs' 5' ends of all files, both strands together, from a plain loop."""
    counts = {chrom: np.zeros(size, dtype=int) for chrom, size in SIZES.items()}
    for path in bams:
        with pysam.AlignmentFile(str(path)) as reads:
            for read in reads:
                if not read.flag & 0xF04:
                    place = read.reference_end - 1 if read.is_reverse else read.reference_start
                    counts[read.reference_name][place] += 1
    return counts


def _built(files: dict[str, list[str]], options: dict[str, Any], genome: Path) -> dict[str, np.ndarray]:
    target = genome.parent / "out.h5"
    coverage_file(files, coverage(files, **options), {"fasta": str(genome)}, target, windows=WINDOWS)
    array = load(target)
    values, offset = array.data, array.layout.offset
    return {chrom: values[offset[i] : offset[i + 1]].sum(axis=1) for i, chrom in enumerate(SIZES)}


def test_files_of_one_condition_are_added_up(genome: Path, bams: list[Path]) -> None:
    one, both = _depth(bams[:1]), _depth(bams)
    found = _built({"a": [str(p) for p in bams], "b": [str(bams[0])]}, {"dtype": "uint16"}, genome)
    for chrom, values in found.items():
        np.testing.assert_array_equal(values, np.stack([both[chrom], one[chrom]], axis=1))


def test_a_cram_is_decoded_with_the_genome_of_the_config(genome: Path, bams: list[Path]) -> None:
    cram = genome.parent / "a.cram"
    subprocess.run(["samtools", "view", "-C", "-T", str(genome), "-o", str(cram), str(bams[0])], check=True)
    for chrom, values in _built({"a": [str(cram)]}, {}, genome).items():
        np.testing.assert_array_equal(values[:, 0], _depth(bams[:1])[chrom])


def test_fragments_count_at_both_ends(genome: Path) -> None:
    path = genome.parent / "f.tsv.gz"
    rows = [("chr1", 5, 60, "AAA-1", 3), ("chr1", 5, 9, "CCC-1", 1), ("chr2", 0, 2, "AAA-1", 1)]
    plain = genome.parent / "f.tsv"
    plain.write_text("# made by hand\n" + "".join("\t".join(map(str, row)) + "\n" for row in rows))
    pysam.tabix_compress(str(plain), str(path))
    found = _built({"a": [str(path)]}, {}, genome)
    assert {i: int(found["chr1"][i, 0]) for i in np.flatnonzero(found["chr1"])} == {5: 2, 8: 1, 59: 1}
    counted = _built({"a": [str(path)]}, {"use_counts": True, "count": "midpoint"}, genome)
    assert {i: int(counted["chr1"][i, 0]) for i in np.flatnonzero(counted["chr1"])} == {7: 1, 32: 3}


def test_files_of_two_kinds_are_refused(genome: Path, bams: list[Path]) -> None:
    with pytest.raises(OptionError, match="bam, bigwig"):
        _built({"a": [str(bams[0])], "b": ["x.bw"]}, {}, genome)


def test_the_preflight_looks_at_every_file_of_a_condition(genome: Path, bams: list[Path]) -> None:
    (genome.parent / "f.tsv").write_text("chr1\t5\t60\tAAA-1\t3\n")
    (genome.parent / "roi.bed").write_text("chr1\t0\t500\n")
    (genome.parent / "mask.bed").write_text("chr1\t100\t300\n")
    subprocess.run(["samtools", "view", "-CT", "g.fa", "-o", "a.cram", "1.bam"], check=True, cwd=genome.parent)
    files = {"a": ["1.bam", "2.bam"], "b": "f.tsv", "c": ["a.cram"]}
    config = {
        "data_dir": str(genome.parent),
        "genome": {"fasta": "g.fa", "exclude_regions": [], "annotation": None, "aliases": {}},
        "regions": {"sources": ["roi.bed"]},
        "datasets": {"reads": {"kind": "coverage", "files": files}},
        "models": {
            "net": {"normalizer": {"name": "tpm", "regionmask": "mask.bed"}, "target_normalizer": None, "grid": {}}
        },
        "variants": None,
    }
    assert file_conditions(config, "reads") == ["a", "a", "b", "c"]
    assert [Path(path).name for path in source_files(config, "reads")] == ["1.bam", "2.bam", "f.tsv", "a.cram"]
    first = first_files(config, {"target": "reads", "loss": "mse"})
    assert [Path(path).name for path in first] == [
        "1.bam",
        "f.tsv",
        "a.cram",
    ]
    data = {"g.fa", "roi.bed", "1.bam", "2.bam", "f.tsv", "a.cram", "mask.bed"}
    assert {Path(path).name for path in input_files(config)} == data
    rows = check_inputs(inputs_of(config)).rows
    assert {row[3] for row in rows} == {"ok"}, rows
    assert {Path(row[0]).name for row in rows} == data
    (genome.parent / "f.tsv").write_text("chr1\t5\t9999999\tAAA-1\t3\n")
    wrong = [row for row in check_inputs(inputs_of(config)).rows if row[3] != "ok"]
    assert len(wrong) == 1
    assert "past chr1" in str(wrong[0])
