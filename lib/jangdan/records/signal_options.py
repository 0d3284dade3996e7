"""Options of formats of signal along the genome. Standard library only."""

from dataclasses import dataclass

from jangdan.records.options import Options, option


@dataclass(frozen=True)
class SignalOptions(Options):
    """How base pairs become values."""

    collapser: str = option("how base pairs become one value", "mean", choices=("sum", "mean", "max", "min"))
    nan_to_num: bool = option("gaps are zero; else they are NaN", True)
