"""Which code a job runs, and that the scripts' processes import the library that the workflow belongs to."""

import json
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
    "a/five.py": "z = 5\nv: int = option('a number', 5)",
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
        ("a/five.py", "z = 5\nv: int = option('another text', 5)", False),
        ("a/five.py", "z = 5\nv: int = option('a number', 6)", True),
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


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the library, to be edited."""
    return Path(shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__")))


def _of_architectures(lib: Path, names: list[str]) -> dict[str, str]:
    """Return the digest of the code that trains a model of each architecture, computed in a process of its own."""
    code = (
        "import json, sys\nfrom jangdan.workflow.provenance import code_digest\n"
        "of = lambda name: code_digest(sys.argv[1], sys.argv[2], (f'jangdan.networks.architectures.{name}',))\n"
        "print(json.dumps({name: of(name) for name in sys.argv[3:]}))"
    )
    script = str(ROOT / "scripts/train.py")
    done = subprocess.run(
        [sys.executable, "-c", code, script, str(lib), *names], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _changed(lib: Path, module: str, old: str, new: str) -> set[str]:
    names = ["bpnet", "cnn", "danq", "deepsea"]
    before, path = _of_architectures(lib, names), lib / "jangdan" / module
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    after = _of_architectures(lib, names)
    return {name for name in names if before[name] != after[name]}


@pytest.mark.parametrize(
    ("module", "old", "new", "expected"),
    [
        ("networks/architectures/danq.py", 'name="grammar"', 'name="syntax"', {"danq"}),
        ("networks/architectures/danq.py", '"""DanQ', '"""Another docstring. DanQ', set()),
        ("networks/architectures/cage.py", '"cage"', '"cages"', set()),
        ("networks/building_blocks.py", 'name="joined"', 'name="together"', {"bpnet", "danq", "deepsea"}),
        ("networks/registry.py", '"parameters"', '"options"', {"bpnet", "cnn", "danq", "deepsea"}),
    ],
)
def test_an_edit_retrains_only_the_architectures_that_it_concerns(
    copied: Path, module: str, old: str, new: str, expected: set[str]
) -> None:
    assert _changed(copied, module, old, new) == expected


def test_an_added_architecture_retrains_nothing(copied: Path) -> None:
    before = _of_architectures(copied, ["cnn", "danq"])
    folder = copied / "jangdan/networks/architectures"
    shutil.copy(folder / "cnn.py", folder / "mine.py")
    assert _of_architectures(copied, ["cnn", "danq"]) == before


def test_the_content_of_a_plugin_counts(tmp_path: Path) -> None:
    script, digests = str(ROOT / "scripts/train.py"), []
    for i, text in enumerate(["x = 1\n", "x = 2\n", "x = 2  # a comment\n"]):
        plugin = tmp_path / str(i) / "mine.py"
        plugin.parent.mkdir()
        plugin.write_text(text)
        digests.append(code_digest(script, str(ROOT / "lib"), (str(plugin),)))
    assert digests[0] != digests[1]
    assert digests[1] == digests[2]
