"""What a config may give as normalizer: names, joined by "-", with parameters where wanted. Standard library only."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from jangdan.records.kinds import NORMALIZERS
from jangdan.records.options import problems_of
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
    if chain is None or chain == NONE:
        return []
    if isinstance(chain, str):
        return chain.split("-")
    if isinstance(chain, (list, tuple)):
        return [step for each in chain for step in steps_of(each)]
    return [chain]


def chain_problems(chain: Any, where: str) -> list[str]:
    """Return what is wrong with a chain, one sentence each."""
    found: list[str] = []
    for step in steps_of(chain):
        found += _step_problems(step, where)
    return list(dict.fromkeys(found))


def _step_problems(step: Any, where: str) -> list[str]:
    found: list[str] = []
    names = [*NORMALIZERS.names(), NONE]
    if isinstance(step, Mapping):
        if "name" not in step:
            return [f"{where}: name: is missing; expected one of {', '.join(names)}"]
        checked(step["name"], str, Limits(choices=names), f"{where}: name", found)
        parameters = {key: value for key, value in step.items() if key != "name"}
        return found or problems_of(NORMALIZERS[step["name"]].options, parameters, f"{where}: {step['name']}")
    if not isinstance(step, str):
        return [f"{where}: found {shown(step)}, expected a name, {{name: ..., parameter: ...}}, or a list of these"]
    checked(step, str, Limits(choices=names), where, found)
    return found


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
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", word):
        return word
    # a path, or a list of them
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
    return f"{step['name']}-{digest[:8]}"


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
