"""What `import jangdan` and `jangdan.data` bring along."""

import importlib.metadata
import subprocess
import sys

import jangdan
import jangdan.data

HEAVY = {"numpy", "pandas", "scipy", "matplotlib", "keras", "tensorflow"}


def _in_a_new_python(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_version_is_the_installed_one() -> None:
    assert jangdan.__version__ == importlib.metadata.version("jangdan")


def test_the_package_and_the_command_line_load_nothing_heavy() -> None:
    loaded = _in_a_new_python("import sys, jangdan, jangdan.cli; print(*sys.modules)")
    assert not HEAVY & set(loaded)


def test_importing_takes_a_fraction_of_a_second() -> None:
    code = "import time; t = time.perf_counter(); import jangdan; print(time.perf_counter() - t)"
    # the best of three: other processes share the machine
    assert min(float(_in_a_new_python(code)[0]) for _ in range(3)) < 0.3


def test_the_facade_lists_all_that_it_holds_and_defines_nothing() -> None:
    names = jangdan.data.__all__
    assert names == sorted(names)
    imported = {
        name for name, value in vars(jangdan.data).items() if getattr(value, "__module__", "").startswith("jangdan.")
    }
    drawing = {"HeatTrack", "LineTrack", "SeqTrack", "Track", "plotGenomeTrack"}
    assert imported - drawing - {"__getattr__"} == set(names) - drawing
    assert all(getattr(jangdan.data, name).__module__ != "jangdan.data" for name in names)
