"""Transcripts per million."""

from typing import Any

from jangdan.records.kinds import Normalization
from jangdan.records.normalizer_options import MaskOptions


def build(options: MaskOptions) -> Any:
    """Return a new normalizer."""
    from jangdan.normalize.tpm import Tpm

    return Tpm(options.regionmask)


RECORD = Normalization(
    "tpm", "values per kilobase, per million of their sum", MaskOptions, build, paths=("regionmask",)
)
