"""The thirds of the slow tests, one of which each run of CI takes, are all of them, each once."""

from pathlib import Path

import pytest

from tests import conftest

MODULE = """
import pytest

@pytest.mark.slow
@pytest.mark.parametrize("case", "ab")
def test_slow(case):
    pass

def test_fast():
    pass
"""


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
    for name in ("coverage", "demo", "fit", "fuzz", "studies"):
        (tmp_path / f"test_{name}.py").write_text(MODULE)
    return tmp_path


class _Names:
    """Remembers what a session collected."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.found = [item.nodeid for item in session.items]


def _collected(folder: Path, *options: str) -> list[str]:
    names = _Names()
    command = ["--collect-only", "-qq", "-p", "no:cacheprovider", "--import-mode=importlib", f"--rootdir={folder}"]
    assert pytest.main([*command, str(folder), *options], plugins=[conftest, names]) == 0
    return names.found


def test_the_thirds_are_a_partition_of_the_slow_tests(modules: Path) -> None:
    thirds = [_collected(modules, "-m", "slow", "--third", str(third)) for third in range(3)]
    assert all(thirds)
    assert sorted(thirds[0] + thirds[1] + thirds[2]) == sorted(_collected(modules, "-m", "slow"))
    assert len(thirds[0] + thirds[1] + thirds[2]) == 5 * 2


def test_slow_tests_of_one_module_are_in_one_third_and_fast_ones_in_all(modules: Path) -> None:
    for third in range(3):
        found = _collected(modules, "--third", str(third))
        slow = [name for name in found if "test_slow" in name]
        assert {slow.count(name) for name in slow} == {1}
        assert len({name.split("::")[0] for name in slow}) * 2 == len(slow)
        assert len(found) - len(slow) == 5
