"""Reads per kilobase per million."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.normalizer_options import MaskOptions


def build(options: MaskOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.rpkm import Rpkm

    return Rpkm(options.regionmask)


RECORD = Normalization("rpkm", "values per kilobase, per million values", MaskOptions, build, paths=("regionmask",))
