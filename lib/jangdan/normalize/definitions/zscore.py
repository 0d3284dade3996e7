"""z-scores of values."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.normalizer_options import MomentOptions


def build(options: MomentOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.zscore import ZScore

    return ZScore(options.mean, options.std)


RECORD = Normalization("zscore", "(x - mean) / standard deviation of the training regions", MomentOptions, build)
