"""Checks of single values by their type and limits: what YAML gives, or a caller in Python. Standard library only."""

import re
import sys
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from difflib import get_close_matches
from math import isfinite
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from jangdan.records.hints import hint, is_of_fixed_length

_LARGEST = sys.float_info.max
_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", type(None): "null"}


@dataclass(frozen=True)
class Limits:
    """What a value must keep to.

    Of numbers: minimum and maximum are allowed, above and below are not. choices: the only values. pattern: a regular
    expression for a whole text. least, most: how many items a list or mapping has. unique: no item comes twice.
    words: what is expected, for messages, in place of the choices or the pattern.
    """

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: Sequence[Any] | None = None
    pattern: str | None = None
    least: int | None = None
    most: int | None = None
    unique: bool = False
    words: str | None = None


def checked(value: Any, annotation: Any, limits: Limits, where: str, found: list[str]) -> Any:
    """Return a value as its type has it (a whole number as a float, a list as a tuple); add problems to `found`.

    Parameters
    ----------
    value : Any
        What was given.
    annotation : Any
        The type: str, int, float, bool, None, Any, Literal, unions, list, tuple, dict, or an Options class. Of several
        Options classes, the value of the key `kind`, a Literal in each, chooses one.
    limits : Limits
        Of the value, or of each item of a list, tuple or dict; `least`, `most` and `unique` are of the whole.
    where : str
        The keys that lead to it, for the sentence.
    found : list[str]
        Problems; one is added where the value is not valid.
    """
    alternatives = _alternatives(annotation)
    classes = [each for each in alternatives if is_dataclass(each)]
    if len(classes) > 1 and isinstance(value, Mapping):
        chosen = class_of_kind(value, classes, where, found)
        return value if chosen is None else _converted(value, chosen, limits, where, found, "")
    for each in alternatives:
        if _is_of(value, each):
            words = expected(annotation, limits)
            return _converted(value, each, limits, where, found, words)
    advice = hint(value, alternatives)
    found.append(f"{where}: found {shown(value)}, expected {expected(annotation, limits)}{advice}")
    return value


def class_of_kind(value: Mapping[str, Any], classes: Sequence[Any], where: str, found: list[str]) -> Any:
    """Return the class that takes the `kind` of a mapping; None, with a problem in `found`, where none does."""
    kinds = {kind: each for each in classes for kind in get_args(get_type_hints(each)["kind"])}
    chosen = chosen_kind(value, kinds, where, found)
    return None if chosen is None else kinds[chosen]


def chosen_kind(value: Mapping[str, Any], kinds: Collection[str], where: str, found: list[str]) -> str | None:
    """Return the `kind` of a mapping; None, with a problem in `found`, where it is none of `kinds`."""
    given = value.get("kind")
    if isinstance(given, str) and given in kinds:
        return given
    if "kind" not in value:
        found.append(f"{where}: kind: is missing; expected {_one_of(kinds)}")
    else:
        found.append(f"{where}: kind: found {shown(given)}, expected {_one_of(kinds)}{_closest(given, kinds)}")
    return None


def expected(annotation: Any, limits: Limits) -> str:
    """Return what a value must be, in words, such as "a whole number of at least 1 or null"."""
    return " or ".join(dict.fromkeys(_described(each, limits) for each in _alternatives(annotation)))


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _is_of(value: Any, kind: Any) -> bool:
    origin = get_origin(kind) or kind
    if origin is Any:
        return True
    if origin is Literal:
        return any(value == each and type(value) is type(each) for each in get_args(kind))
    if origin in (list, tuple):
        return isinstance(value, (list, tuple))
    if origin is dict:
        return isinstance(value, Mapping)
    if is_dataclass(origin):
        return isinstance(value, (Mapping, origin))  # type: ignore[arg-type]  # origin is a class
    if isinstance(value, bool):
        return origin is bool
    if origin is float:
        return isinstance(value, float) or (isinstance(value, int) and abs(value) <= _LARGEST)
    return isinstance(value, origin)


def _converted(value: Any, kind: Any, limits: Limits, where: str, found: list[str], words: str) -> Any:
    """Return a value as one type has it; words: what is expected, of all types that it may have."""
    origin = get_origin(kind) or kind
    if origin in (list, tuple):
        return _items(value, kind, limits, where, found)
    if origin is dict:
        _count(value, limits, where, found)
        names, values = get_args(kind) or (Any, Any)
        of_keys = Limits(pattern=limits.pattern, words=limits.words if limits.pattern else None)
        for key in value:
            checked(key, names, of_keys if names is str else Limits(), where, found)
        each = Limits(**{**vars(limits), "pattern": None, "least": None, "most": None, "words": None})
        return {key: checked(item, values, each, f"{where}: {key}", found) for key, item in value.items()}
    if is_dataclass(origin) and isinstance(value, Mapping):
        from jangdan.records.options import problems_of

        problems = problems_of(origin, value, where)  # type: ignore[arg-type]
        found += problems
        return value if problems else origin(**value)  # type: ignore[operator]
    if get_origin(kind) is not Literal and not _is_within(value, limits):
        closest = "" if limits.choices is None else _closest(value, limits.choices)
        found.append(f"{where}: found {shown(value)}, expected {words}{closest}")
    return float(value) if origin is float else value


