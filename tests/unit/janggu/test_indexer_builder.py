"""Windows added one after the other give what the same windows give from a file; the indexer itself does not change."""

from typing import Any

import numpy as np
import pytest

from jangdan import IndexerBuilder
from jangdan.data import GenomicIndexer, Interval


def _places(indexer: GenomicIndexer) -> list[tuple[str, int, int, str]]:
    return [(w.chrom, w.start, w.end, w.strand) for w in indexer]


def test_intervals_are_cut_as_those_of_a_file() -> None:
    builder = IndexerBuilder(binsize=100, stepsize=50, flank=10)
    builder.add_interval("chr2", 0, 220, "+")
    builder.add_interval("chr1", 40, 140)
    regions = [Interval("chr2", 0, 220, "+"), Interval("chr1", 40, 140)]
    expected = [("chr2", -10, 110, "+"), ("chr2", 40, 160, "+"), ("chr2", 90, 210, "+"), ("chr2", 140, 230, "+"),
                ("chr1", 30, 150, ".")]  # fmt: skip
    assert _places(builder.build()) == expected
    assert _places(GenomicIndexer.create_from_file(regions, 100, 50, 10)) == expected
    assert len(builder) == 5


def test_another_indexer_is_added_as_it_is() -> None:
    builder = IndexerBuilder(binsize=100)
    builder.add_interval("chr1", 0, 100)
    builder.add_gindexer(GenomicIndexer.create_from_file([Interval("chr2", 5, 105, "-")], 100, None, flank=20))
    assert _places(builder.build()) == [("chr1", 0, 100, "."), ("chr2", 5, 105, "-")]
    builder.add_gindexer(builder)
    assert len(builder.build()) == 4


def test_options_are_settable() -> None:
    builder = IndexerBuilder(binsize=100)
    builder.add_interval("chr1", 0, 200)
    first = builder.build()
    builder.flank, builder.random_state = 7, 1
    assert sorted(_places(builder.build())) == [("chr1", -7, 107, "."), ("chr1", 93, 207, ".")]
    assert _places(first) == [("chr1", 0, 100, "."), ("chr1", 100, 200, ".")]


@pytest.mark.parametrize(
    ("binsize", "other", "words"),
    [
        (50, [Interval("chr1", 0, 80)], "a window of 80 bp is longer than binsize=50"),
        (None, [Interval("chr1", 0, 80)], "unequal length"),
    ],
)
def test_windows_that_do_not_fit_together_are_refused(binsize: Any, other: list[Interval], words: str) -> None:
    builder = IndexerBuilder(binsize)
    builder.add_interval("chr1", 0, 50)
    builder.add_gindexer(GenomicIndexer.create_from_file(other, None))
    with pytest.raises(ValueError, match=words):
        builder.build()


def test_nothing_and_no_indexer_are_refused() -> None:
    with pytest.raises(ValueError, match="no window was added"):
        IndexerBuilder(10).build()
    with pytest.raises(ValueError, match="expected a GenomicIndexer"):
        IndexerBuilder(10).add_gindexer([Interval("chr1", 0, 10)])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["chrom", "start", "end", "strand", "contigs", "windows"])
def test_an_indexer_does_not_change(name: str) -> None:
    indexer = GenomicIndexer.create_from_file([Interval("chr1", 0, 100)], 50)
    with pytest.raises(AttributeError):
        setattr(indexer, name, getattr(indexer, name))
    if isinstance(getattr(indexer, name), np.ndarray):
        with pytest.raises(ValueError, match="read-only"):
            getattr(indexer, name)[:] = 0
