"""Fragment files of single-cell ATAC: counts of fragments or of their ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jangdan.records.kinds import Format, Question
from jangdan.records.options import Options, option


@dataclass(frozen=True)
class FragmentOptions(Options):
    """Which fragments count, and where; see `formats.fragments.FragmentCounting`."""

    count: str = option("what of a fragment counts", "ends", choices=("ends", "midpoint", "fragment"))
    shift: tuple[int, int] = option("bp added to starts and to ends", (0, 0))
    use_counts: bool = option("each row counts as often as its fifth column says", False)
    barcodes: list[str] | None = option("count these cells only", None, least=1, unique=True)
    subsample: tuple[float, float] = option(
        "takes the file apart: [0, 0.75] and [0.75, 1] have no row in common",
        (0.0, 1.0),
        minimum=0,
        maximum=1,
    )

    def problems(self) -> Iterable[str]:
        """A subsample has a lower and a higher bound."""
        if self.subsample[0] >= self.subsample[1]:
            found = list(self.subsample)
            yield f"subsample: found {found}, expected two numbers, the lower one first, such as [0, 0.5]"


def build(path: str, options: FragmentOptions, *, aliases: dict[str, str], genome: str | None) -> Any:
    """Return the source of a file."""
    from jangdan.datasets.fragment_source import FragmentSource
    from jangdan.formats.fragments import FragmentCounting

    names = {"count": "mode", "subsample": "share"}
    given = {names.get(key, key): value for key, value in vars(options).items()}
    return FragmentSource(path, counting=FragmentCounting(**given), aliases=aliases)


def first_rows(file: Any) -> str:
    """Compare the first rows with the genome: the file names no contigs in a header."""
    from jangdan.datasets.preflight import check_first_rows
    from jangdan.formats.fragments import first_fragments

    return check_first_rows(file, first_fragments(file.path))


RECORD = Format(
    "fragments",
    "fragments of single cells: chrom, start, end, barcode, count",
    FragmentOptions,
    label="fragment",
    suffixes=(".tsv",),
    build=build,
    values="counts",
    questions=(Question("first rows", first_rows),),
)