def _items(value: Sequence[Any], kind: Any, limits: Limits, where: str, found: list[str]) -> tuple[Any, ...]:
    _count(value, limits, where, found)
    if limits.unique and len({repr(item) for item in value}) < len(value):
        texts = [repr(item) for item in value]
        twice = next(item for i, item in enumerate(value) if texts[i] in texts[:i])
        found.append(f"{where}: {shown(twice)} comes twice")
    each = Limits(**{**vars(limits), "least": None, "most": None, "unique": False})
    kinds = get_args(kind) or (Any,)
    if is_of_fixed_length(kind):
        if len(kinds) != len(value):
            found.append(f"{where}: found {shown(list(value))}, expected {len(kinds)} values")
    else:
        kinds = kinds[:1] * len(value)
    places = [f"{where}: item {number}" for number in range(1, len(value) + 1)]
    triples = zip(value, kinds, places, strict=False)
    return tuple(checked(item, kind, each, place, found) for item, kind, place in triples)


def _count(value: Any, limits: Limits, where: str, found: list[str]) -> None:
    least, most = limits.least or 0, limits.most
    if len(value) < least or (most is not None and len(value) > most):
        wanted = f"at least {least}" if most is None else f"{least} to {most}"
        found.append(f"{where}: found {_counted(len(value))}, expected {wanted}")


def _counted(number: int) -> str:
    return {0: "no entry", 1: "1 entry"}.get(number, f"{number} entries")


def _is_within(value: Any, limits: Limits) -> bool:
    """Tell whether a single value keeps to its limits."""
    if value is None or isinstance(value, bool):
        return True
    if limits.choices is not None:
        return value in limits.choices
    if isinstance(value, str):
        return limits.pattern is None or re.fullmatch(limits.pattern, value) is not None
    return not isinstance(value, (int, float)) or _is_inside(value, limits)


def _is_inside(value: float, limits: Limits) -> bool:
    return (
        (isinstance(value, int) or isfinite(value))
        and (limits.minimum is None or value >= limits.minimum)
        and (limits.maximum is None or value <= limits.maximum)
        and (limits.above is None or value > limits.above)
        and (limits.below is None or value < limits.below)
    )


def _described(kind: Any, limits: Limits) -> str:
    origin = get_origin(kind) or kind
    if origin is Literal:
        return " or ".join(str(each) for each in get_args(kind))
    if origin in (list, tuple):
        return f"a list of {len(get_args(kind))} values" if is_of_fixed_length(kind) else "a list"
    if origin is dict or is_dataclass(origin):
        return "keys and values"
    if origin is type(None):
        return "null"
    if limits.words is not None:
        return limits.words
    if limits.choices is not None:
        return _one_of(limits.choices)
    if origin is str and limits.pattern is not None:
        return f"text that matches {limits.pattern}"
    name = _NAMES.get(origin, getattr(origin, "__name__", str(origin)))
    return " ".join([name, *([_bounds(limits)] if origin in (int, float) and _bounds(limits) else [])])


def _one_of(choices: Iterable[Any]) -> str:
    return "one of " + ", ".join(map(str, choices))


def _closest(value: Any, choices: Iterable[Any]) -> str:
    close = closest_name(value, choices)
    return f"; did you mean {close}?" if close else ""


def closest_name(value: Any, names: Iterable[Any]) -> str | None:
    """Return the name that is closest to a value, in upper or lower case; None where none is close.

    >>> closest_name("CNN", ["cnn", "bpnet"])
    'cnn'
    """
    known = {str(name).lower(): str(name) for name in names}
    close = get_close_matches(str(value).lower(), known, n=1)
    return known[close[0]] if close else None


def _bounds(limits: Limits) -> str:
    words = [("above", limits.above), ("of at least", limits.minimum), ("below", limits.below)]
    words.append(("at most", limits.maximum))
    return " and ".join(f"{word} {number:.12g}" for word, number in words if number is not None)


def shown(value: Any) -> str:
    """Return a value for a message, cut where it is long."""
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
