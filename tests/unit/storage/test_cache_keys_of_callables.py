"""What callables do decides their key: defaults, slots, class attributes, wrappers, modules of the user's own."""

import functools
import types
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from jangdan.data import Cover, Interval
from jangdan.storage.cache_keys import key_of


def _keyword(q: float) -> Any:
    return lambda bins, *, q=q: np.quantile(bins, q, axis=1)


class _Slots:
    __slots__ = ("q",)

    def __init__(self, q: float) -> None:
        self.q = q

    def __call__(self, bins: Any) -> Any:
        return np.quantile(bins, self.q, axis=1)


def _remembered(k: int) -> Any:
    return functools.lru_cache(lambda bins: bins.sum(1) * k)


def _compiled(k: int) -> Any:
    return numba.njit(lambda bins: bins.sum(1) * k)


def _with_attribute(value: int) -> Any:
    return type("C", (), {"k": value, "__call__": lambda self, bins: bins.sum(1) * self.k})()


def _with_property(value: int) -> Any:
    return type("C", (), {"k": property(lambda self: value), "__call__": lambda self, bins: bins.sum(1) * self.k})()


def _of_module(code: str) -> Any:
    """Return a function that calls one of the user's own module, as before and after that was edited."""
    mine = types.ModuleType("mine")
    exec(code, mine.__dict__)
    names = {"mine": mine, "__name__": "user"}
    exec("def f(bins): return mine.helper(bins)", names)
    return names["f"]


DIFFERENT = {
    "keyword default": (_keyword(0.1), _keyword(0.9)),
    "slots": (_Slots(0.1), _Slots(0.9)),
    "bound method of slots": (_Slots(0.1).__call__, _Slots(0.9).__call__),
    "lru_cache": (_remembered(1), _remembered(2)),
    "numba": (_compiled(1), _compiled(2)),
    "class attribute": (_with_attribute(1), _with_attribute(2)),
    "property": (_with_property(1), _with_property(2)),
    "own module": (_of_module("def helper(b): return b.max(1)"), _of_module("def helper(b): return b.min(1)")),
}


@pytest.mark.parametrize("name", list(DIFFERENT))
def test_functions_that_differ_have_other_keys(name: str) -> None:
    one, other = DIFFERENT[name]
    assert key_of([one]) != key_of([other])
    assert key_of([one]) == key_of([one])


def _even(n: int) -> bool:
    return n == 0 or _odd(n - 1)


def _odd(n: int) -> bool:
    return n != 0 and _even(n - 1)


def _factorial() -> Any:
    def factorial(n: int) -> int:
        return 1 if n < 2 else n * factorial(n - 1)

    return factorial


def test_functions_that_call_each_other_have_a_key() -> None:
    assert key_of([_even]) == key_of([_even])
    assert key_of([_factorial()]) == key_of([_factorial()])


def test_a_function_without_a_module_has_a_key() -> None:
    names: dict[str, Any] = {}
    exec("def f(bins): return bins.max(1)", names)
    assert key_of([names["f"]]) == key_of([names["f"]])


@pytest.mark.parametrize("start", [0, 3])
def test_windows_that_their_region_cuts_short_count_by_their_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: int
) -> None:
    monkeypatch.setenv("JANGDAN_OUTPUT", str(tmp_path))
    (tmp_path / "s.bedgraph").write_text("chr1\t1\t5\t1\nchr1\t50\t500\t1\n")
    roi, given = [Interval("chr1", start, start + 50)], {"genomesize": {"chr1": 1000}, "resolution": 10}
    for binsize in (50, 100):
        plain, cached = (
            Cover.create_from_bigwig("c", tmp_path / "s.bedgraph", roi, binsize=binsize, cache=cache, **given)
            for cache in (False, True)
        )
        np.testing.assert_array_equal(cached[:], plain[:])
        where = ("chr1", start, start + binsize)
        np.testing.assert_array_equal(cached[where], plain[where])
