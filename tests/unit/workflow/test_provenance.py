"""The scripts' processes import the library that the workflow belongs to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jangdan.workflow.provenance import import_first


def test_a_workflow_s_own_library_comes_before_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jangdan").mkdir()
    (tmp_path / "jangdan/__init__.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    import_first(str(tmp_path))
    import_first(str(tmp_path))
    assert os.environ["PYTHONPATH"] == f"{tmp_path}{os.pathsep}elsewhere"
    found = subprocess.run(
        [sys.executable, "-c", "import jangdan; print(jangdan.__file__)"], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == str(tmp_path / "jangdan/__init__.py")
