"""Fragment files as a source."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jangdan.datasets.sources import CountSource, Piece, Sizes
from jangdan.formats.fragments import FragmentCounting, fragment_coverage
from jangdan.formats.roi import Roi


@dataclass(frozen=True)
class FragmentSource(CountSource):
    """Counts of a fragment file (chrom, start, end, barcode, count); options as of `FragmentCounting`.

    `clip` leaves out what lies past the contigs' sizes, where these are not the genome's own.
    """

    counting: FragmentCounting = field(default_factory=FragmentCounting)
    clip: bool = False

    def sizes(self) -> None:
        """Fragment files do not name their contigs."""

    def read(self, chromsizes: Sizes, resolution: int, roi: Roi | None) -> Iterator[Piece]:
        """Yield pieces under the file's contig names."""
        sizes = self._sizes_as_in_file(chromsizes)
        return fragment_coverage(
            self.path, self.counting, chromsizes=sizes, resolution=resolution, roi=roi, clip=self.clip
        )
