"""Coverage of an array over windows, without the readers that the array is built with: jobs read dataset files."""

from typing import Any

from numpy.typing import NDArray

from jangdan.datasets.dataset import STILL, Indices, Jitter
from jangdan.datasets.genomic import GenomicDataset


class StoredCover(GenomicDataset):
    """Coverage of one or more conditions over the windows of an indexer.

    Values have shape (region, bins, strand, condition), float or integer. A window on the reverse
    strand is read in its own direction: its bins are reversed, and so are its two strands.
    """

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the last axis."""
        return self.garray.conditions

    @property
    def shape(self) -> tuple[int, ...]:
        """(region, bins, strand, condition), or (region, condition, bins, strand) if not channel_last."""
        bins = self.garray.bins_in(self.window)
        return self._arranged_shape((len(self), bins, self.garray.strands, len(self.conditions)))

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        values = self._gather(indices, jitter.shift)
        reverse = self._is_reverse(indices, jitter)
        if reverse is not None and reverse.any():
            values[reverse] = values[reverse][:, ::-1, ::-1]
        return self._arrange(values)
