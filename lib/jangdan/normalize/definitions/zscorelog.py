"""z-scores of the logarithms of values."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.normalizer_options import MomentOptions


def build(options: MomentOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.zscore_log import ZScoreLog

    return ZScoreLog(options.mean, options.std)


RECORD = Normalization("zscorelog", "z-score of log(x + 1)", MomentOptions, build)
