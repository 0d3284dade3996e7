"""Cache keys: a SHA-256 of everything that a dataset is made of, the same in every process."""

import functools
import hashlib
import importlib.metadata
import json
import sys
import types
from collections import deque
from collections.abc import KeysView, Mapping, ValuesView
from dataclasses import fields, is_dataclass
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from jangdan.errors import OptionError

_PLAIN = (str, int, float, bool, type(None))
_SEQUENCES = (list, tuple, range, deque, KeysView, ValuesView)
_NAMED = (type, types.BuiltinFunctionType, np.ufunc)

Path = tuple[Any, ...]
"""The objects that one is inside of, so that functions that call each other come to an end."""


def key_of(parts: Any) -> str:
    """Return the key of nested options: plain values, arrays, tables, mappings, dataclasses, callables.

    Raises OptionError for a callable whose behaviour cannot be seen, such as one of a compiled module.
    """
    text = json.dumps(canonical(parts), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(part: Any, path: Path = ()) -> Any:
    """Return `part` as JSON types; two parts that differ in what they do differ here."""
    if isinstance(part, _PLAIN):
        return part
    if isinstance(part, (np.generic, np.ndarray, pd.DataFrame, pd.Series)):
        return _values(part, path)
    if isinstance(part, PathLike):
        return str(part)
    if isinstance(part, Mapping):
        return {"mapping": [[canonical(k, path), canonical(v, path)] for k, v in part.items()]}
    if isinstance(part, (set, frozenset)):
        return sorted(json.dumps(canonical(p, path)) for p in part)
    if isinstance(part, _SEQUENCES):
        return [canonical(p, path) for p in part]
    for depth, outer in enumerate(path):
        if outer is part:
            return ["itself", depth]
    return _object(part, (*path, part))


def _values(part: Any, path: Path) -> Any:
    if isinstance(part, np.generic):
        return part.item()
    if isinstance(part, np.ndarray):
        return _array(part, path)
    table = part.to_frame() if isinstance(part, pd.Series) else part
    columns = [[str(name), _array(table[name].to_numpy(), path)] for name in table]
    return ["table", columns, _array(table.index.to_numpy(), path)]


def _array(array: np.ndarray[Any, Any], path: Path) -> Any:
    if array.dtype.hasobject:
        return ["objects", list(array.shape), [canonical(item, path) for item in array.ravel().tolist()]]
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return ["array", array.dtype.str, list(array.shape), digest]


def _object(part: Any, path: Path) -> Any:
    if isinstance(part, types.ModuleType):
        return ["module", part.__name__, _version(part.__name__)]
    if isinstance(part, functools.partial):
        return ["partial", *(canonical(p, path) for p in (part.func, part.args, part.keywords))]
    if isinstance(part, types.MethodType):
        return ["method", canonical(part.__self__, path), canonical(part.__func__, path)]
    library = callable(part) and _is_library(getattr(part, "__module__", None))
    if isinstance(part, _NAMED) or (library and hasattr(part, "__name__")):
        return _named(part)
    if isinstance(part, types.FunctionType):
        return _function(part, path)
    if is_dataclass(part):
        return [type(part).__qualname__, {f.name: canonical(getattr(part, f.name), path) for f in fields(part)}]
    if hasattr(part, "__wrapped__") and callable(part):
        # those of functools.lru_cache, of numba, and the like
        return ["wrapped", type(part).__qualname__, canonical(part.__wrapped__, path)]
    return _instance(part, path)


def _named(part: Any) -> Any:
    module = getattr(part, "__module__", None) or ""
    return [type(part).__name__, module, _version(module), getattr(part, "__qualname__", part.__name__)]


def _version(module: str) -> str:
    """Return the version of a module's package, "" where it has none."""
    package = module.partition(".")[0]
    version = getattr(sys.modules.get(package), "__version__", None)
    try:
        return str(version or importlib.metadata.version(package or "?"))
    except importlib.metadata.PackageNotFoundError:
        return ""


def _function(function: types.FunctionType, path: Path) -> Any:
    code, names = function.__code__, _names(function.__code__)
    used = {}
    for name in sorted(names & set(function.__globals__)):
        value = function.__globals__[name]
        used[name] = canonical(value, path)
        if isinstance(value, types.ModuleType) and not _is_library(value.__name__):
            # of a module of the user's own, what the function may take from it
            own = sorted(n for n in names if hasattr(value, n))
            used[name] = [used[name], {n: canonical(getattr(value, n), path) for n in own}]
    closed = [canonical(cell.cell_contents, path) for cell in function.__closure__ or ()]
    defaults = [canonical(function.__defaults__, path), canonical(function.__kwdefaults__, path)]
    return ["function", _code(code), defaults, closed, used]


def _instance(part: Any, path: Path) -> Any:
    kind = type(part)
    slots = {n: getattr(part, n) for base in kind.__mro__ for n in _slots(base) if hasattr(part, n)}
    state = getattr(part, "__dict__", {}) | slots
    visible = hasattr(part, "__dict__") or slots
    library = _is_library(kind.__module__)
    members = [kind.__module__, _version(kind.__module__)] if library else _members(kind, path)
    if not visible and (library or not members):
        raise OptionError(
            f"cache: {part!r} cannot be told from another object of its kind, so nothing can be kept under it; "
            "give a function, or cache=False"
        )
    return [kind.__qualname__, members, canonical(state, path)]


def _members(kind: type, path: Path) -> Any:
    """Return what a class defines: methods, properties and plain attributes."""
    members: dict[str, Any] = {}
    for base in reversed(kind.__mro__[:-1]):
        for name, member in vars(base).items():
            if isinstance(member, property):
                members[name] = [canonical(f, path) for f in (member.fget, member.fset)]
            elif isinstance(member, (types.FunctionType, staticmethod, classmethod)):
                members[name] = canonical(getattr(member, "__func__", member), path)
            elif not name.startswith("__") and isinstance(member, (*_PLAIN, tuple, list, dict, np.ndarray, set)):
                members[name] = canonical(member, path)
    return members


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    return [n for n in ([slots] if isinstance(slots, str) else slots) if not n.startswith("__")]


def _code(code: types.CodeType) -> Any:
    return [code.co_code.hex(), [_constant(c) for c in code.co_consts], list(code.co_names), list(code.co_varnames)]


def _constant(constant: Any) -> Any:
    if isinstance(constant, types.CodeType):
        return _code(constant)
    # the order of a set of strings differs from process to process
    return sorted(map(repr, constant)) if isinstance(constant, frozenset) else repr(constant)


def _names(code: types.CodeType) -> set[str]:
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return set(code.co_names).union(*(_names(c) for c in inner))


def _is_library(module: str | None) -> bool:
    """Tell modules of Python and of installed packages, which go by their version, from the user's own."""
    package = (module or "").partition(".")[0]
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    installed = any(folder in file for folder in ("site-packages", "dist-packages"))
    return installed or package == "jangdan" or (package in sys.stdlib_module_names and package != "__main__")
