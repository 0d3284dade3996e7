"""The conda environments hold what the rules import, in the versions of the lock."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path.name for path in (ROOT / "envs").glob("*.lock"))
SYSTEM = {"python_full_version": "3.11.9", "python_version": "3.11", "sys_platform": "linux"}
ENVIRONMENTS = ["data", "cpu", "gpu"]
PACKAGE_OF = {"Bio": "biopython", "sklearn": "scikit-learn", "yaml": "pyyaml", "tensorflow": "tensorflow"}
RULE = re.compile(r"^rule (\w+):(.*?)(?=^rule |\Z)", re.MULTILINE | re.DOTALL)


def _pins(name: str) -> dict[str, str]:
    document = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    lines = next(d["pip"] for d in document["dependencies"] if isinstance(d, dict))
    return dict(re.fullmatch(r"([\w\[\]-]+) ==([\w.]+)", line).groups() for line in lines)


def _requirements(lock: str) -> dict[str, Requirement]:
    """Return what a lock installs on Linux for the Python of the conda environments, 3.11."""
    found = {}
    for line in (ROOT / "envs" / lock).read_text().splitlines():
        if line[:1].isalnum():
            requirement = Requirement(line.removesuffix("\\"))
            if requirement.marker is None or requirement.marker.evaluate(SYSTEM):
                found[canonicalize_name(requirement.name)] = requirement
    return found


def _locked(lock: str) -> dict[str, str]:
    """Return name -> version of what a lock installs."""
    return {name: str(each.specifier).removeprefix("==") for name, each in _requirements(lock).items()}


def _needed_by(package: str, extras: set[str]) -> list[Requirement]:
    """Return what an installed package requires; nothing for one that is not installed here."""
    try:
        lines = requires(package) or []
    except PackageNotFoundError:
        return []
    wanted = []
    for requirement in map(Requirement, lines):
        environments = [{**SYSTEM, "extra": extra} for extra in ("", *extras)]
        if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
            wanted.append(requirement)
    return wanted


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


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_stands_in_the_lock(lock: str) -> None:
    assert "://" not in (ROOT / "envs" / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_with_an_extra_is_pinned_with_that_extra(lock: str) -> None:
    """pip before 24 looks for a hash of coverage[toml] itself, and not of the pinned coverage."""
    pinned = _requirements(lock)
    for name in pinned:
        for needed in _needed_by(name, pinned[name].extras):
            if needed.extras:
                assert needed.extras <= pinned[canonicalize_name(needed.name)].extras, f"{name} requires {needed}"


def test_the_locks_of_the_tests_and_backends_repeat_the_versions_of_the_run_time_lock() -> None:
    runtime = _locked("requirements.lock")
    for lock in ("requirements-test.lock", "requirements-torch.lock", "requirements-jax.lock"):
        locked = _locked(lock)
        both = set(runtime) & set(locked)
        assert {name: locked[name] for name in both} == {name: runtime[name] for name in both}


def test_the_workflow_names_every_library_module() -> None:
    listed = (ROOT / "workflow/library.txt").read_text().split()
    assert listed == sorted(str(p.relative_to(ROOT / "lib")) for p in (ROOT / "lib/jangdan").rglob("*.py"))


def test_importing_the_package_loads_no_framework() -> None:
    code = "import sys, jangdan, jangdan.data; print(*{'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
