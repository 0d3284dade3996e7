"""Reads of BAM and CRAM files as a source."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jangdan.datasets.sources import CountSource, Piece, Sizes
from jangdan.formats.bam.coverage import ReadCounting, bam_coverage, bam_sizes
from jangdan.formats.roi import Roi


@dataclass(frozen=True)
class BamSource(CountSource):
    """Read counts of a BAM or CRAM (with `reference`, a FASTA); options as of `formats.bam.ReadCounting`. Reads of a
    bin are summed."""

    counting: ReadCounting = field(default_factory=ReadCounting)
    reference: str | None = None

    @property
    def strands(self) -> int:
        """2 where counts are kept by strand, else 1."""
        return 2 if self.counting.stranded else 1

    def sizes(self) -> dict[str, int]:
        """Return the header's contigs."""
        return bam_sizes(self.path)

    def read(self, chromsizes: Sizes, resolution: int, roi: Roi | None) -> Iterator[Piece]:
        """Yield pieces under the file's contig names."""
        return bam_coverage(self.path, self.counting, resolution=resolution, roi=roi, reference=self.reference)
