"""Figures of a config whose models or samples do not exist. Standard library only."""

from collections.abc import Mapping
from typing import Any

from jangdan.records.kinds import METRICS
from jangdan.records.values import Limits, checked
from jangdan.workflow.grid import expand_models, matching, selector_of
from jangdan.workflow.plan import FINAL, Config

Models = Mapping[str, Mapping[str, Any]]


def figure_problems(config: Config) -> list[str]:
    """Return what is wrong with the figures of a config, one sentence each."""
    if not config["figures"]:
        return []
    models, found = expand_models(config), []
    samples = ["test", FINAL, *config["evaluation"]["samples"]]
    for name, options in config["figures"].items():
        own = (
            []
            if options["sample"] in samples
            else [f"sample: found {options['sample']!r}, expected one of {', '.join(samples)}"]
        )
        own += _metric_problems(options["metric"])
        own += _box_problems(options, models) if options["kind"] == "box" else _pair_problems(options, models)
        found += [f"figures: {name}: {problem}" for problem in own]
    return found


def _metric_problems(name: str) -> list[str]:
    """Return a metric that does not exist; some have several names."""
    known = [each for record in METRICS for each in (record.name, *record.aliases)]
    found: list[str] = []
    checked(name, str, Limits(choices=known), "metric", found)
    return found


def _box_problems(options: Mapping[str, Any], models: Models) -> list[str]:
    keys = [options[key] for key in ("x", "colour") if options[key] not in (None, "model")]
    found = []
    for chosen in options["models"]:
        picked = matching(models, selector_of(chosen))
        if not picked:
            found.append(f"models: {_written(chosen)}: stands for 0 models of the grid, expected at least one")
        lacks = [(name, key) for name in picked for key in keys if key not in models[name]["chosen"]]
        found += [f"models: {name}: has no {key!r} in its grid" for name, key in lacks[:1]]
    return found


def _pair_problems(options: Mapping[str, Any], models: Models) -> list[str]:
    found = []
    for axis in ("x", "y"):
        picked = matching(models, selector_of(options[axis]))
        if len(picked) != 1:
            stands = f"stands for {len(picked)} models of the grid, expected one"
            found.append(f"{axis}: {_written(options[axis])}: {stands}")
    return found


def _written(chosen: str | Mapping[str, Any]) -> str:
    """Return a model of a figure as a config has it."""
    if isinstance(chosen, str):
        return chosen
    return "{" + ", ".join(f"{key}: {value}" for key, value in chosen.items()) + "}"
