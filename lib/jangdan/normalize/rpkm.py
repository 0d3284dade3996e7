"""Reads per kilobase per million."""

import numpy as np
from numpy.typing import NDArray

from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Values
from jangdan.normalize.per_million import PerMillion


class Rpkm(PerMillion):
    """Reads per kilobase of region, per million reads in the fitted regions.

    RPKM = (reads / kb) / (all reads of the condition / 1e6): Mortazavi et al., Nature Methods 5, 2008. TPM
    divides by rates in place of reads, so with bins of one length the two differ by a constant alone:
    RPKM = TPM / (kb a bin). It is also ``binsizenorm``, which is documented to correct for read depth and is named for
    the size of bins: this does both.
    """

    name = "rpkm"

    def _total(self, values: Values, places: Places) -> NDArray[np.float64]:
        return values.sum(axis=(0, 1), dtype=np.float64)
