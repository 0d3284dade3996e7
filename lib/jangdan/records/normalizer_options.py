"""Options that several normalizers take. Standard library only."""

from dataclasses import dataclass

from jangdan.records.options import Options, option


@dataclass(frozen=True)
class MaskOptions(Options):
    """What counts as length."""

    regionmask: str | None = option("BED or GFF file of what counts as length, such as exons; all if absent", None)


@dataclass(frozen=True)
class MomentOptions(Options):
    """What is given in place of a fit."""

    mean: float | None = option("mean that is subtracted; of the training regions if absent", None)
    std: float | None = option("standard deviation that values are divided by; as for the mean", None, minimum=0)
