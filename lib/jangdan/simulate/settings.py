"""What the demo is made from, and the files that it is written to."""

from dataclasses import dataclass
from pathlib import Path

from jangdan.records.options import Options, option

MIN_CHROM_LENGTH = 20_000


@dataclass(frozen=True, kw_only=True)
class Simulation(Options):
    """Size and seed of simulated input files; the same values give the same bytes.

    Chromosomes are chr1, chr2, ... There are as many closed decoys as bound sites. Pairs of reads are counted before
    those over a run of N are dropped and duplicates and unmapped pairs are added. A third of the variants breaks a
    site, a third creates one, a third does neither.
    """

    seed: int = option("the same seed gives the same files", 1, minimum=0)
    chroms: int = option("chromosomes", 4, minimum=1)
    chrom_length: int = option("bp per chromosome", 600_000, minimum=MIN_CHROM_LENGTH)
    sites: int = option("bound sites", 1_200, minimum=1)
    genes: int = option("genes", 300, minimum=1)
    variants: int = option("variants", 360, minimum=3)
    fragments_rep1: int = option("pairs of reads of the first replicate", 75_000, minimum=1)
    fragments_rep2: int = option("pairs of reads of the second replicate", 25_000, minimum=1)


@dataclass(frozen=True, kw_only=True)
class DemoSettings(Simulation):
    """A simulation with `motif`, the path of the planted site's JSON file (resources/demo_motif.json).

    Raises OptionError where a number is too small to simulate from.
    """

    motif: str | Path = option("path of the planted site")

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
