"""z-scores of the logarithms of values."""

from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values
from jangdan.normalize.log_transform import LogTransform
from jangdan.normalize.zscore import ZScore


class ZScoreLog(ZScore):
    """z-score of log(x + 1), with lengths as for ZScore."""

    name = "zscorelog"

    def _fit(self, chunks: Chunks) -> None:
        super()._fit(lambda: ((self._log(values, places), places) for values, places in chunks()))

    def _apply(self, values: Values, places: Places) -> Values:
        return super()._apply(self._log(values, places), places)

    def _log(self, values: Values, places: Places) -> Values:
        return LogTransform().transform(values, places)
