"""Division by the length of bins or regions, or of what a mask leaves of them."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from jangdan.errors import DataError
from jangdan.normalize.base import Normalizer
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values
from jangdan.normalize.mask import Mask


class RegionLengthNormalization(Normalizer):
    """Divide by the length of each region (or bin) in kb.

    regionmask: what counts as length, such as exons: a path, a GenomicIndexer, or regions as of
    `GenomicIndexer.create_from_file`, overlaps and strands merged. A region without a base of the mask
    becomes 0, and `fit` warns of such regions.
    """

    name = "regionlength"

    def __init__(self, regionmask: Any = None) -> None:
        self.mask = None if regionmask is None else Mask.of(regionmask)

    def fit_chunks(self, chunks: Chunks) -> None:
        """Fit as every normalizer; warn where regions have no base in the mask."""
        super().fit_chunks(chunks)
        if self.mask is None:
            return
        bases = np.concatenate([self.mask.bases(places) for _, places in chunks()])
        outside = int((bases == 0).sum())
        if outside:
            found = f"{outside} of {len(bases)} regions have no base in the regionmask; they become 0"
            warnings.warn(f"{self.name} normalizer: {found}", stacklevel=2)

    def _apply(self, values: Values, places: Places) -> Values:
        if self.mask is None:
            return values / (np.asarray(places.column) / 1000.0)
        kilobases = self.mask.bases(places)[:, None, None] / 1000.0
        return np.divide(values, kilobases, out=np.zeros(values.shape), where=kilobases > 0)

    def state(self) -> dict[str, Any]:
        """Return name, parameters and mask as JSON types."""
        return {**super().state(), "regionmask": None if self.mask is None else self.mask.to_json()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what `state` returned."""
        super().set_state(state)
        mask = state.get("regionmask")
        if mask is not None and not isinstance(mask, Mapping):
            raise DataError(
                f"{self.name} normalizer: its regionmask is {mask!r}, expected contigs with their stretches"
            )
        self.mask = None if mask is None else Mask.from_json(mask)
