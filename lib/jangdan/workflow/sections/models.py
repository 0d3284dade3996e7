"""Section of the config on models: networks, what they read and predict, and the grid. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from jangdan.errors import OptionError
from jangdan.records.kinds import ARCHITECTURES, LOSSES
from jangdan.records.options import Options, option, problems_of, problems_of_value, unknown_key
from jangdan.records.registry import Registry
from jangdan.records.schema import plain
from jangdan.training.options import Training
from jangdan.workflow.sections.names import SOME
from jangdan.workflow.sections.normalizers import Chain, chain_problems, chain_word


@dataclass(frozen=True, kw_only=True)
class Model(Options):
    """A network, what it reads and predicts, and how it is trained."""

    architecture: str = option("name of an architecture of jangdan or of a plugin")
    inputs: tuple[str, ...] = option("datasets the model reads", **SOME)
    target: str = option("dataset the model predicts")
    loss: str = option(
        "name of a loss of jangdan or of a plugin: of classes, of values, or of counts in the bins of a target",
        "binary_crossentropy",
    )
    order: int = option("one-hot of single letters (1), pairs (2) ...", 1, minimum=1, maximum=6)
    normalizer: Chain | None = option(
        "of the coverage inputs; fitted on the training regions of each fold: a name, several joined by -, or with "
        "parameters, such as {name: perctrim, percentile: 95}, or a list of these",
        "none",
    )
    target_normalizer: Chain | None = option(
        "of the target, likewise; scores and predictions are then of normalized values", "none"
    )
    flank: int | dict[str, int] | None = option(
        "bp of context in place of the datasets' own: of all inputs, or by input, such as {dna: 400}", None, minimum=0
    )
    grid: dict[str, tuple[Any, ...]] = option(
        "lists of values of keys of the model (but inputs, target), of training, or of parameters; every combination "
        "is a model of its own, named like joint.order-2.normalizer-zscorelog",
        {},
    )
    parameters: dict[str, Any] = option("parameters of the architecture", {})
    training: Training = option("how it is trained", Training())


MODEL_KEYS = tuple(
    each.name for each in fields(Model) if each.name not in ("inputs", "target", "grid", "parameters", "training")
)
NORMALIZER_KEYS = ("normalizer", "target_normalizer")
TRAINING_KEYS = tuple(each.name for each in fields(Training))
"""Grid keys that are not parameters of the architecture."""


def model_problems(given: Any, where: str) -> list[str]:
    """Return all that is wrong with the keys and values of one model, its grid and its parameters."""
    found = problems_of(Model, given, where)
    if not isinstance(given, Mapping):
        return found
    grid = given.get("grid", {})
    if problems_of_value(Model, "grid", grid, where):
        return found
    unknown = [problem for registry in (ARCHITECTURES, LOSSES) for problem in _name_problems(given, registry)]
    if unknown:
        return found + [f"{where}: {problem}" for problem in unknown]
    kinds = {name: ARCHITECTURES[name].options for name in _names(given, "architecture")}
    for key in NORMALIZER_KEYS:
        if key in given and not problems_of_value(Model, key, given[key], where):
            found += chain_problems(given[key], f"{where}: {key}")
    for key, values in grid.items():
        found += _grid_problems(key, values, list(kinds.values()), f"{where}: grid")
    return found if found else _parameter_problems(given, kinds, where)


def _names(given: Mapping[str, Any], key: str) -> list[str]:
    """Return the names that a model, or its grid, gives for a key; what is not text is for other checks."""
    named = [given.get(key), *given.get("grid", {}).get(key, ())]
    return [name for name in named if isinstance(name, str)]


def _name_problems(given: Mapping[str, Any], registry: Registry[Any]) -> list[str]:
    """Return names of records that do not exist."""
    found = []
    for name in _names(given, registry.noun):
        try:
            registry[name]
        except OptionError as error:
            found.append(str(error))
    return found


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model without problems with all defaults; an architecture fills its own parameters."""
    filled: dict[str, Any] = plain(Model(**{**given, "training": Training(**given.get("training", {}))}))
    return filled


def _grid_problems(key: Any, values: Any, parameters: list[type[Options]], where: str) -> list[str]:
    """Return what is wrong with the values of one key of a grid, which are checked like the key that they vary."""
    if not values:
        return [f"{where}: {key}: found an empty list, expected at least one value"]
    kinds: list[type[Options]] = [
        kind for kind, keys in ((Model, MODEL_KEYS), (Training, TRAINING_KEYS)) if key in keys
    ]
    kinds = kinds or [kind for kind in parameters if key in {each.name for each in fields(kind)}]
    if not kinds:
        own = [each.name for kind in parameters for each in fields(kind)]
        return [f"{where}: {unknown_key(key, [*MODEL_KEYS, *own, *TRAINING_KEYS])}"]
    found = []
    for number, value in enumerate(values, start=1):
        for kind in kinds:
            own = problems_of_value(kind, key, value, where, place=f"item {number}")
            if not own and kind is Model and key in NORMALIZER_KEYS:
                own = chain_problems(value, f"{where}: {key}: item {number}")
            found += own
    shown = [chain_word(value) if not found and key in NORMALIZER_KEYS else repr(value) for value in values]
    found += [f"{where}: {key}: {each} comes twice" for each in dict.fromkeys(shown) if shown.count(each) > 1]
    return found


def _parameter_problems(given: Mapping[str, Any], kinds: Mapping[str, type[Options]], where: str) -> list[str]:
    """Return what is wrong with the parameters; in a grid of architectures, those of at least one of them."""
    if "architecture" in given.get("grid", {}):
        return []
    return problems_of(kinds[given["architecture"]], given.get("parameters", {}), f"{where}: parameters")
