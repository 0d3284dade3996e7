"""Sections of the config on scores: evaluation, and figures that compare models. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jangdan.records.kinds import COMPARISON_FIGURES
from jangdan.records.options import Options, option, problems_of, read_options
from jangdan.records.schema import plain
from jangdan.records.values import chosen_kind, shown
from jangdan.workflow.sections.names import NAME


@dataclass(frozen=True, kw_only=True)
class Evaluation(Options):
    """How models are tested."""

    bootstrap: int = option("resamplings of regions for confidence intervals; 0: none", 200, minimum=0)
    curves: bool = option("ROC and PRC, or scatter figures, of each model, fold and seed", True)
    substitute_inputs: dict[str, dict[str, str]] = option(
        "name: {input: dataset}: models that read the input are tested with another dataset in its place, too, "
        "normalized by itself",
        {},
        **NAME,
    )


def figure_problems(given: Any, where: str) -> list[str]:
    """Return all that is wrong with the keys and values of one figure that compares models."""
    if not isinstance(given, Mapping):
        return [f"{where}: found {shown(given)}, expected keys and values"]
    found: list[str] = []
    kind = chosen_kind(given, COMPARISON_FIGURES.names(), where, found)
    return found if kind is None else problems_of(COMPARISON_FIGURES[kind].options, _own(given), where)


def figure_with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure without problems with the defaults of its kind."""
    return {"kind": given["kind"], **plain(read_options(COMPARISON_FIGURES[given["kind"]].options, _own(given)))}


def _own(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != "kind"}
