"""Sections of the config on regions: regions of interest and their windows, and how much is stored.

Standard library only.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jangdan.records.options import Options, option


@dataclass(frozen=True, kw_only=True)
class Regions(Options):
    """Regions of interest, and the windows in them."""

    sources: tuple[str, ...] = option(
        "BED, narrowPeak, GFF or GTF files whose regions are the regions of interest", (), unique=True
    )
    datasets: tuple[str, ...] = option("datasets whose files are sources, too", (), unique=True)
    feature: str | None = option("GFF, GTF: which rows are regions, such as transcript", None)
    attributes: dict[str, str] = option(
        "GFF, GTF: what the ninth column of these rows holds, such as {gene_type: protein_coding}", {}
    )
    extend: int = option("bp added at both ends before merging", 0, minimum=0)
    upstream: int | None = option(
        "for promoters, in place of `extend`: bp before each region's 5' end; with this key or downstream, a region is "
        "one window around that end, read on its strand, and nothing is merged",
        None,
        minimum=0,
    )
    downstream: int | None = option(
        "bp from the 5' end on; upstream and downstream together are the window", None, minimum=0
    )
    window: int = option("length of a window in bp", minimum=1)
    step: int | None = option("bp between window starts; the window if absent", None, minimum=1)

    def problems(self) -> Iterable[str]:
        """Return what is missing, and what cannot be used together."""
        if not self.sources and not self.datasets:
            yield "sources and datasets are missing; give at least one of them"
        if self.upstream is None and self.downstream is None:
            return
        length = (self.upstream or 0) + (self.downstream or 0)
        if length != self.window:
            yield f"upstream and downstream are {length} bp, expected the window, {self.window} bp"
        if self.extend:
            yield "extend: cannot be used with upstream and downstream; raise these"


@dataclass(frozen=True, kw_only=True)
class Storage(Options):
    """What the dataset files hold."""

    whole_genome: bool = option("true stores whole chromosomes, false the regions only", True)
