"""Integrated gradients: gradients averaged over the path from a baseline of zeros to the input."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from jangdan.records.kinds import Method
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class IntegratedGradientsOptions(Options):
    """How the path is read."""

    steps: int = option("steps of the path from baseline to input", 32, minimum=2)


def build(options: IntegratedGradientsOptions) -> Any:
    """Return the function that attributes."""
    from jangdan.interpret.integrated_gradients import integrated_gradients

    return partial(integrated_gradients, steps=options.steps)


RECORD = Method(
    "integrated_gradients",
    "gradients averaged over the path from a baseline of zeros to the input, times the input (Sundararajan 2017)",
    IntegratedGradientsOptions,
    build,
)
