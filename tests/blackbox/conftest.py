"""The small input files, and a folder for whatever the library writes."""

from pathlib import Path

import pytest

from tests.blackbox.naive import Files, write_files


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(autouse=True)
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that $JANGDAN_OUTPUT names."""
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path / "output"))
    return tmp_path / "output"
