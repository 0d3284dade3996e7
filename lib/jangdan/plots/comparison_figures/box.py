"""Boxes over folds and seeds for each value of a key of the grid."""

from typing import Any

from jangdan.plots.comparison_options import RunsOptions
from jangdan.records.kinds import ComparisonFigure


def draw(shown: Any, options: RunsOptions, *, label: str, names: list[str]) -> Any:
    """Return the figure."""
    from jangdan.plots.grid_figures import plot_boxes

    return plot_boxes(shown, xlabel=options.x, colour=options.colour or "", ylabel=label)


RECORD = ComparisonFigure("box", "a box over folds and seeds for each value of a key", RunsOptions, draw, shows="runs")
