"""What a Scorer hands to its exporter: results by model, layer and condition, and names of files for them."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jangdan.errors import DataError, OptionError

Key = tuple[str, str, str | int]
"""(modelname, layername, conditionname)."""

Results = Mapping[Key, Mapping[str, Any]]
"""Key -> {'date': ISO 8601 in UTC, 'value': the score, 'tags': list of str or None}, and 'reason' where it is NaN."""

Exporter = Callable[[str, str, Results], Any]
"""Called as exporter(output_dir, name, results)."""

LONGEST_NAME = 160
"""Bytes of a file's name without its suffix; file systems allow 255, and temporary files need some."""

_UNSAFE = re.compile(r"[^\w.+=@-]+")


class Undefined(float):
    """A score that is not defined for the data: NaN, and the `reason` in words."""

    reason: str

    def __new__(cls, reason: str) -> "Undefined":
        """Make a NaN that knows why it is one."""
        made = super().__new__(cls, "nan")
        made.reason = reason
        return made


class Curve(NamedTuple):
    """A line to draw, `x` and `y` of shape (point,), and what its legend says: a text, or a number such as its area."""

    x: ArrayLike
    y: ArrayLike
    label: str | float = ""


def is_undefined(value: Any) -> bool:
    """Tell whether a score is one number that is NaN."""
    return isinstance(value, (float, np.floating, np.ndarray)) and np.ndim(value) == 0 and bool(np.isnan(value))


def is_scalar(value: Any) -> bool:
    """Tell whether a score is one number or text, or None."""
    return not isinstance(value, Mapping) and (isinstance(value, (str, bytes)) or np.isscalar(value) or value is None)


def vector(exporter: str, key: Key, value: Any) -> NDArray[Any]:
    """Return a value as an array of shape (row,); raises DataError, which names the exporter, where it is none."""
    try:
        array = np.asarray(value)
    except ValueError:  # lists of unequal length
        array = np.zeros(())
    if array.ndim != 1 or array.dtype.kind not in "biuf":
        found = type(value).__name__ + (f" of shape {array.shape}" if array.ndim else "")
        raise DataError(f"{exporter}: the value of {named(key)} is a {found}; expected a list of numbers")
    return array


def named(key: Key) -> str:
    """Return a key as messages name it."""
    return f"model {key[0]!r}, layer {key[1]!r}, condition {key[2]!r}"


def labels(keys: Collection[Key]) -> list[str]:
    """Return short names for legends: the parts in which the keys differ, the condition where there is only one."""
    parts = [tuple(str(part) for part in key) for key in keys]
    differ = [i for i in range(3) if len({part[i] for part in parts}) > 1] or [2]
    return [" / ".join(part[i] for i in differ) for part in parts]


def safe_name(text: str) -> str:
    """Return a name that is a file's on any system: other signs become _, no leading dot, at most 160 bytes."""
    name = _UNSAFE.sub("_", text).lstrip(".").encode()[:LONGEST_NAME].decode(errors="ignore")
    return name or "_"


def suffix_named(option: str, suffix: str) -> str:
    """Return a file's suffix without its dot; raises OptionError where it cannot be one."""
    bare = suffix.lstrip(".") if isinstance(suffix, str) else ""
    if not bare or safe_name(bare) != bare:
        raise OptionError(f"{option}={suffix!r}: expected a file's ending, such as 'json'")
    return bare


def output_path(output_dir: str, name: str, suffix: str) -> Path:
    """Return the path of the one file of an exporter."""
    return Path(output_dir) / f"{safe_name(name)}.{suffix}"


def output_paths(output_dir: str, name: str, keys: Iterable[Key], suffix: str) -> list[Path]:
    """Return a path a key, `<name>.<model>.<layer>.<condition>.<suffix>`; names that would be alike get a number."""
    taken: set[str] = set()
    paths = []
    for key in keys:
        stem = safe_name(".".join([name, *(str(part) for part in key)]))
        free = stem
        number = 1
        while free.casefold() in taken:  # file systems may not tell letters' case apart
            number += 1
            free = f"{stem}-{number}"
        taken.add(free.casefold())
        paths.append(Path(output_dir) / f"{free}.{suffix}")
    return paths


def require_results(exporter: str, results: Results) -> None:
    """Raise DataError where there is nothing to export."""
    if not results:
        raise DataError(f"{exporter}: there are no results to export; score a model first")


def tags_of(datatags: Sequence[str] | str | None) -> list[str] | None:
    """Return tags as a list; raises OptionError where they are no texts."""
    if datatags is None:
        return None
    tags = [datatags] if isinstance(datatags, str) else list(datatags)
    if not all(isinstance(tag, str) for tag in tags):
        raise OptionError(f"datatags={datatags!r}: expected a list of texts")
    return tags
