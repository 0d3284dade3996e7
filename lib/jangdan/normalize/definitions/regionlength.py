"""Division by the length of regions, or of what a mask leaves of them."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.normalizer_options import MaskOptions


def build(options: MaskOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.region_length import RegionLengthNormalization

    return RegionLengthNormalization(options.regionmask)


RECORD = Normalization("regionlength", "values per kilobase", MaskOptions, build, paths=("regionmask",))
