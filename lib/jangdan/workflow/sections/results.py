"""Sections of the config on what is made of the models. Standard library only."""

from collections.abc import Iterable
from dataclasses import dataclass

from jangdan.records.options import Options, option
from jangdan.workflow.sections.names import SOME


@dataclass(frozen=True, kw_only=True)
class Attribution(Options):
    """Integrated gradients on chosen windows."""

    models: tuple[str, ...] = option("which models", **SOME)
    bed: str | None = option("file of regions to attribute; absent: the best predicted positive test windows", None)
    windows: int = option("how many windows", 8, minimum=1)
    steps: int = option("steps of the path from baseline to input", 32, minimum=2)


@dataclass(frozen=True, kw_only=True)
class Variants(Options):
    """Effects of variants."""

    vcf: str = option("VCF file of the variants to score")
    models: tuple[str, ...] = option("which models", **SOME)


@dataclass(frozen=True, kw_only=True)
class BigwigTracks(Options):
    """Predictions over the test regions as bigWig."""

    models: tuple[str, ...] = option("which models", **SOME)


@dataclass(frozen=True, kw_only=True)
class LocusFigures(Options):
    """Figures of one region: signal, sites, prediction, attribution, genes."""

    models: tuple[str, ...] = option("which models", **SOME)
    region: str = option(
        "chrom:start-end, or best: around the best attributed window",
        "best",
        pattern=r"best|\S+:\d[\d,]*-\d[\d,]*",
        words="best, or a region such as chr1:1000-6000",
    )
    width: int = option("bp shown for best", 5000, minimum=100)

    def problems(self) -> Iterable[str]:
        """Return a region that ends before it starts."""
        if self.region != "best":
            start, end = self.region.rpartition(":")[2].replace(",", "").split("-")
            if int(start) >= int(end):
                yield f"region: found {self.region!r}, expected a start before the end"
