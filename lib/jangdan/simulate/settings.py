"""What the demo is made from, and the files that it is written to."""

from dataclasses import dataclass, fields
from pathlib import Path

from jangdan.errors import OptionError

MIN_CHROM_LENGTH = 20_000


@dataclass(frozen=True, kw_only=True)
class DemoSettings:
    """Size and seed of the demo; the same settings give the same bytes.

    `motif` is the path of the planted site's JSON file (resources/demo_motif.json). There are `chroms`
    chromosomes (chr1, chr2, ...) of `chrom_length` bp. `sites` counts the bound sites; there are as many
    closed decoys. `fragments_rep1` and `fragments_rep2` count the pairs drawn for each replicate, before
    those over a run of N are dropped and duplicates and unmapped pairs are added. A third of the
    `variants` breaks a site, a third creates one, a third does neither.

    Raises OptionError where a number is too small to simulate from.
    """

    motif: str | Path
    seed: int = 1
    chroms: int = 4
    chrom_length: int = 600_000
    sites: int = 1_200
    genes: int = 300
    variants: int = 360
    fragments_rep1: int = 75_000
    fragments_rep2: int = 25_000

    def __post_init__(self) -> None:
        lowest = {"seed": 0, "chrom_length": MIN_CHROM_LENGTH, "variants": 3}
        for field in fields(self):
            value = getattr(self, field.name)
            least = lowest.get(field.name, 1)
            if field.name != "motif" and (not isinstance(value, int) or value < least):
                raise OptionError(f"demo setting {field.name}={value!r}: expected a whole number of at least {least}")

    @property
    def chromsizes(self) -> dict[str, int]:
        """Length in bp of each chromosome, in order."""
        return {f"chr{i + 1}": self.chrom_length for i in range(self.chroms)}


@dataclass(frozen=True, kw_only=True)
class DemoFiles:
    """Path of each file of the demo: an index stands beside the BAM file that it belongs to."""

    genome: str | Path
    rep1: str | Path
    rep1_index: str | Path
    rep2: str | Path
    rep2_index: str | Path
    signal: str | Path
    peaks: str | Path
    genes: str | Path
    exclusion: str | Path
    variants: str | Path
    truth_sites: str | Path
    truth_variants: str | Path
