"""Trimming at a percentile."""

from dataclasses import dataclass
from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class TrimmingOptions(Options):
    """Where values are cut off."""

    percentile: float = option(
        "values above this percentile of the training regions become it", 99.0, above=0, maximum=100
    )


def build(options: TrimmingOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.percentile import PercentileTrimming

    return PercentileTrimming(options.percentile)


RECORD = Normalization("perctrim", "values above a percentile are set to it", TrimmingOptions, build)
