"""Figures of a config whose models or test sets do not exist. Standard library only."""

from collections.abc import Mapping
from typing import Any

from jangdan.records.kinds import COMPARISON_FIGURES, LOSSES, METRICS
from jangdan.records.values import Limits, checked
from jangdan.workflow.grid import expand_models, matching, selector_of
from jangdan.workflow.plan import FINAL, Config

Models = Mapping[str, Mapping[str, Any]]


def figure_problems(config: Config) -> list[str]:
    """Return what is wrong with the figures of a config, one sentence each."""
    if not config["comparison_figures"]:
        return []
    models, found = expand_models(config), []
    test_sets = ["test", FINAL, *config["evaluation"]["substitute_inputs"]]
    for name, options in config["comparison_figures"].items():
        own = _choice_problems("test_set", options["test_set"], test_sets)
        own += _choice_problems("metric", options["metric"], _metrics())
        shows_runs = COMPARISON_FIGURES[options["kind"]].shows == "runs"
        own += _run_problems(options, models) if shows_runs else _pair_problems(options, models)
        own = own or _kind_problems(
            options["metric"], options["models"] if shows_runs else [options["x"], options["y"]], models
        )
        found += [f"comparison_figures: {name}: {problem}" for problem in own]
    return found


def _choice_problems(key: str, value: str, choices: list[str]) -> list[str]:
    """Return a name that does not exist."""
    found: list[str] = []
    checked(value, str, Limits(choices=choices), key, found)
    return found


def _metrics() -> list[str]:
    """Return the names of all metrics, of which some have several."""
    return [each for record in METRICS for each in (record.name, *record.aliases)]


def _run_problems(options: Mapping[str, Any], models: Models) -> list[str]:
    keys = [options[key] for key in ("x", "colour") if options[key] not in (None, "model")]
    found = []
    for chosen in options["models"]:
        picked = matching(models, selector_of(chosen))
        if not picked:
            found.append(f"models: {_written(chosen)}: stands for 0 models of the grid, expected at least one")
        lacks = [(name, key) for name in picked for key in keys if key not in models[name]["chosen"]]
        found += [f"models: {name}: has no {key!r} in its grid" for name, key in lacks[:1]]
    return found


def _kind_problems(metric: str, shown: list[Any], models: Models) -> list[str]:
    """Return models that the metric does not score: there are metrics of classes, and of values."""
    kind = next(record.kind for record in METRICS if metric in (record.name, *record.aliases))
    for chosen in shown:
        for name in matching(models, selector_of(chosen)):
            own = "classification" if LOSSES[models[name]["loss"]].targets == "classes" else "regression"
            if own != kind:
                expected = ", ".join(record.name for record in METRICS if record.kind == own)
                loss = models[name]["loss"]
                return [f"metric: {metric} does not score {name}, of loss {loss}; expected one of {expected}"]
    return []


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
