"""The order of the tests, and the third of the slow ones that a run of CI takes."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--third", type=int, choices=range(3), help="of the slow tests, run only this third: 0, 1 or 2")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # workers take modules in this order: the longest ones first
    items.sort(key=lambda item: item.get_closest_marker("workflow") is None)
    third = config.getoption("third")
    if third is not None:
        left_out = _slow_of_other_thirds(items, third)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _slow_of_other_thirds(items: list[pytest.Item], third: int) -> list[pytest.Item]:
    # by module, since its tests share fixtures; by rank, so that no third is empty
    slow = [item for item in items if item.get_closest_marker("slow")]
    modules = sorted({item.nodeid.split("::")[0] for item in slow})
    return [item for item in slow if item.nodeid.split("::")[0] not in modules[third::3]]
