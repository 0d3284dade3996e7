"""Interval sets against plain loops over bases, and against bedtools."""

import numpy as np
import pybedtools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jangdan.errors import ContigError, IntervalError
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals

CONTIGS = Contigs.of_sizes({"b": 40, "a": 25, "c": 0, "d": 60})
_row = st.tuples(st.sampled_from([0, 1, 3]), st.integers(-10, 70), st.integers(1, 20))
_rows = st.lists(_row.map(lambda r: (r[0], r[1], r[1] + r[2])), max_size=12)
Row = tuple[int, int, int]


def _set(rows: list[Row]) -> Intervals:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Intervals.of(CONTIGS, *columns)


def _list(found: Intervals) -> list[Row]:
    return list(zip(found.contig.tolist(), found.start.tolist(), found.end.tolist(), strict=True))


def _bases(rows: list[Row]) -> set[tuple[int, int]]:
    return {(c, base) for c, start, end in rows for base in range(start, end)}


def _runs(bases: set[tuple[int, int]]) -> list[Row]:
    runs: list[Row] = []
    for c, base in sorted(bases):
        if runs and runs[-1][0] == c and runs[-1][2] == base:
            runs[-1] = (c, runs[-1][1], base + 1)
        else:
            runs.append((c, base, base + 1))
    return runs


@given(_rows)
def test_merge_joins_what_touches(rows: list[Row]) -> None:
    assert _list(_set(rows).merge()) == _runs(_bases(rows))


@given(_rows, st.integers(1, 9), st.integers(0, 9))
def test_clip_align_and_extend_are_those_of_a_loop(rows: list[Row], bp: int, more: int) -> None:
    def kept(rows: list[Row]) -> list[Row]:
        return sorted(row for row in rows if row[2] > row[1])

    lengths = [40, 25, 0, 60]
    assert _list(_set(rows).clip()) == kept([(c, max(s, 0), min(e, lengths[c])) for c, s, e in rows])
    assert _list(_set(rows).align(bp)) == kept([(c, s // bp * bp, -(-e // bp) * bp) for c, s, e in rows])
    assert _list(_set(rows).align(bp, inward=True)) == kept([(c, -(-s // bp) * bp, e // bp * bp) for c, s, e in rows])
    assert _list(_set(rows).extend(more)) == kept([(c, s - more, e + more) for c, s, e in rows])


@given(_rows, _rows)
def test_overlap_containment_and_bases_are_those_of_a_loop(rows: list[Row], asked: list[Row]) -> None:
    intervals, bases = _set(rows), _bases(rows)
    columns = np.array(asked, dtype=np.int64).reshape(-1, 3).T
    inside = [[(c, base) in bases for base in range(s, e)] for c, s, e in asked]
    assert intervals.overlaps(*columns).tolist() == [any(each) for each in inside]
    assert intervals.contains(*columns).tolist() == [all(each) for each in inside]
    assert intervals.bases(*columns).tolist() == [sum(each) for each in inside]


@given(_rows, st.lists(st.tuples(st.sampled_from([0, 1, 3]), st.integers(-15, 95)), max_size=9))
def test_the_interval_that_holds_a_base_is_that_of_a_loop(rows: list[Row], bases: list[tuple[int, int]]) -> None:
    merged = _runs(_bases(rows))
    expected = [next((n for n, (c, s, e) in enumerate(merged) if c == at and s <= b < e), -1) for at, b in bases]
    columns = np.array(bases, dtype=np.int64).reshape(-1, 2).T
    assert _set(rows).holding(*columns).tolist() == expected


@given(_rows)
def test_the_intervals_on_some_contigs_are_those_of_a_loop(rows: list[Row]) -> None:
    assert _set(rows).on(1, 2).tolist() == [n for n, row in enumerate(sorted(rows)) if row[0] in (1, 2)]


@given(_rows, _rows)
def test_what_is_left_after_subtracting_is_that_of_a_loop(rows: list[Row], cut: list[Row]) -> None:
    gone = _bases(cut)
    expected = sorted(run for row in rows for run in _runs(_bases([row]) - gone))
    assert _list(_set(rows).subtract(_set(cut))) == expected


@pytest.mark.parametrize("seed", range(3))
def test_merge_and_subtract_are_those_of_bedtools(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = {f"s{i}": 5000 for i in range(300)}
    contigs = Contigs.of_sizes(sizes)
    sets = []
    for n in (4000, 2000):
        start = rng.integers(0, 4900, n)
        sets.append(Intervals.of(contigs, rng.integers(0, 300, n), start, start + rng.integers(1, 100, n)))
    one, two = (
        pybedtools.BedTool([(contigs.names[c], s, e) for c, s, e in _list(each)]).sort().merge() for each in sets
    )
    for found, expected in ((sets[0].merge(), one), (sets[0].merge().subtract(sets[1]), one.subtract(two))):
        rows = [(contigs.names[c], s, e) for c, s, e in _list(found)]
        assert sorted(rows) == sorted((r.chrom, r.start, r.end) for r in expected)


def test_a_set_is_immutable_and_checked() -> None:
    intervals = _set([(1, 5, 9), (0, 3, 4)])
    with pytest.raises(ValueError, match="read-only"):
        intervals.start[0] = 1
    assert {name: bounds.tolist() for name, bounds in intervals.by_name().items()} == {"b": [[3, 4]], "a": [[5, 9]]}
    assert intervals.overlaps(np.array([-1]), np.array([0]), np.array([100])).tolist() == [False]
    with pytest.raises(IntervalError, match="a:9-9"):
        _set([(1, 9, 9)])


def test_contigs_are_numbers() -> None:
    genome = Contigs.of_sizes({"chr1": 10, "chr2": 5}, genome="x")
    assert genome.numbers(["chr2", "chr1", "chr2"]).tolist() == [1, 0, 1]
    assert genome.find(["chr9", "chr2"]).tolist() == [-1, 1]
    assert genome == Contigs.of_sizes({"chr1": 10, "chr2": 5}, genome="x", source="elsewhere.fa")
    for other in ({"chr1": 10, "chr2": 6}, {"chr2": 5, "chr1": 10}, {"chr1": 10}):
        assert genome.digest != Contigs.of_sizes(other, genome="x").digest
    assert genome.digest != Contigs.of_sizes({"chr1": 10, "chr2": 5}, genome="y").digest
    with pytest.raises(ContigError, match=r"'chr9' is not in the genome, which has chr1, chr2"):
        genome.numbers(["chr1", "chr9"])
    with pytest.raises(ContigError, match="'a' comes twice"):
        Contigs.of_names(["a", "b", "a"])
