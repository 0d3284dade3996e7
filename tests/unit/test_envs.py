"""The conda environments hold what the rules import, in the versions of the lock."""

import re
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ["data", "cpu", "gpu"]
PACKAGE_OF = {"Bio": "biopython", "sklearn": "scikit-learn", "yaml": "pyyaml", "tensorflow": "tensorflow"}
RULE = re.compile(r"^rule (\w+):(.*?)(?=^rule |\Z)", re.MULTILINE | re.DOTALL)


def _pins(name: str) -> dict[str, str]:
    document = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    lines = next(d["pip"] for d in document["dependencies"] if isinstance(d, dict))
    return dict(re.fullmatch(r"([\w\[\]-]+) ==([\w.]+)", line).groups() for line in lines)


def _locked(lock: str) -> dict[str, str]:
    """Return what a lock installs on Linux for the Python of the conda environments, 3.11."""
    found = {}
    system = {"python_full_version": "3.11.9", "python_version": "3.11", "sys_platform": "linux"}
    for line in (ROOT / "envs" / lock).read_text().splitlines():
        if line[:1].isalnum():
            requirement = Requirement(line.removesuffix("\\"))
            if requirement.marker is None or requirement.marker.evaluate(system):
                found[requirement.name.lower()] = str(requirement.specifier).removeprefix("==")
    return found


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_conda_part_is_small_and_pinned(name: str) -> None:
    document = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    assert list(document) == ["channels", "dependencies"]
    assert document["channels"] == ["conda-forge", "nodefaults"]
    python, pip, packages = document["dependencies"]
    assert python == "python =3.11"
    assert re.fullmatch(r"pip =[\d.]+", pip)
    assert list(packages) == ["pip"]
    assert packages["pip"] == sorted(packages["pip"])


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_versions_are_those_of_the_lock(name: str) -> None:
    locked = _locked("requirements-gpu.lock" if name == "gpu" else "requirements.lock")
    pins = {package.removesuffix("[and-cuda]"): version for package, version in _pins(name).items()}
    assert pins == {package: locked[package] for package in pins}


def test_both_locks_agree_but_for_tensorflow() -> None:
    cpu, gpu = _locked("requirements.lock"), _locked("requirements-gpu.lock")
    assert cpu.pop("tensorflow-cpu") == gpu["tensorflow"]
    assert cpu == {package: gpu[package] for package in cpu}
    assert {name for name in set(gpu) - set(cpu) if not name.startswith("nvidia-")} == {"tensorflow"}


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
        imported = _imported(ROOT / script) - {"snakemake"}
        for env in ["cpu", "gpu"] if conda == "TENSORFLOW" else [Path(conda.strip('"')).stem]:
            held = {re.sub(r"-cpu$|\[and-cuda\]$", "", package) for package in _pins(env)}
            assert imported <= held, f"{name} in {env}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-gpu.lock"])
def test_no_address_stands_in_the_lock(lock: str) -> None:
    assert "://" not in (ROOT / "envs" / lock).read_text()


def test_the_workflow_names_every_library_module() -> None:
    listed = (ROOT / "workflow/library.txt").read_text().split()
    assert listed == sorted(str(p.relative_to(ROOT / "lib")) for p in (ROOT / "lib/jangdan").rglob("*.py"))


def test_importing_the_package_loads_no_framework() -> None:
    code = "import sys, jangdan, jangdan.data; print(*{'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
