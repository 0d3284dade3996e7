"""Transcripts per million."""

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import OptionError
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Values
from jangdan.normalize.per_million import PerMillion
from jangdan.storage.any_array import AnyArray


class Tpm(PerMillion):
    """Reads per kilobase, per million of their sum over the fitted regions: transcripts per million.

    rate = reads / kb of the region, or of what `regionmask` leaves of it; TPM = rate / (sum of rates / 1e6),
    the sum over regions and strands, each condition by its own. Wagner, Kin and Lynch, Theory in
    Biosciences 131, 2012.
    """

    name = "tpm"

    def _total(self, values: Values, places: Places) -> NDArray[np.float64]:
        return self._per_kilobase(values, places).sum(axis=(0, 1), dtype=np.float64)


def normalize_garray_tpm(garray: AnyArray) -> AnyArray:
    """Return a new array of the TPM of `garray`, float32, the sum of rates being over all of it."""
    if not hasattr(garray, "values"):
        raise OptionError(f"garray: found {type(garray).__name__}, expected a genomic array, such as cover.garray")
    return Tpm()(garray)
