"""The models of a config with all defaults: one for every combination of its grid.

Standard library only: the Snakefile imports it.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from jangdan.workflow.sections.models import MODEL_KEYS, NORMALIZER_KEYS, TRAINING_KEYS
from jangdan.workflow.sections.normalizers import chain_word

Config = Mapping[str, Any]


def expand_models(config: Config) -> dict[str, dict[str, Any]]:
    """Return every model of the grid by its name, such as ``joint.order-2.normalizer-zscorelog``.

    A model of the config without `grid` keeps its name. Grid keys are those of a model, of `training`, or
    parameters of the architecture. Each model has `base`, its name in the config, and `chosen`, its values
    of the grid.
    """
    models = {}
    for base, options in config["models"].items():
        grid = options["grid"]
        for values in product(*grid.values()):
            chosen = dict(zip(grid, values, strict=True))
            name = ".".join([base, *(f"{key}-{word_of(key, value)}" for key, value in chosen.items())])
            models[name] = _model(base, options, chosen)
    return models


def _model(base: str, options: Config, chosen: Mapping[str, Any]) -> dict[str, Any]:
    own = {k: v for k, v in chosen.items() if k in MODEL_KEYS}
    training = {k: v for k, v in chosen.items() if k in TRAINING_KEYS}
    parameters = {k: v for k, v in chosen.items() if k not in (*MODEL_KEYS, *TRAINING_KEYS)}
    model = {**{k: v for k, v in options.items() if k != "grid"}, **own}
    model |= {"base": base, "chosen": dict(chosen)}
    model["training"] = {**options["training"], **training}
    model["parameters"] = {**options["parameters"], **parameters}
    for key in NORMALIZER_KEYS:
        model[key] = chain_word(model[key])
    return model


def models_of(config: Config, bases: Iterable[str]) -> list[str]:
    """Return the names of all grid models that come from the config's models `bases`."""
    wanted = list(bases)
    return [name for name, model in expand_models(config).items() if model["base"] in wanted]


def matching(models: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Any]) -> list[str]:
    """Return the names of the models of base `wanted["model"]` that have all other values of `wanted` in their grid."""
    values = {key: word_of(key, value) for key, value in wanted.items() if key != "model"}
    return [
        name
        for name, model in models.items()
        if model["base"] == wanted["model"]
        and all(key in model["chosen"] and word_of(key, model["chosen"][key]) == value for key, value in values.items())
    ]


def selector_of(chosen: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a model of the config, by name or with values of its grid, as {"model": name, key: value}."""
    return {"model": chosen} if isinstance(chosen, str) else {k: v for k, v in chosen.items() if k != "label"}


def word_of(key: str, value: Any) -> str:
    """Return the value of a key as it stands in the name of a model."""
    return chain_word(value) if key in NORMALIZER_KEYS else word(value)


def word(value: Any) -> str:
    """Return a value as it stands in the name of a model."""
    if isinstance(value, Mapping):
        return "-".join(f"{key}-{word(each)}" for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return "-".join(map(word, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
