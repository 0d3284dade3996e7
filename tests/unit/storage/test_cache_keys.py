"""Cache keys: what differs in what it does differs in its key, in every process alike."""

import functools
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from jangdan.errors import OptionError
from jangdan.storage.cache_keys import key_of

FACTOR = 2


def _doubled(x: Any) -> Any:
    return x * FACTOR


class _Scaled:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, x: Any) -> Any:
        return x * self.factor


def _scaled_by(factor: float) -> Any:
    return lambda x: x * factor


DIFFERENT = [
    (1, 2),
    (1, "1"),
    ([1, 2], [2, 1]),
    ({"a": 1}, {"a": 2}),
    (np.arange(3), np.arange(3.0)),
    (np.arange(4), np.arange(4).reshape(2, 2)),
    (lambda x: x + 1, lambda x: x + 2),
    (lambda x: x.sum(1), lambda x: x.max(1)),
    (_scaled_by(2), _scaled_by(3)),
    (_Scaled(2), _Scaled(3)),
    (functools.partial(_doubled), functools.partial(_doubled, 1)),
    (np.sum, np.mean),
    (np.add, np.maximum),
    (max, min),
    (lambda x, n=1: x, lambda x, n=2: x),
    (lambda x: [y for y in x if y in {"a", "b"}], lambda x: [y for y in x if y in {"a", "c"}]),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_differs_has_another_key(one: Any, other: Any) -> None:
    assert key_of([one]) != key_of([other])
    assert key_of([one]) == key_of([one])


def test_a_global_that_a_function_uses_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(_doubled)
    monkeypatch.setitem(globals(), "FACTOR", 3)
    assert key_of(_doubled) != before


def test_the_order_of_a_mapping_counts_since_conditions_are_ordered() -> None:
    assert key_of({"a": 1, "b": 2}) != key_of({"b": 2, "a": 1})


def test_equal_arrays_and_paths_have_one_key() -> None:
    assert key_of(np.arange(10)[::2]) == key_of(np.array([0, 2, 4, 6, 8]))
    assert key_of(Path("a/b")) == key_of("a/b")


def test_what_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(OptionError, match="cache=False"):
        key_of([re.compile("a")])


def test_an_object_is_told_by_its_methods_and_its_state() -> None:
    one, other = (type("Made", (), {"__call__": f})() for f in (lambda self, x: x, lambda self, x: -x))
    assert key_of(one) != key_of(other)
    assert key_of(SimpleNamespace(a=1)) != key_of(SimpleNamespace(a=2))


def test_the_key_is_the_same_in_every_process(tmp_path: Path) -> None:
    (tmp_path / "functions.py").write_text(
        "import numpy as np\nK = 3\n"
        "def top(x):\n    return np.sort(x, axis=1)[:, -K:].mean(1) if K in {1, 2, 3} else 'a' in {'a', 'b'}\n"
    )
    code = (
        "import functions, numpy as np; from jangdan.storage.cache_keys import key_of; "
        "print(key_of([functions.top, np.sum]))"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={"PYTHONHASHSEED": s},
        ).stdout
        for s in ("1", "2", "3")
    }
    assert len(keys) == 1
