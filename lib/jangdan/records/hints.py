"""What to write in place of a value that YAML reads as another type than its user meant. Standard library only."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin


def is_of_fixed_length(kind: Any) -> bool:
    """Tell whether a type is a tuple of a number of values, such as ``tuple[int, int]``."""
    return get_origin(kind) is tuple and get_args(kind)[-1:] != (Ellipsis,)


def hint(value: Any, alternatives: Iterable[Any]) -> str:
    """Return the end of a sentence on a value of the wrong type, "" where there is nothing to advise.

    >>> hint("1e-3", [float])
    '; YAML reads it as text: write 0.001'
    >>> hint(True, [str])
    '; YAML reads yes, no, on and off as true or false: put the word in quotes'
    """
    kinds = list(alternatives)
    wanted = {get_origin(each) or each for each in kinds}
    if value in ("null", "~", "None") and type(None) in wanted:
        return "; write null, without quotes"
    if isinstance(value, str) and wanted & {int, float}:
        number = _number(value)
        return f"; YAML reads it as text: write {number}" if number else ""
    if str in wanted and isinstance(value, bool):
        return "; YAML reads yes, no, on and off as true or false: put the word in quotes"
    if any(is_of_fixed_length(each) for each in kinds):
        return ""
    if wanted & {list, tuple} and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return f"; write [{value}]" if len(str(value)) <= 60 else ""
    if str in wanted and value is not None and not isinstance(value, (Mapping, list, tuple)):
        return f'; put it in quotes: "{value}"'
    return ""


def _number(text: str) -> str:
    """Return a number as YAML reads it, "" for other text; 1e-07 is text for YAML, 1.0e-07 a number."""
    try:
        number = float(text)
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    written = f"{number:.12g}"
    mantissa, exponent, power = written.partition("e")
    return mantissa + (".0" if exponent and "." not in mantissa else "") + exponent + power
