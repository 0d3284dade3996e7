"""Tables of contigs: what numbers of one table mean, and that those of another one are refused."""

import numpy as np
import pytest

from jangdan.errors import ContigError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.intervals import Intervals
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray

TABLE = Contigs.of_sizes({"a": 100, "b": 50})
ONE = np.array([2]), np.array([0]), np.array([10])


def test_names_in_place_of_a_table_are_refused() -> None:
    with pytest.raises(OptionError, match="regions: contigs is a tuple, expected a Contigs table"):
        RegionArray(("a", "b", "c"), *ONE, np.zeros((1, 1, 1)), ("x",))  # type: ignore[arg-type]


def test_numbers_of_another_table_are_refused() -> None:
    with pytest.raises(ContigError, match="regions: contig number 2 is not in the table, which has 2 contigs"):
        RegionArray(TABLE, *ONE, np.zeros((1, 1, 1)), ("x",))
    with pytest.raises(ContigError, match="intervals: contig number 2"):
        Intervals.of(TABLE, *ONE)
    with pytest.raises(ContigError, match="layout: contig number -1"):
        Layout(TABLE, 1, np.array([-1]), np.array([0]), np.array([10]))
    with pytest.raises(ContigError, match="stretches: contig number 2"):
        Intervals.of(TABLE, [0], [0], [10]).overlaps(*ONE)


def test_nothing_touches_a_set_without_contigs() -> None:
    nothing = Intervals.of(Contigs.of_names(()), [], [], [])
    stretches = np.array([-1, -1]), np.array([5, 0]), np.array([9, 3])
    assert nothing.overlaps(*stretches).tolist() == [False, False]
    assert nothing.contains(*stretches).tolist() == [False, False]
    assert nothing.bases(*stretches).tolist() == [0, 0]
    assert [column.tolist() for column in nothing.cut_from(*stretches)] == [[0, 1], [5, 0], [9, 3]]
