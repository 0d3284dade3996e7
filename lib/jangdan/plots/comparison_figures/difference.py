"""What a model scores more than another, a box per group of conditions."""

from typing import Any

from jangdan.plots.comparison_options import PairOptions
from jangdan.records.kinds import ComparisonFigure


def draw(shown: Any, options: PairOptions, *, label: str, names: list[str]) -> Any:
    """Return the figure."""
    from jangdan.plots.grid_figures import plot_differences

    return plot_differences(shown, names, metric=label)


RECORD = ComparisonFigure(
    "difference",
    "what the model on y scores more than that on x, a box per group of conditions",
    PairOptions,
    draw,
    shows="pairs",
)
