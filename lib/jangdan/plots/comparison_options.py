"""Options of figures that compare models: what the kinds of such figures share. Standard library only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jangdan.records.options import Options, option

Selector = str | dict[str, Any]
"""A model of the config, by name or as {model: name, key of its grid: value, label: what figures call it}."""


@dataclass(frozen=True, kw_only=True)
class ComparisonOptions(Options):
    """What each of these figures takes."""

    metric: str = option("the score that is shown, such as auprc")
    test_set: str = option("what models were tested on: test, final, or one of `evaluation: substitute_inputs`", "test")
    title: str = option("title of the figure", "")


@dataclass(frozen=True, kw_only=True)
class RunsOptions(ComparisonOptions):
    """The runs of some models, by what was varied in their grid."""

    models: tuple[Selector, ...] = option(
        "the models shown, each by name or as {model: name, order: 3, label: DNA}", least=1
    )
    x: str = option("a key of their grid, or model")
    colour: str | None = option("another key of the grid, or model", None)

    def problems(self) -> Iterable[str]:
        """Return models that are not named."""
        for number, each in enumerate(self.models, start=1):
            yield from selector_problems(each, f"models: item {number}")


@dataclass(frozen=True, kw_only=True)
class PairOptions(ComparisonOptions):
    """Two models against each other."""

    x: Selector = option("the model on this axis, by name or as {model: danq, order: 1, label: order 1}")
    y: Selector = option("the model on this axis")

    def problems(self) -> Iterable[str]:
        """Return models that are not named."""
        for axis in ("x", "y"):
            yield from selector_problems(getattr(self, axis), axis)


def selector_problems(chosen: Any, where: str) -> Iterable[str]:
    """Yield what is wrong with one model of a figure."""
    if isinstance(chosen, dict) and not isinstance(chosen.get("model"), str):
        yield f"{where}: model: is missing; expected the name of a model, such as {{model: dna, order: 1}}"
