"""Sections of the config on folds: which chromosomes are for training, validation and test. Standard library only."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from jangdan.records.options import Options, option
from jangdan.workflow.sections.names import SOME


@dataclass(frozen=True, kw_only=True)
class Fold(Options):
    """Chromosomes of each part; all others are for training."""

    validation: tuple[str, ...] = option("chromosomes that choose the best epoch", **SOME)
    test: tuple[str, ...] = option("chromosomes that models are tested on", **SOME)
    exclude: tuple[str, ...] = option("chromosomes of no part", (), unique=True)

    def problems(self) -> Iterable[str]:
        """Return chromosomes of two parts."""
        return in_two(self, ("validation", "test", "exclude"))


@dataclass(frozen=True, kw_only=True)
class CrossValidation(Options):
    """A fold `test-<chromosome>` for each chromosome: that one is its test part, the next one for validation."""

    chromosomes: tuple[str, ...] = option("chromosomes, each of which is the test part once", least=3, unique=True)
    final: tuple[str, ...] = option(
        'chromosomes of no fold but the last, "final", which tests on them, as all other folds do (test set `final`)',
        (),
        unique=True,
    )
    exclude: tuple[str, ...] = option("chromosomes of no fold", (), unique=True)

    def problems(self) -> Iterable[str]:
        """Return chromosomes of two lists."""
        return in_two(self, ("chromosomes", "final", "exclude"))


def in_two(parts: Options, keys: Iterable[str]) -> Iterable[str]:
    """Yield a sentence for each chromosome that two of the keys list."""
    for one, other in combinations(keys, 2):
        for chrom in getattr(parts, one):
            if chrom in getattr(parts, other):
                yield f"{chrom} stands in both {one} and {other}; keep it in one of them"
