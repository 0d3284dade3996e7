"""Options: frozen dataclasses that check their values, the one source of defaults, checks, schema and documentation.

Standard library only. A subclass declares each field with `option`:

>>> @dataclass(frozen=True)
... class Trimming(Options):
...     percentile: float = option("values above this percentile are set to it", 99.0, above=0, maximum=100)
>>> Trimming(percentile=120)
Traceback (most recent call last):
    ...
jangdan.errors.OptionError: percentile: found 120, expected a number above 0 and at most 100
>>> read_options(Trimming, {"percentil": 95}, "normalizer")
Traceback (most recent call last):
    ...
jangdan.errors.OptionError: normalizer: percentil: unknown key; did you mean percentile?
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar, get_type_hints

from jangdan.errors import OptionError
from jangdan.records.values import Limits, checked, closest_name

T = TypeVar("T", bound="Options")

_METADATA = "jangdan"


@dataclass(frozen=True)
class Declared:
    """What `option` says of a field besides its type and default: the documentation, and the limits of its values."""

    doc: str
    limits: Limits


def option(doc: str, default: Any = MISSING, **limits: Any) -> Any:
    """Return a dataclass field with its documentation and the limits of its values.

    Parameters
    ----------
    doc : str
        One phrase for the tables of the documentation and the schema.
    default : Any, optional
        The value if the key is absent; a list or dict is copied for each instance. Without it, the key is required.
    **limits
        As of `Limits`: minimum, maximum, above, below (numbers), choices, pattern (text), least, most (items).
    """
    metadata = {_METADATA: Declared(doc, Limits(**limits))}
    if isinstance(default, (list, dict)):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Options:
    """Base of all options classes: each value is checked when an object is made.

    Raises OptionError, one sentence with the name, the value found and what is expected.
    """

    def __post_init__(self) -> None:
        annotations = annotations_of(type(self))
        for each in fields(self):
            found: list[str] = []
            value = checked(getattr(self, each.name), annotations[each.name], limits_of(each), each.name, found)
            if found:
                raise OptionError(found[0])
            object.__setattr__(self, each.name, value)
        for problem in self.problems():
            raise OptionError(problem)

    def problems(self) -> Iterable[str]:
        """Return what is wrong between several values, one sentence each; a subclass overrides this."""
        return ()


@dataclass(frozen=True)
class NoOptions(Options):
    """The options of what takes none."""


def declared(each: "Field[Any]") -> Declared:
    """Return documentation and limits of a field; raises TypeError for one that was not declared with `option`."""
    try:
        found: Declared = each.metadata[_METADATA]
    except KeyError:
        raise TypeError(f"{each.name}: declare the field of an Options class with option(...)") from None
    return found


def limits_of(each: "Field[Any]") -> Limits:
    """Return the limits of a field's values."""
    return declared(each).limits


def annotations_of(kind: type[Options]) -> dict[str, Any]:
    """Return field name -> type, with names in text resolved."""
    return get_type_hints(kind)


def is_required(each: "Field[Any]") -> bool:
    """Tell whether a field has no default."""
    return each.default is MISSING and each.default_factory is MISSING


def default_of(each: "Field[Any]") -> Any:
    """Return the default of a field that has one."""
    return each.default if each.default_factory is MISSING else each.default_factory()


def problems_of(kind: type[Options], given: Any, where: str) -> list[str]:
    """Return all that is wrong with the keys and values of a mapping, one sentence each.

    Parameters
    ----------
    kind : type[Options]
        The class whose fields are the keys.
    given : Any
        The value in the config; a mapping is expected.
    where : str
        The keys above, such as ``"datasets: reads"``; "" at the top.
    """
    prefix = f"{where}: " if where else ""
    if not isinstance(given, Mapping):
        return [f"{prefix}found {given!r}, expected keys and values"]
    known = [each.name for each in fields(kind)]
    found = [f"{prefix}{unknown_key(key, known)}" for key in given if key not in known]
    annotations = annotations_of(kind)
    for each in fields(kind):
        if each.name in given:
            checked(given[each.name], annotations[each.name], limits_of(each), f"{prefix}{each.name}", found)
        elif is_required(each):
            found.append(f"{prefix}{each.name}: is missing; expected {declared(each).doc}")
    if not found:
        found += [f"{prefix}{problem}" for problem in _made(kind, given).problems()]
    return found


def problems_of_value(kind: type[Options], key: str, value: Any, where: str, *, place: str = "") -> list[str]:
    """Return what is wrong with the value of one key, one sentence each.

    Parameters
    ----------
    kind : type[Options]
        The class that has the key.
    key : str
        One of its keys.
    value : Any
        What was given for it.
    where : str
        The keys above; "" at the top.
    place : str, optional
        Where the value stands, if it is one of several, such as "item 2".
    """
    (each,) = (each for each in fields(kind) if each.name == key)
    found: list[str] = []
    checked(value, annotations_of(kind)[key], limits_of(each), ": ".join(filter(None, [where, key, place])), found)
    return found


def read_options(kind: type[T], given: Mapping[str, Any], where: str = "") -> T:
    """Return an options object from the keys and values of a mapping.

    Raises OptionError with the first of `problems_of`.
    """
    for problem in problems_of(kind, given, where):
        raise OptionError(problem)
    return kind(**given)


def chosen_options(kind: type[T], given: Mapping[str, Any], where: str = "") -> T:
    """Return an options object from those keys of a mapping that the class has; raises as `read_options`."""
    own = {each.name: given[each.name] for each in fields(kind) if each.name in given}
    return read_options(kind, own, where)


def unknown_key(key: Any, known: Iterable[str]) -> str:
    """Return the sentence for a key that does not exist, with the closest one that does, or all of them."""
    names = list(known)
    close = closest_name(key, names)
    allowed = f"one of {', '.join(names)}" if names else "no keys"
    return f"{key}: unknown key; " + (f"did you mean {close}?" if close else f"expected {allowed}")


def _made(kind: type[T], given: Mapping[str, Any]) -> T:
    """Return an object whose values have been checked, without running `problems` a first time."""
    made = object.__new__(kind)
    annotations = annotations_of(kind)
    for each in fields(kind):
        value = given[each.name] if each.name in given else default_of(each)
        object.__setattr__(made, each.name, checked(value, annotations[each.name], limits_of(each), each.name, []))
    return made
