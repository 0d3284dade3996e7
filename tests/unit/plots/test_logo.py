import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from jangdan.errors import DataError, OptionError
from jangdan.plots.logo import plot_attribution, plot_attribution_figure, strongest
from jangdan.plots.style import LETTER_COLOURS, new_figure, save


def glyphs(ax):
    """(left, right, bottom, top, colour) of each letter, left to right, bottom to top."""
    patches = [p for p in ax.patches if isinstance(p, PathPatch)]
    boxes = [(p.get_path().get_extents(), to_hex(p.get_facecolor()).upper()) for p in patches]
    return sorted((b.x0, b.x1, b.y0, b.y1, c) for b, c in boxes)


def axis():
    return new_figure(6, 2).add_subplot()


def test_letters_stand_at_their_place_up_and_down():
    ax = axis()
    plot_attribution(ax, [[2.0, 0, 0, 0], [0, 0, -1.5, 0], [0, 0, 0, 0]], 100)
    up, down = glyphs(ax)
    assert 100 <= up[0] < up[1] <= 101
    assert up[2:4] == pytest.approx((0, 2))
    assert up[4] == LETTER_COLOURS["A"]
    assert 101 <= down[0] < down[1] <= 102
    assert down[2:4] == pytest.approx((-1.5, 0))
    assert down[4] == LETTER_COLOURS["G"]
    assert ax.get_xlim() == (100, 103)


def test_letters_of_one_position_are_stacked_the_largest_outermost():
    ax = axis()
    plot_attribution(ax, [[1.0, -0.5, 2.0, -3.0]], 0)
    spans = {c: pytest.approx((low, high)) for _, _, low, high, c in glyphs(ax)}
    assert spans[LETTER_COLOURS["A"]] == (0, 1)
    assert spans[LETTER_COLOURS["G"]] == (1, 3)
    assert spans[LETTER_COLOURS["C"]] == (-0.5, 0)
    assert spans[LETTER_COLOURS["T"]] == (-3.5, -0.5)
    low, high = ax.get_ylim()
    assert low < -3.5
    assert high > 3


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_there_is_a_glyph_for_each_score_that_is_not_zero(seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(6, 4)) * (rng.random((6, 4)) < 0.5)
    ax = axis()
    plot_attribution(ax, scores, 10)
    drawn = glyphs(ax)
    assert len(drawn) == np.count_nonzero(scores)
    assert sum(top - bottom for _, _, bottom, top, _ in drawn) == pytest.approx(np.abs(scores).sum())


def test_ticks_name_the_position_of_a_letter():
    ax = axis()
    plot_attribution(ax, np.ones((20, 4)), 1_000_000, chrom="chr7")
    labels = [t.get_text() for t in ax.get_xticklabels()]
    assert labels[0] == "chr7:1,000,000"
    assert ax.get_xticks()[0] == 1_000_000.5


def test_other_alphabets():
    ax = axis()
    plot_attribution(ax, [[1.0, 1.0]], 0, letters="UX")
    assert len(glyphs(ax)) == 2


@pytest.mark.parametrize("scores", [np.zeros((0, 4)), np.zeros((5, 3)), np.zeros(5)])
def test_another_shape_is_an_error(scores):
    with pytest.raises(DataError, match=r"expected \(length, 4\)"):
        plot_attribution(axis(), scores, 0)


def test_nan_is_counted():
    with pytest.raises(DataError, match="1 of 8 values"):
        plot_attribution(axis(), [[0, 0, 0, np.nan], [0, 0, 0, 0]], 0)


@given(seed=st.integers(0, 1000), length=st.integers(1, 40), width=st.integers(1, 50))
def test_strongest_equals_a_search(seed, length, width):
    scores = np.random.default_rng(seed).normal(size=(length, 4))
    found = strongest(scores, width)
    fits = min(width, length)
    assert found.stop - found.start == fits
    masses = [np.abs(scores[i : i + fits]).sum() for i in range(length - fits + 1)]
    assert np.abs(scores[found]).sum() == pytest.approx(max(masses))


def window():
    scores = np.zeros((200, 4))
    scores[120:126, 2] = [1, 2, 3, -2, 1, 1]
    return scores


def test_the_figure_has_the_window_above_and_the_letters_below():
    figure = plot_attribution_figure(window(), "chr1", 5000, zoom=10, title="peak")
    top, bottom = figure.axes
    assert top.get_xlim() == (5000, 5200)
    assert top.get_title(loc="left") == "peak"
    assert top.get_xlabel() == "chr1 (bp)"
    left, right = bottom.get_xlim()
    assert right - left == 10
    assert left <= 5120
    assert right >= 5126
    assert len(glyphs(bottom)) == 6
    (shaded,) = [p for p in top.patches if not isinstance(p, PathPatch)]
    assert (shaded.get_x(), shaded.get_width()) == (left, 10)
    heights = top.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.max() == 3


def test_signals_get_a_panel_each():
    figure = plot_attribution_figure(window(), "chr1", 0, signals={"ATAC": np.arange(200), "model": np.ones(200)})
    assert [ax.get_ylabel() for ax in figure.axes] == ["Attribution", "ATAC", "model", "Attribution"]
    assert [bool(ax.get_xlabel()) for ax in figure.axes[:3]] == [False, False, True]
    with pytest.raises(DataError, match="signal 'ATAC'"):
        plot_attribution_figure(window(), "chr1", 0, signals={"ATAC": np.arange(7)})


def test_zoom_past_the_window_shows_the_window():
    figure = plot_attribution_figure(window(), "chr1", 0, zoom=1000)
    assert figure.axes[1].get_xlim() == (0, 200)
    with pytest.raises(OptionError, match="zoom=0"):
        plot_attribution_figure(window(), "chr1", 0, zoom=0)


def test_attribution_of_zero_everywhere_is_drawn(tmp_path):
    save(plot_attribution_figure(np.zeros((50, 4)), "chr1", 0), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 0


def test_files_are_repeatable(tmp_path):
    for name in ("a.svg", "b.svg"):
        save(plot_attribution_figure(window(), "chr1", 0), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
