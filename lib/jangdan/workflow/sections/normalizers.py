"""What a config may give as normalizer: names, joined by "-", with parameters where wanted. Standard library only."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from jangdan.records.kinds import NORMALIZERS, Normalization
from jangdan.records.options import problems_of
from jangdan.records.schema import object_schema
from jangdan.records.values import Limits, checked, shown

Step = str | dict[str, Any]
"""The name of a normalizer, or {name: perctrim, percentile: 95}."""

Chain = str | dict[str, Any] | tuple[Step, ...]
"""One step, names joined by "-", or a list of steps."""

NONE = "none"


def steps_of(chain: Any) -> list[Any]:
    """Return the steps of a chain, none of them for "none" or null.

    >>> steps_of("log-zscore"), steps_of(["log", {"name": "perctrim", "percentile": 95}])
    (['log', 'zscore'], ['log', {'name': 'perctrim', 'percentile': 95}])
    """
    if chain is None:
        return []
    if isinstance(chain, str):
        return [] if chain == NONE else chain.split("-")
    if isinstance(chain, (list, tuple)):
        return [step for each in chain for step in (each.split("-") if isinstance(each, str) else [each])]
    return [chain]


def chain_problems(chain: Any, where: str) -> list[str]:
    """Return what is wrong with a chain, one sentence each."""
    found: list[str] = []
    for step in steps_of(chain):
        found += _step_problems(step, where)
    return list(dict.fromkeys(found))


def _step_problems(step: Any, where: str) -> list[str]:
    if isinstance(step, Mapping):
        return _mapping_problems(step, where)
    found: list[str] = []
    if step == NONE:
        found.append(f"{where}: none cannot be one of several; remove it, or the others")
    elif isinstance(step, str):
        checked(step, str, Limits(choices=[*NORMALIZERS.names(), NONE]), where, found)
    else:
        found.append(
            f"{where}: found {shown(step)}, expected a name, {{name: ..., parameter: ...}}, or a list of these"
        )
    return found


def _mapping_problems(step: Mapping[Any, Any], where: str) -> list[str]:
    """Return what is wrong with a name and its parameters."""
    names = NORMALIZERS.names()
    if "name" not in step:
        return [f"{where}: name: is missing; expected one of {', '.join(names)}"]
    found: list[str] = []
    checked(step["name"], str, Limits(choices=names), f"{where}: name", found)
    parameters = {key: value for key, value in step.items() if key != "name"}
    return found or problems_of(NORMALIZERS[step["name"]].options, parameters, f"{where}: {step['name']}")


def chain_word(chain: Any) -> str:
    """Return a chain as it stands in the names of models and files.

    >>> chain_word("log-zscore"), chain_word(["log", {"name": "perctrim", "percentile": 95}]), chain_word(None)
    ('log-zscore', 'log-perctrim-percentile-95', 'none')
    """
    return "-".join(map(_step_word, steps_of(chain))) or NONE


def _step_word(step: Any) -> str:
    if isinstance(step, str):
        return step
    parameters = {key: value for key, value in step.items() if key != "name"}
    word = "-".join([step["name"], *(f"{key}-{value}" for key, value in parameters.items())])
    is_plain = not any(isinstance(value, str) and "-" in value for value in parameters.values())
    if is_plain and re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", word):
        return word
    # a path, a list, or text that could be taken for other steps
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
    return f"{step['name']}-{digest[:8]}"


def chain_schemas() -> dict[str, Any]:
    """Return the JSON schemas `normalizers`, a chain, and `normalizer`, a step, for the `$defs` of a schema.

    Plugins may add names, so that only parameters of known names are checked.
    """
    name = {"type": "string", "examples": NORMALIZERS.names()}
    parameters = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": name | {"description": "which normalizer"}},
        "allOf": [_parameters_of(record) for record in NORMALIZERS],
    }
    joined = name | {"examples": [NONE, *NORMALIZERS.names()]}
    step = {"$ref": "#/$defs/normalizer"}
    return {
        "normalizer": {"anyOf": [name, parameters]},
        "normalizers": {"anyOf": [joined, step, {"type": "array", "items": step}, {"type": "null"}]},
    }


def _parameters_of(record: Normalization) -> dict[str, Any]:
    own = object_schema(record.options)
    own["properties"] = {"name": {"const": record.name, "description": record.doc}, **own["properties"]}
    return {"if": {"required": ["name"], "properties": {"name": {"const": record.name}}}, "then": own}


def names_in(chain: Any) -> list[str]:
    """Return the names of a chain's normalizers, each once."""
    return list(dict.fromkeys(step if isinstance(step, str) else step["name"] for step in steps_of(chain)))


def files_in(chain: Any) -> list[str]:
    """Return the paths that are parameters of a chain's normalizers."""
    found = [step[key] for step in steps_of(chain) for key in _paths_of(step)]
    return list(dict.fromkeys(found))


def with_paths(chain: Any, resolve: Callable[[str], str]) -> list[Any]:
    """Return the steps of a chain with what `resolve` makes of each path."""
    resolved = []
    for step in steps_of(chain):
        paths = {key: resolve(step[key]) for key in _paths_of(step)}
        resolved.append({**step, **paths} if paths else step)
    return resolved


def _paths_of(step: Any) -> list[str]:
    """Return the parameters of a step that are paths, and given."""
    if isinstance(step, str):
        return []
    return [key for key in NORMALIZERS[step["name"]].paths if step.get(key) is not None]
