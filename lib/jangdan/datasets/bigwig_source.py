"""bigWig files as a source."""

from collections.abc import Iterator
from dataclasses import dataclass

from jangdan.datasets.sources import Piece, SignalSource, Sizes
from jangdan.formats.bigwig.reader import bigwig_sizes, read_bigwig
from jangdan.formats.roi import Roi


@dataclass(frozen=True)
class BigwigSource(SignalSource):
    """Signal of a bigWig; gaps are zero, or NaN where `nan_to_num` is False."""

    def sizes(self) -> dict[str, int] | None:
        """Return the header's contigs."""
        return bigwig_sizes(self.path)

    def read(self, chromsizes: Sizes, resolution: int, roi: Roi | None) -> Iterator[Piece]:
        """Yield pieces under the file's contig names."""
        return read_bigwig(
            self.path, resolution=resolution, collapser=self.collapse, nan_to_num=self.nan_to_num, roi=roi
        )
