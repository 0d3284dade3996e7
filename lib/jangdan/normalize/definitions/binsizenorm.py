"""Another name of rpkm, as Janggu has it."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.normalizer_options import MaskOptions


def build(options: MaskOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.rpkm import Rpkm

    return Rpkm(options.regionmask)


RECORD = Normalization(
    "binsizenorm",
    "the same as rpkm: corrects for the depth and the size of bins",
    MaskOptions,
    build,
    paths=("regionmask",),
)
