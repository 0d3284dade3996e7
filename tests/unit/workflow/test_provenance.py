"""Which code a job runs, and that the scripts' processes import the library that the workflow belongs to."""

import os
import shutil
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from jangdan.workflow.provenance import code_digest, import_first, imported_modules

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["train", "build_coverage", "plot_tracks"])
def test_the_modules_that_a_script_imports_are_those_that_python_finds(name: str) -> None:
    finder = ModuleFinder(path=[str(ROOT / "lib")])
    finder.run_script(str(ROOT / f"scripts/{name}.py"))
    expected = {name: module.__file__ for name, module in finder.modules.items() if module.__file__}
    del expected["__main__"]
    assert len(expected) > 20
    assert imported_modules(str(ROOT / f"scripts/{name}.py"), str(ROOT / "lib")) == expected


MODULES = {
    "a/__init__.py": "",
    "a/one.py": "from . import two\nfrom .deep.three import x\nimport json",
    "a/two.py": "def f():\n    import a.four as four\n    return four",
    "a/four.py": '"""Four."""\n\n\ny = 4  # four',
    "a/unused.py": "",
    "a/deep/__init__.py": "from ..five import *",
    "a/deep/three.py": "x = 3",
    "a/five.py": "z = 5",
}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "script.py").write_text("import numpy\nfrom a import one")
    return tmp_path


def test_relative_late_and_star_imports_are_followed(library: Path) -> None:
    found = imported_modules(str(library / "script.py"), str(library))
    names = ("a", "a.one", "a.two", "a.four", "a.deep", "a.deep.three", "a.five")
    assert set(found) == set(names)
    assert found["a.deep"] == str(library / "a/deep/__init__.py")


@pytest.mark.parametrize(
    ("file", "text", "changes"),
    [
        ("a/four.py", '"""Another text."""\ny = 4', False),
        ("a/unused.py", "w = 1", False),
        ("a/__init__.py", "v = 1", False),
        ("a/four.py", "y = 5", True),
        ("a/five.py", "z = 6", True),
        ("script.py", "from a import one\none.x", True),
    ],
)
def test_the_digest_follows_what_the_code_does(library: Path, file: str, text: str, changes: bool) -> None:
    changed = Path(shutil.copytree(library, library / "changed"))
    (changed / file).write_text(text)
    before, after = (code_digest(str(folder / "script.py"), str(folder)) for folder in (library, changed))
    assert (after != before) == changes


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
