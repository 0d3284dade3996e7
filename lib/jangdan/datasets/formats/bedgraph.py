"""bedGraph: signal along the genome, as text; its rows may serve as regions, too."""

from typing import Any

from jangdan.datasets.formats.bed import rows
from jangdan.records.kinds import Format, Question
from jangdan.records.signal_options import SignalOptions


def build(path: str, options: SignalOptions, *, aliases: dict[str, str], genome: str | None) -> Any:
    """Return the source of a file."""
    from jangdan.datasets.bedgraph_source import BedgraphSource

    return BedgraphSource(path, collapse=options.collapser, nan_to_num=options.nan_to_num, aliases=aliases)


def regions(path: str, **unused: Any) -> Any:
    """Return the rows as a region table, with the value as score."""
    from jangdan.formats.bed import read_bedgraph

    return read_bedgraph(path)


RECORD = Format(
    "bedgraph",
    "signal along the genome, text: chrom, start, end, value",
    SignalOptions,
    label="bedGraph",
    suffixes=(".bedgraph", ".bdg", ".bg"),
    build=build,
    values="signal",
    questions=(Question("regions", rows),),
    regions=regions,
)
