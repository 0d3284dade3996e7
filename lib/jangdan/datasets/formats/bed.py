"""BED and broadPeak: presence or score of regions."""

from dataclasses import dataclass
from typing import Any

from jangdan.records.kinds import Format, Question
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class RegionOptions(Options):
    """How regions become values; see `datasets.regions.RegionSource`."""

    collapser: str = option("how the bases of a bin become one value", "max", choices=("sum", "mean", "max", "min"))
    minoverlap: float | None = option("share of a bin that a region must cover to count", None, minimum=0, maximum=1)
    anchor: str = option(
        "which bases of a region count: all, the middle one, or the summit of a narrowPeak",
        "region",
        choices=("region", "center", "summit"),
    )


@dataclass(frozen=True)
class BedOptions(RegionOptions):
    """How the rows of a BED become values."""

    mode: str = option(
        "binary (presence), score (column 5) or bedgraph (column 4)",
        "binary",
        choices=("binary", "score", "bedgraph"),
    )


def build(path: str, options: Options, *, aliases: dict[str, str], genome: str | None) -> Any:
    """Return the source of a file."""
    from jangdan.datasets.regions import RegionSource

    given = dict(vars(options))
    return RegionSource(path, collapse=given.pop("collapser"), aliases=aliases, **given)


def regions(path: str, *, scored: bool = False, **unused: Any) -> Any:
    """Return the rows as a region table."""
    from jangdan.formats.bed import read_bed

    return read_bed(path, scored=scored)


def rows(file: Any) -> str | tuple[str, str]:
    """Compare all rows with the genome: the file names no contigs in a header."""
    from jangdan.datasets.preflight import check_rows
    from jangdan.formats.registry import read_regions

    return check_rows(file, read_regions(file.path))


RECORD = Format(
    "bed",
    "regions: chrom, start, end, and perhaps name, score, strand",
    BedOptions,
    label="BED",
    suffixes=(".bed", ".broadpeak"),
    build=build,
    values="regions",
    questions=(Question("regions", rows),),
    regions=regions,
)
