"""Cache keys: a SHA-256 of everything that a dataset is made of, the same in every process."""

import functools
import hashlib
import json
import sys
import types
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from os import PathLike
from typing import Any

import numpy as np

from jangdan.errors import OptionError

_PLAIN = (str, int, float, bool, type(None))


def key_of(parts: Any) -> str:
    """Return the key of nested options: plain values, arrays, mappings, dataclasses, callables.

    Raises OptionError for a callable whose behaviour cannot be seen, such as one of a compiled module.
    """
    text = json.dumps(canonical(parts), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(part: Any) -> Any:
    """Return `part` as JSON types; two parts that differ in what they do differ here."""
    if isinstance(part, _PLAIN):
        return part
    if isinstance(part, np.generic):
        return part.item()
    if isinstance(part, np.ndarray):
        return [
            "array",
            part.dtype.str,
            list(part.shape),
            hashlib.sha256(np.ascontiguousarray(part).tobytes()).hexdigest(),
        ]
    if isinstance(part, PathLike):
        return str(part)
    if isinstance(part, Mapping):
        return {"mapping": [[canonical(k), canonical(v)] for k, v in part.items()]}
    if isinstance(part, (set, frozenset)):
        return sorted(json.dumps(canonical(p)) for p in part)
    if isinstance(part, (list, tuple)) or (isinstance(part, Collection) and not callable(part)):
        return [canonical(p) for p in part]
    return _object(part)


def _object(part: Any) -> Any:
    if isinstance(part, (type, types.ModuleType, types.BuiltinFunctionType, np.ufunc)):
        return _named(part)
    if isinstance(part, functools.partial):
        return ["partial", canonical(part.func), canonical(part.args), canonical(part.keywords)]
    if isinstance(part, types.MethodType):
        return ["method", canonical(part.__self__), canonical(part.__func__)]
    if isinstance(part, types.FunctionType):
        return _function(part)
    if is_dataclass(part):
        return [type(part).__qualname__, {f.name: canonical(getattr(part, f.name)) for f in fields(part)}]
    if hasattr(part, "__wrapped__") and callable(part):
        return _named(part)  # numpy's dispatched functions and the like
    return _instance(part)


def _named(part: Any) -> Any:
    module = getattr(part, "__module__", None) or ""
    version = getattr(sys.modules.get(module.partition(".")[0]), "__version__", "")
    return [type(part).__name__, module, version, getattr(part, "__qualname__", part.__name__)]


def _function(function: types.FunctionType) -> Any:
    code = function.__code__
    named = {n: function.__globals__[n] for n in _names(code) if n in function.__globals__}
    closed = [cell.cell_contents for cell in function.__closure__ or ()]
    if _is_library(function):
        return _named(function)
    used = {n: canonical(v) for n, v in named.items() if v is not function}
    return ["function", _code(code), canonical(function.__defaults__), canonical(closed), used]


def _instance(part: Any) -> Any:
    state = getattr(part, "__dict__", None)
    methods = {
        name: canonical(getattr(member, "__func__", member))
        for kind in reversed(type(part).__mro__)
        for name, member in vars(kind).items()
        if isinstance(member, (types.FunctionType, staticmethod, classmethod))
    }
    if state is None and not methods:
        raise OptionError(
            f"cache: {part!r} cannot be told from another object of its kind, so nothing can be kept under it; "
            "give a function, or cache=False"
        )
    return [type(part).__qualname__, methods, canonical(state)]


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


def _is_library(function: types.FunctionType) -> bool:
    """Tell functions of installed packages, whose behaviour goes with their version, from the user's own."""
    return function.__module__.partition(".")[0] in {"numpy", "scipy", "pandas", "jangdan"}
