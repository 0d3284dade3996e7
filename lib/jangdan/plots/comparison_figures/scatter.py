"""Two models against each other, a dot per condition."""

from typing import Any

from jangdan.plots.comparison_options import PairOptions
from jangdan.records.kinds import ComparisonFigure


def draw(shown: Any, options: PairOptions, *, label: str, names: list[str]) -> Any:
    """Return the figure."""
    from jangdan.plots.grid_figures import plot_pairs

    return plot_pairs(shown, names, metric=label)


RECORD = ComparisonFigure(
    "scatter", "two models against each other, a dot per condition", PairOptions, draw, shows="pairs"
)
