"""The figures of a config: what the scores of all models say about what was varied between them."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

import pandas as pd

from jangdan.errors import DataError
from jangdan.files import replacing
from jangdan.jobs.compare import ENSEMBLE
from jangdan.metrics.scores import metric_named
from jangdan.plots.style import save
from jangdan.records.kinds import COMPARISON_FIGURES
from jangdan.workflow.grid import matching, selector_of, word_of

Models = Mapping[str, Mapping[str, Any]]
"""Grid models: name -> base and chosen (`workflow.grid.expand_models`)."""

NO_GROUP = "all"
"""The group of conditions that no sheet gives one."""


def figure(
    table: str | PathLike[str],
    options: Mapping[str, Any],
    models: Models,
    groups: Mapping[str, str],
    outputs: Mapping[str, str],
) -> None:
    """Draw one of the config's figures; write it and the numbers that it shows (outputs: figure, table).

    table: of `compare`. options: kind, and all options of that kind. groups: condition -> group.
    """
    scores = pd.read_csv(table, sep="\t", dtype={"seed": str, "fold": str})
    metric = metric_named(options["metric"])
    kept = (scores["metric"] == metric.name) & (scores["sample"] == options["test_set"])
    scores = scores[kept & (scores["seed"] != ENSEMBLE)]
    record = COMPARISON_FIGURES[options["kind"]]
    own = record.options(**{key: value for key, value in options.items() if key != "kind"})
    if record.shows == "runs":
        shown, names = boxes(scores, options, models), []
    else:
        shown = pairs(scores, options, models, groups)
        names = [label_of(options[axis]) for axis in ("x", "y")]
    drawn = record.draw(shown, own, label=metric.label, names=names)
    if options["title"]:
        drawn.suptitle(options["title"])
    with replacing(outputs["table"]) as temporary:
        shown.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")
    save(drawn, outputs["figure"])


def boxes(scores: pd.DataFrame, options: Mapping[str, Any], models: Models) -> pd.DataFrame:
    """Return condition, x, colour, model, fold, seed, value: a row a run, in the order of the config's grid."""
    tables = []
    for chosen in options["models"]:
        for name in matching(models, selector_of(chosen)):
            rows = scores[scores["model"] == name]
            x, colour = (_value(models[name], options[key], chosen) for key in ("x", "colour"))
            tables.append(
                rows.assign(x=x, colour=colour)[["condition", "x", "colour", "model", "fold", "seed", "value"]]
            )
    shown = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    if shown.empty:
        raise DataError(
            f"comparison_figures: no score of {options['metric']} on {options['test_set']!r} for its models"
        )
    return shown


def pairs(scores: pd.DataFrame, options: Mapping[str, Any], models: Models, groups: Mapping[str, str]) -> pd.DataFrame:
    """Return condition, group, x, y, difference: means over folds and seeds, a row a condition."""
    sides = []
    for axis in ("x", "y"):
        (name,) = matching(models, selector_of(options[axis]))
        rows = scores[scores["model"] == name]
        sides.append(rows.groupby("condition", sort=False)["value"].mean().rename(axis))
    shown = pd.concat(sides, axis=1, join="inner").dropna().reset_index()
    if shown.empty:
        raise DataError(f"comparison_figures: no condition has a score of {options['metric']} in both models")
    shown.insert(1, "group", [groups.get(condition, NO_GROUP) for condition in shown["condition"]])
    return shown.assign(difference=shown["y"] - shown["x"])


def label_of(chosen: str | Mapping[str, Any]) -> str:
    """Return what a figure calls a model."""
    if isinstance(chosen, str):
        return chosen
    values = [f"{key} {word_of(key, value)}" for key, value in chosen.items() if key not in ("model", "label")]
    return str(chosen.get("label", ", ".join([chosen["model"], *values])))


def _value(model: Mapping[str, Any], key: str | None, chosen: str | Mapping[str, Any]) -> str:
    if key is None:
        return ""
    return label_of(chosen) if key == "model" else word_of(key, model["chosen"][key])
