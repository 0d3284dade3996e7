"""bigWig: signal along the genome."""

from dataclasses import dataclass
from typing import Any

from jangdan.records.kinds import Format, Question
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class SignalOptions(Options):
    """How base pairs become values."""

    collapser: str = option("how base pairs become one value", "mean", choices=("sum", "mean", "max", "min"))
    nan_to_num: bool = option("gaps are zero; else they are NaN", True)


def build(path: str, options: SignalOptions, *, aliases: dict[str, str], genome: str | None) -> Any:
    """Return the source of a file."""
    from jangdan.datasets.bigwig_source import BigwigSource

    return BigwigSource(path, collapse=options.collapser, nan_to_num=options.nan_to_num, aliases=aliases)


def contigs(file: Any) -> str | tuple[str, str]:
    """Compare the header's contigs with the genome's."""
    from jangdan.datasets.preflight import compare_contigs
    from jangdan.formats.bigwig.reader import bigwig_sizes

    return compare_contigs(file, bigwig_sizes(file.path))


RECORD = Format(
    "bigwig",
    "signal along the genome, binary",
    SignalOptions,
    label="bigWig",
    suffixes=(".bw", ".bigwig"),
    build=build,
    values="signal",
    questions=(Question("contigs", contigs),),
)
