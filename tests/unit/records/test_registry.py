"""Records are found by folder, import nothing but the standard library, and plugins add to them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.plugins import plugin

from jangdan.errors import InputFileError, MissingFileError, OptionError
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.registry import build_model
from jangdan.records.kinds import (
    ARCHITECTURES,
    COMPARISON_FIGURES,
    NORMALIZERS,
    REGISTRIES,
    Architecture,
    load_plugins,
)
from jangdan.records.registry import Record, Registry
from jangdan.records.schema import object_schema

ROOT = Path(__file__).parents[3]

PLUGIN = plugin("An architecture")

ONLY_SNAKEMAKE = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {*sys.stdlib_module_names, "jangdan", "snakemake", "yaml", "jsonschema"}:
            raise ModuleNotFoundError(f"refused: {name}", name=name)

sys.meta_path.insert(0, Refuse())
"""


@pytest.fixture
def architectures(monkeypatch: pytest.MonkeyPatch) -> Registry[Architecture]:
    """Return the registry of architectures, without plugins before and after a test."""
    monkeypatch.setattr(ARCHITECTURES, "_plugins", {})
    return ARCHITECTURES


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", ONLY_SNAKEMAKE + code], capture_output=True, text=True, check=False)


def test_every_record_imports_where_only_snakemake_is_installed() -> None:
    done = _run(
        "from jangdan.records.kinds import REGISTRIES\n"
        "print(len([record.options for registry in REGISTRIES for record in registry]))"
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 44


@pytest.mark.parametrize("name", NORMALIZERS.names())
def test_a_normalizer_imports_the_standard_library_and_records_alone_at_its_top(name: str) -> None:
    path = Path(sys.modules["jangdan"].__file__ or "").parent / f"normalize/definitions/{name}.py"
    top = [node for node in ast.parse(path.read_text()).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = [getattr(node, "module", None) or node.names[0].name for node in top]
    assert "jangdan.records.kinds" in modules
    kept = {*sys.stdlib_module_names, "jangdan.records"}
    assert [m for m in modules if m.split(".")[0] not in kept and ".".join(m.split(".")[:2]) not in kept] == []


def test_that_environment_refuses_other_packages() -> None:
    assert "refused: numpy" in _run("import numpy").stderr


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.noun)
def test_names_are_those_of_the_files(registry: Registry[Record]) -> None:
    path = Path(sys.modules["jangdan"].__file__ or "").parent.joinpath(*registry.folder.split(".")[1:])
    assert registry.names() == sorted(p.stem for p in path.glob("*.py") if p.stem != "__init__")
    assert [record.name for record in registry] == registry.names()


def test_the_page_of_the_library_lists_every_normalizer() -> None:
    (row,) = re.findall(r"^\| normalizers \| .*", (ROOT / "lib/README.md").read_text(), flags=re.MULTILINE)
    assert [name for name in NORMALIZERS.names() if not re.search(f'`"?{name}"?`', row)] == []


def test_an_unknown_name_gives_the_closest_one(architectures: Registry[Architecture]) -> None:
    with pytest.raises(OptionError, match=r"^architecture: found 'bpnt', expected one of .*; did you mean bpnet\?$"):
        architectures["bpnt"]


def test_every_option_of_every_record_is_documented() -> None:
    for registry, record in [(each, record) for each in REGISTRIES for record in each]:
        for name, schema in object_schema(record.options)["properties"].items():
            assert len(schema["description"]) > 10, f"{record.name}: {name}"
            assert "default" in schema or registry is COMPARISON_FIGURES  # which models it shows has no default


def test_a_plugin_adds_an_architecture(architectures: Registry[Architecture], tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    load_plugins([str(tmp_path / "mine.py")])
    assert architectures.module_of("tiny") == architectures.plugin_of("tiny") == str(tmp_path / "mine.py")
    assert architectures.plugin_of("cnn") == ""
    inputs = (InputDescription("dna", "sequence"),)
    model = build_model(ModelDescription("m", "tiny", {"units": 5}, 20, inputs, "y", ("a", "b"), "mse", "linear"))
    assert model.get_layer("units").units == 5
    assert model.output_shape == (None, 2)


def test_a_plugin_may_be_loaded_twice_but_not_take_a_name(
    architectures: Registry[Architecture], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    (tmp_path / "other.py").write_text(PLUGIN)
    (tmp_path / "cnn.py").write_text(PLUGIN.replace('"tiny"', '"cnn"'))
    load_plugins([str(tmp_path / "mine.py")] * 2)
    with pytest.raises(OptionError, match="the architecture 'tiny' exists already"):
        load_plugins([str(tmp_path / "other.py")])
    with pytest.raises(OptionError, match="the architecture 'cnn' exists already"):
        load_plugins([str(tmp_path / "cnn.py")])


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (None, MissingFileError, "no such plugin"),
        ("x = 1\n", InputFileError, "defines no record"),
        ("1 / 0\n", InputFileError, "fails with ZeroDivisionError: division by zero"),
        ("def f(:\n", InputFileError, "fails with SyntaxError"),
    ],
)
def test_a_plugin_that_is_not_one_is_named(
    architectures: Registry[Architecture], tmp_path: Path, text: str | None, error: type[Exception], said: str
) -> None:
    path = tmp_path / "mine.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(error, match=f"mine.py: {said}"):
        load_plugins([str(path)])
