"""bedGraph files as a source."""

from collections.abc import Iterator
from dataclasses import dataclass

from jangdan.datasets.sources import Piece, SignalSource, Sizes
from jangdan.formats.bedgraph import read_bedgraph_pieces
from jangdan.formats.roi import Roi


@dataclass(frozen=True)
class BedgraphSource(SignalSource):
    """Signal of a bedGraph; as of a bigWig. `clip` leaves out what lies past the contigs' sizes, where these are not
    the genome's own."""

    clip: bool = False

    def sizes(self) -> None:
        """A bedGraph does not say how long contigs are."""
        return

    def read(self, chromsizes: Sizes, resolution: int, roi: Roi | None) -> Iterator[Piece]:
        """Yield pieces under the file's contig names."""
        return read_bedgraph_pieces(
            self.path,
            chromsizes=self._sizes_as_in_file(chromsizes),
            resolution=resolution,
            collapser=self.collapse,
            nan_to_num=self.nan_to_num,
            clip=self.clip,
        )
