"""BAM: counts of reads or of pairs, by strand where asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jangdan.records.kinds import Format, Question
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class ReadOptions(Options):
    """Which reads count, and where; see `formats.bam.coverage.ReadCounting`."""

    stranded: bool = option("counts by strand", True)
    min_mapq: int = option("smallest mapping quality", 0, minimum=0)
    count: str = option(
        "what of a read or a pair counts", "5prime", choices=("5prime", "midpoint", "fragment", "coverage")
    )
    shift: tuple[int, int] = option(
        "bp added to 5' ends (or template ends) of forward and reverse reads, such as [4, -5]", (0, 0)
    )
    keep_duplicates: bool = option("count duplicates, too", False)
    keep_secondary: bool = option("count secondary alignments, too", False)
    keep_supplementary: bool = option("count supplementary alignments, too", False)
    keep_qcfail: bool = option("count reads that failed quality control, too", False)

    def problems(self) -> Iterable[str]:
        """Aligned bases have no ends that could be moved."""
        if self.count == "coverage" and any(self.shift):
            yield f"shift: found {list(self.shift)}, but aligned bases cannot be shifted; use count: 5prime"


def build(path: str, options: ReadOptions, *, aliases: dict[str, str], genome: str | None) -> Any:
    """Return the source of a file; the genome is what the reads of a CRAM are decoded with."""
    from jangdan.datasets.read_source import BamSource
    from jangdan.formats.bam.coverage import ReadCounting

    given = {("pairedend" if key == "count" else key): value for key, value in vars(options).items()}
    return BamSource(path, counting=ReadCounting(**given), reference=genome, aliases=aliases)


def is_stranded(options: ReadOptions) -> bool:
    """Tell whether counts are kept by strand."""
    return options.stranded


def complete(file: Any) -> str:
    """Require the end marker of a BAM: without it, the file was cut."""
    from jangdan.files import require_bgzf_end
    from jangdan.formats.bam.coverage import bam_sizes

    bam_sizes(file.path)
    require_bgzf_end(file.path)
    return "end marker found"


def contigs(file: Any) -> str | tuple[str, str]:
    """Compare the header's contigs with the genome's."""
    from jangdan.datasets.preflight import compare_contigs
    from jangdan.formats.bam.coverage import bam_sizes

    return compare_contigs(file, bam_sizes(file.path))


def index(file: Any) -> str:
    """Require an index, or make one."""
    from jangdan.formats.bam.index import ensure_index

    return ensure_index(file.path).name


RECORD = Format(
    "bam",
    "aligned reads",
    ReadOptions,
    label="BAM",
    suffixes=(".bam",),
    build=build,
    values="counts",
    questions=(Question("complete", complete, stops=True), Question("contigs", contigs), Question("index", index)),
    is_stranded=is_stranded,
)
