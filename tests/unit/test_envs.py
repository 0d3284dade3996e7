"""The conda environments hold what the rules import, in the versions of the lock."""

import re
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGE_OF = {"Bio": "biopython", "sklearn": "scikit-learn", "yaml": "pyyaml", "tensorflow": "tensorflow"}
RULE = re.compile(r"^rule (\w+):(.*?)(?=^rule |\Z)", re.MULTILINE | re.DOTALL)


def _pins(name: str) -> dict[str, str]:
    document = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    lines = next(d["pip"] for d in document["dependencies"] if isinstance(d, dict))
    return dict(re.fullmatch(r"([\w\[\]-]+) ==([\w.]+)", line).groups() for line in lines)


def _locked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w-]+)==([\w.]+)", (ROOT / "envs/requirements.lock").read_text(), re.MULTILINE
    ):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("name", ["data", "cpu", "gpu"])
def test_versions_are_those_of_the_lock(name: str) -> None:
    locked = _locked()
    for package, version in _pins(name).items():
        key = "tensorflow-cpu" if package.startswith("tensorflow") else package
        assert version in locked[key], package


def test_the_tensorflow_environments_add_only_the_framework() -> None:
    data = set(_pins("data"))
    assert set(_pins("cpu")) - data == {"keras", "tensorflow-cpu"}
    assert set(_pins("gpu")) - data == {"keras", "tensorflow[and-cuda]"}


def _imported(script: Path) -> set[str]:
    finder = ModuleFinder(path=[str(ROOT / "lib")])
    finder.run_script(str(script))
    third = {name.split(".")[0] for name in finder.badmodules} - set(sys.stdlib_module_names)
    return {PACKAGE_OF.get(name, name.replace("_", "-").lower()) for name in third}


def _rules() -> list[tuple[str, str, str]]:
    rules = []
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        # rules may stand inside an `if`: take the indentation away
        text = re.sub(r"^    (?=rule \w+:)", "", path.read_text(), flags=re.MULTILINE)
        for name, body in RULE.findall(text):
            conda = re.search(r"conda:\s+(\S+)", body)
            script = re.search(r'script:\s+"../../(scripts/\w+\.py)"', body)
            assert conda, name
            assert script, name
            rules.append((name, conda[1], script[1]))
    return rules


def test_each_environment_holds_what_its_rules_import() -> None:
    rules = _rules()
    assert len(rules) >= 12
    for name, conda, script in rules:
        env = "cpu" if conda == "TENSORFLOW" else Path(conda.strip('"')).stem
        held = {p.replace("-cpu", "") for p in _pins(env)} | {"snakemake"}
        assert _imported(ROOT / script) <= held, name


def test_no_address_stands_in_the_lock() -> None:
    assert "://" not in (ROOT / "envs/requirements.lock").read_text()


def test_the_workflow_names_every_library_module() -> None:
    listed = (ROOT / "workflow/library.txt").read_text().split()
    assert listed == sorted(str(p.relative_to(ROOT / "lib")) for p in (ROOT / "lib/jangdan").rglob("*.py"))


def test_importing_the_package_loads_no_framework() -> None:
    code = "import sys, jangdan, jangdan.data; print(*{'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
