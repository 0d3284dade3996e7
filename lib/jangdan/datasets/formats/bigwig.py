"""bigWig: signal along the genome."""

from typing import Any

from jangdan.records.kinds import Format, Question
from jangdan.records.signal_options import SignalOptions


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
