"""Normalizers by the length of bins or regions, or of what a mask leaves of them."""

import warnings
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, OptionError
from jangdan.normalize.base import Normalizer, Parameter
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Chunks, Values
from jangdan.normalize.mask import Mask
from jangdan.storage.any_array import AnyArray


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


class _PerMillion(RegionLengthNormalization):
    """Values per kilobase, per million of a sum over the fitted regions; a condition without any read stays 0."""

    parameters = ("millions",)

    def __init__(self, regionmask: Any = None) -> None:
        super().__init__(regionmask)
        self.millions: Parameter = None

    def _fit(self, chunks: Chunks) -> None:
        self.millions = np.sum([self._total(values, places) for values, places in chunks()], axis=0) / 1e6
        if (self.millions < 0).any():
            raise DataError(f"{self.name} normalizer: the values sum up to less than 0; it is for counts of reads")

    @abstractmethod
    def _total(self, values: Values, places: Places) -> NDArray[np.float64]:
        """Return the sum of each condition."""

    def _per_kilobase(self, values: Values, places: Places) -> Values:
        return super()._apply(values, places)

    def _apply(self, values: Values, places: Places) -> Values:
        assert self.millions is not None
        return self._per_kilobase(values, places) / np.where(self.millions > 0, self.millions, 1.0)


class Tpm(_PerMillion):
    """Reads per kilobase, per million of their sum over the fitted regions: transcripts per million.

    rate = reads / kb of the region, or of what `regionmask` leaves of it; TPM = rate / (sum of rates / 1e6),
    the sum over regions and strands, each condition by its own. Wagner, Kin and Lynch, Theory in
    Biosciences 131, 2012.
    """

    name = "tpm"

    def _total(self, values: Values, places: Places) -> NDArray[np.float64]:
        return self._per_kilobase(values, places).sum(axis=(0, 1), dtype=np.float64)


class Rpkm(_PerMillion):
    """Reads per kilobase of region, per million reads in the fitted regions.

    RPKM = (reads / kb) / (all reads of the condition / 1e6): Mortazavi et al., Nature Methods 5, 2008. TPM
    divides by rates in place of reads, so with bins of one length the two differ by a constant alone:
    RPKM = TPM / (kb a bin). It is also ``binsizenorm``, which is documented to correct for read depth and is named for
    the size of bins: this does both.
    """

    name = "rpkm"

    def _total(self, values: Values, places: Places) -> NDArray[np.float64]:
        return values.sum(axis=(0, 1), dtype=np.float64)


def normalize_garray_tpm(garray: AnyArray) -> AnyArray:
    """Return a new array of the TPM of `garray`, float32, the sum of rates being over all of it."""
    if not hasattr(garray, "values"):
        raise OptionError(f"garray: found {type(garray).__name__}, expected a genomic array, such as cover.garray")
    return Tpm()(garray)
