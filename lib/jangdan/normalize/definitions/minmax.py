"""Scaling to the range 0 to 1."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.options import NoOptions


def build(options: NoOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.minmax import MinMax

    return MinMax()


RECORD = Normalization("minmax", "the range of the training regions becomes 0 to 1", NoOptions, build)
