"""Files that are not there are downloaded, from a server on localhost here; those that are, are not."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import run_snakemake, write_config

pytestmark = pytest.mark.workflow

TABLE = "results/broken/check/inputs.tsv"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(simulated: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(simulated))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_missing_files_are_downloaded_and_no_others(simulated: Path, server: str, config: dict, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(simulated / "genome.fa", data)
    names = ["genome.fa", "exclusion.bed", "genes.gff3", "peaks.narrowPeak", "rep1.bam", "rep2.bam", "signal.bw"]
    config["downloads"] = {name: {"url": f"{server}/{name}"} for name in [*names, "variants.vcf"]}
    config["downloads"]["genome.fa"]["url"] = "http://127.0.0.1:9/never-asked"
    config["data_dir"] = str(data)
    arguments = [TABLE, "--configfile", write_config(tmp_path, config)]
    done = run_snakemake(tmp_path, *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (data / "rep1.bam").read_bytes() == (simulated / "rep1.bam").read_bytes()
    assert "Nothing to be done" in run_snakemake(tmp_path, *arguments, "--dry-run").stdout


def test_an_address_that_does_not_answer_is_named(server: str, config: dict, tmp_path: Path) -> None:
    (Path(config["data_dir"]) / "variants.vcf").unlink()
    config["downloads"] = {"variants.vcf": {"url": f"{server}/gone.vcf"}}
    done = run_snakemake(tmp_path, TABLE, "--configfile", write_config(tmp_path, config), "--retries", "0")
    assert done.returncode == 1
    assert "404" in done.stdout
    assert "gone.vcf" in done.stdout
    assert not (Path(config["data_dir"]) / "variants.vcf").exists()
