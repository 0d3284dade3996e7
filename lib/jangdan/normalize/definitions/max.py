"""Scaling by the largest value."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.options import NoOptions


def build(options: NoOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.max_scale import MaxScale

    return MaxScale()


RECORD = Normalization("max", "x / largest absolute value in the training regions", NoOptions, build)
