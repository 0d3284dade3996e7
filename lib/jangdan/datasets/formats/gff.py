"""GFF3 and GTF: presence of the features of an annotation."""

from dataclasses import dataclass
from typing import Any

from jangdan.datasets.formats.bed import build, rows
from jangdan.records.kinds import Format, Question
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class FeatureOptions(Options):
    """Which features count, and how they become values; see `datasets.regions.RegionSource`."""

    feature: str | list[str] | None = option("which features count, such as exon; all if absent", None, least=1)
    collapser: str = option("how the bases of a bin become one value", "max", choices=("sum", "mean", "max", "min"))
    minoverlap: float | None = option("share of a bin that a feature must cover to count", None, minimum=0, maximum=1)
    anchor: str = option(
        "which bases of a feature count: all or the middle one", "region", choices=("region", "center")
    )


def regions(path: str, *, feature: Any = None, attributes: Any = None, **unused: Any) -> Any:
    """Return the features as a region table."""
    from jangdan.formats.gff import read_gff

    return read_gff(path, feature, attributes)


RECORD = Format(
    "gff",
    "annotation: genes, transcripts and other features",
    FeatureOptions,
    label="GFF",
    suffixes=(".gff", ".gff3", ".gtf"),
    build=build,
    values="regions",
    questions=(Question("regions", rows),),
    regions=regions,
)
