"""narrowPeak: presence or score of peaks, or their summits."""

from dataclasses import dataclass

from jangdan.datasets.formats.bed import RegionOptions, build, regions, rows
from jangdan.records.kinds import Format, Question
from jangdan.records.options import option


@dataclass(frozen=True)
class PeakOptions(RegionOptions):
    """How peaks become values."""

    mode: str = option("binary (presence) or score (column 5)", "binary", choices=("binary", "score"))


RECORD = Format(
    "narrowpeak",
    "peaks with summits",
    PeakOptions,
    label="narrowPeak",
    suffixes=(".narrowpeak",),
    build=build,
    values="regions",
    questions=(Question("regions", rows),),
    regions=regions,
)
