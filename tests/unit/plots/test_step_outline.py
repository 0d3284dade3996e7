import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jangdan.errors import DataError
from jangdan.plots.step_outline import as_bins, outline, thin, within


def test_bins_are_sorted_and_get_a_row():
    starts, ends, values = as_bins([20, 0], [30, 10], [2, np.inf])
    assert starts.tolist() == [0, 20]
    assert ends.tolist() == [10, 30]
    np.testing.assert_array_equal(values, [[np.nan], [2]])


@pytest.mark.parametrize(
    ("starts", "ends", "values"),
    [([0], [1, 2], [1]), ([0], [1], [1, 2]), ([0], [0], [1]), ([0], [1], np.ones((1, 1, 1)))],
)
def test_bins_that_cannot_be_are_an_error(starts, ends, values):
    with pytest.raises(DataError):
        as_bins(starts, ends, values)


def test_within_cuts_at_the_bounds():
    bins = as_bins([0, 10, 20, 30], [10, 20, 30, 40], [1, 2, 3, 4])
    starts, ends, values = within(bins, 15, 30)
    assert starts.tolist() == [15, 20]
    assert ends.tolist() == [20, 30]
    assert values[:, 0].tolist() == [2, 3]


def test_outline_breaks_at_a_gap():
    points = outline(np.array([0, 10, 30]), np.array([10, 20, 40]), np.array([1.0, 2.0, 3.0]))
    nan = np.nan
    expected = [[0, 1], [10, 1], [10, 2], [20, 2], [20, nan], [30, 3], [40, 3]]
    np.testing.assert_array_equal(points, expected)
    assert outline(np.zeros(0, int), np.zeros(0, int), np.zeros(0)).shape == (0, 2)


@given(seed=st.integers(0, 1000), n=st.integers(1, 300), most=st.integers(1, 50))
def test_thinning_keeps_extremes_and_bounds(seed, n, most):
    rng = np.random.default_rng(seed)
    start = np.sort(rng.choice(3000, n, replace=False))
    values = rng.normal(size=n)
    values[rng.random(n) < 0.1] = np.nan
    bins = as_bins(start, start + 5, values)
    starts, ends, kept = thin(bins, most)
    assert len(starts) <= max(most, 1)
    assert starts[0] == start[0]
    assert ends.max() == start[-1] + 5
    if np.isfinite(values).any():
        assert np.nanmax(np.abs(kept)) == np.nanmax(np.abs(values))
    else:
        assert np.isnan(kept).all()


def test_thinning_leaves_gaps_that_can_be_seen():
    start = np.concatenate([np.arange(0, 1000), np.arange(9000, 10000)])
    starts, ends, _ = thin(as_bins(start, start + 1, np.ones(2000)), 100)
    assert ends[starts < 5000].max() == 1000
    assert starts[starts >= 5000].min() == 9000
