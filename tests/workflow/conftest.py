"""The demo, run once for all workflow tests; and a helper that runs Snakemake as a user does."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def run_snakemake(folder: Path, *arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the workflow below `root` in `folder`; the result's stdout holds all that it printed."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "workflow/Snakefile"), "--cores", "2"]
    command += ["--directory", str(folder), *arguments]
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        command, cwd=root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of pytest-xdist share, and no other session does."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Let the first of the workers `make` the folder, and the others wait for it; return the folder."""
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished = folder.with_suffix(".finished")
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            finished.touch()
    return folder


def _run_demo(folder: Path, *targets: str) -> None:
    shutil.copytree(ROOT / "config", folder / "config")
    # what `make demo` made: Snakemake runs again what has changed since
    for made in ("results/demo", ".snakemake/metadata"):
        if (ROOT / made).is_dir():
            shutil.copytree(ROOT / made, folder / made, symlinks=True)
    done = run_snakemake(folder, *targets)
    assert done.returncode == 0, done.stdout[-5000:]


@pytest.fixture(scope="session")
def demo(shared: Path) -> Path:
    """Return a folder in which the default config ran to its end; tests read it, and change only a copy."""
    return once(shared / "demo", _run_demo)


@pytest.fixture(scope="session")
def simulated(shared: Path) -> Path:
    """Return the folder of the demo's input files, which does not wait for the demo; tests change only a copy."""
    files = "results/demo/simulated"
    return once(shared / "simulated", lambda folder: _run_demo(folder, f"{files}/genome.fa")) / files


@pytest.fixture
def inputs(simulated: Path, tmp_path: Path) -> Path:
    """Return a fresh copy of the input files, for tests that damage them."""
    folder = tmp_path / "inputs"
    shutil.copytree(simulated, folder)
    return folder


@pytest.fixture
def config(inputs: Path) -> dict:
    """Return a small config over `inputs`, to be changed by a test and written with `write_config`."""
    document = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    for key in ("simulate", "attribution", "bigwig_tracks", "locus_figures"):
        del document[key]
    document |= {"run": "broken", "data_dir": str(inputs)}
    document["models"] = {"sequence": document["models"]["sequence"]}
    document["variants"]["models"] = ["sequence"]
    return document


def write_config(folder: Path, document: dict) -> str:
    """Write a config file and return its path."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(document))
    return str(path)
