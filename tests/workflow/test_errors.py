"""Each mistake ends in one sentence that names file, line or key, with exit code 1 and nothing half-written."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from tests.workflow.conftest import ROOT, run_snakemake, write_config

pytestmark = pytest.mark.workflow


def _missing_file(inputs: Path, config: dict) -> str:
    (inputs / "rep1.bam").unlink()
    return "rep1.bam"


def _truncated_bam(inputs: Path, config: dict) -> str:
    path = inputs / "rep1.bam"
    path.write_bytes(path.read_bytes()[:-5000])
    return "rep1.bam"


def _other_contigs(inputs: Path, config: dict) -> str:
    with gzip.open(inputs / "other.fa.gz", "wt") as out:
        out.write((inputs / "genome.fa").read_text().replace(">chr", ">"))
    config["genome"]["fasta"] = "other.fa.gz"
    return "chr1"


def _region_past_the_end(inputs: Path, config: dict) -> str:
    with open(inputs / "peaks.narrowPeak", "a") as out:
        out.write("chr1\t599900\t600100\tpast\t0\t.\t0\t-1\t-1\t100\n")
    return "chr1:599900-600100"


def _malformed_line(inputs: Path, config: dict) -> str:
    path = inputs / "exclusion.bed"
    path.write_text(path.read_text() + "chr1\tten\t20\n")
    return f"line {len(path.read_text().splitlines())}"


def _empty_roi(inputs: Path, config: dict) -> str:
    (inputs / "peaks.narrowPeak").write_text("")
    return "peaks.narrowPeak"


def _other_reference(inputs: Path, config: dict) -> str:
    path = inputs / "variants.vcf"
    swap = {"A": "C", "C": "G", "G": "T", "T": "A"}
    lines = []
    for line in path.read_text().splitlines():
        fields = line.split("\t")
        if not line.startswith("#"):
            fields[3] = "".join(swap[x] for x in fields[3])
        lines.append("\t".join(fields))
    path.write_text("\n".join(lines) + "\n")
    return "variants.vcf"


def _no_positive(inputs: Path, config: dict) -> str:
    lines = (inputs / "peaks.narrowPeak").read_text().splitlines()
    (inputs / "labels.narrowPeak").write_text("\n".join(x for x in lines if x.startswith("chr4")) + "\n")
    config["datasets"]["bound"]["files"] = {"JUND": "labels.narrowPeak"}
    return "no positive"


def _empty_part(inputs: Path, config: dict) -> str:
    config["folds"]["main"]["test"] = ["chr9"]
    return "test"


def _unknown_key(inputs: Path, config: dict) -> str:
    config["regions"]["windoww"] = 200
    return "windoww"


@pytest.mark.parametrize(
    ("damage", "also"),
    [
        (_missing_file, "rep1.bam"),
        (_truncated_bam, "copy or download"),
        (_other_contigs, "aliases"),
        pytest.param(_region_past_the_end, "600000", marks=pytest.mark.slow),
        pytest.param(_malformed_line, "exclusion.bed", marks=pytest.mark.slow),
        pytest.param(_empty_roi, "region", marks=pytest.mark.slow),
        (_other_reference, "REF"),
        (_no_positive, "JUND"),
        pytest.param(_empty_part, "chr9", marks=pytest.mark.slow),
        (_unknown_key, "regions"),
    ],
)
def test_a_mistake_is_one_sentence(
    inputs: Path, config: dict, tmp_path: Path, damage: Callable[[Path, dict], str], also: str
) -> None:
    named = damage(inputs, config)
    done = run_snakemake(tmp_path, "--configfile", write_config(tmp_path, config))
    assert done.returncode == 1
    assert named in done.stdout
    assert also in done.stdout.replace(",", "")
    assert "Traceback" not in done.stdout
    assert not list(tmp_path.glob("results/broken/models/**/model.keras"))
    assert not [p for p in tmp_path.glob("results/**/.*") if p.is_file() and p.stat().st_size]


@pytest.mark.slow
def test_a_bam_without_index_gets_one(inputs: Path, config: dict, tmp_path: Path) -> None:
    (inputs / "rep1.bam.bai").unlink()
    target = "results/broken/check/inputs.tsv"
    done = run_snakemake(tmp_path, target, "--configfile", write_config(tmp_path, config))
    assert done.returncode == 0, done.stdout[-3000:]
    with pysam.AlignmentFile(str(inputs / "rep1.bam")) as bam:
        assert bam.has_index()


def test_an_unsorted_bam_is_refused(inputs: Path, config: dict, tmp_path: Path) -> None:
    (inputs / "rep1.bam.bai").unlink()
    pysam.sort("-n", "-o", str(inputs / "rep1.bam"), str(inputs / "rep2.bam"))
    done = run_snakemake(tmp_path, "--configfile", write_config(tmp_path, config))
    assert done.returncode == 1
    assert "rep1.bam" in done.stdout
    assert "samtools sort" in done.stdout


@pytest.mark.slow
def test_a_killed_training_is_finished_by_the_next_run(inputs: Path, config: dict, tmp_path: Path) -> None:
    config["models"]["sequence"] |= {"grid": {"order": [1]}, "parameters": {"filters": 8, "kernel": 13}}
    config["models"]["sequence"]["training"] |= {"epochs": 4}
    arguments = ["--configfile", write_config(tmp_path, config)]
    model = "results/broken/models/sequence.order-1/main/seed-1/model.keras"
    log = tmp_path / "results/broken/logs/train/sequence.order-1/main/seed-1.log"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow/Snakefile"), "--cores", "2"]
    command += [model, "--directory", str(tmp_path), *arguments]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not (log.exists() and "epoch 1" in log.read_text()):
        assert time.monotonic() < deadline, "training did not start"
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not (tmp_path / model).exists()
    assert run_snakemake(tmp_path, *arguments, "--unlock").returncode == 0
    done = run_snakemake(tmp_path, model, *arguments, "--rerun-incomplete")
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / model).stat().st_size > 10_000
