"""Whatever stands in the place of any value of a config: sentences, and never another error."""

import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from jangdan.errors import JangdanError
from jangdan.workflow.load import check_config

ROOT = Path(__file__).parents[3]
JUNK: list[Any] = [
    *(None, True, 0, 5, -1, 1.5, float("nan"), float("inf"), 10**400, "x", "", "a b"),
    *([], [None], [[]], [{}], ["x", "x"], {}, {"x": 1}, {1: 2}, {"kind": [1]}, {"model": 1}),
]


def places(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the keys and numbers that lead to each value inside of a value."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield (*above, key)
        yield from places(value, (*above, key))


@pytest.mark.parametrize("name", ["config", "study_promoters", "yeast_profiles"])
def test_any_value_in_any_place_ends_in_sentences(name: str) -> None:
    config = yaml.safe_load((ROOT / f"config/{name}.yaml").read_text())
    pairs = [(place, junk) for place in places(config) for junk in JUNK]
    refused = 0
    for (*above, last), junk in random.Random(0).sample(pairs, 200):
        spoiled = deepcopy(config)
        node = spoiled
        for key in above:
            node = node[key]
        node[last] = junk
        try:
            found = check_config(spoiled)[1]
        except JangdanError as error:
            found = [str(error)]
        refused += bool(found)
        assert not any("\n" in sentence or not sentence for sentence in found), (above, last, junk)
    assert refused > 150
