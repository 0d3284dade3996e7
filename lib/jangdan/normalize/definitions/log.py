"""Logarithm of values."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.options import NoOptions


def build(options: NoOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.log_transform import LogTransform

    return LogTransform()


RECORD = Normalization("log", "log(x + 1)", NoOptions, build)
