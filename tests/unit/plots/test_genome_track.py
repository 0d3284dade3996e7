"""plotGenomeTrack: what is drawn equals what the covers hold."""

import subprocess
import sys
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from jangdan.datasets.cover import Cover
from jangdan.errors import ContigError, IntervalError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.genome.intervals import Intervals
from jangdan.plots.genome_track import HeatTrack, LineTrack, SeqTrack, Track, plotGenomeTrack
from jangdan.plots.style import LETTER_COLOURS
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray

RNG = np.random.default_rng(8)
VALUES = RNG.gamma(1.0, 3.0, (100, 2, 2)).astype(np.float32)  # chr1: 60 bins of 10 bp, chr2: 40


def cover(values=VALUES, name="atac", conditions=("heart", "lung"), resolution=10):
    sizes = {"chr1": 60 * resolution - resolution // 2, "chr2": (len(values) - 60) * resolution}
    return Cover(name, GenomicArray(Layout.of_genome(sizes, resolution), values, conditions), None)


def letters(strands=1, conditions="ACGT"):
    return cover(RNG.normal(size=(100, strands, 4)), "importance", tuple(conditions), 1)


def lines(figure):
    return [ax.lines[0] for ax in figure.axes]


def mesh(ax):
    (found,) = [c for c in ax.collections if isinstance(c, QuadMesh)]
    return found.get_array().filled(np.nan)


def glyphs(ax):
    """(left, bottom, top, colour) of each letter."""
    patches = [p for p in ax.patches if isinstance(p, PathPatch)]
    boxes = [(p.get_path().get_extents(), to_hex(p.get_facecolor()).upper()) for p in patches]
    return sorted((int(b.x0), b.y0, b.y1, colour) for b, colour in boxes)


def test_a_line_for_each_condition_and_strand():
    figure = plotGenomeTrack(cover(), "chr1", 100, 200)
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert labels == ["heart +", "heart −", "lung +", "lung −"]
    columns = [VALUES[10:20, s, c] for c in (0, 1) for s in (0, 1)]
    for line, expected in zip(lines(figure), columns, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), expected)
        np.testing.assert_array_equal(line.get_xdata(), np.arange(105, 200, 10))
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["atac", "", "", ""]
    assert figure.get_size_inches().tolist() == [10, 5]


def test_panels_share_coordinates_that_stand_below_the_last():
    figure = plotGenomeTrack([cover(), HeatTrack(cover()), letters()], "chr1", 20, 51, plottypes=["line", "seqplot"])
    figure.draw_without_rendering()
    assert {ax.get_xlim() for ax in figure.axes} == {(20, 51)}
    last = figure.axes[-1]
    assert [ax.get_xlabel() for ax in figure.axes] == [""] * 5 + ["chr1 (bp)"]
    shown = [t.get_text() for t in last.get_xticklabels() if 20 <= t.get_position()[0] <= 51]
    assert shown == ["20", "30", "40", "50"]
    assert not any(t.get_visible() for ax in figure.axes[:-1] for t in ax.get_xticklabels())


def test_bounds_are_moved_outwards_to_whole_bins_and_cut():
    figure = plotGenomeTrack(cover(VALUES[:, :1, :1], conditions=("x",)), "chr1", 103, 128)
    (line,) = lines(figure)
    np.testing.assert_array_equal(line.get_ydata(), VALUES[10:13, 0, 0])
    np.testing.assert_array_equal(line.get_xdata(), [(103 + 110) / 2, 115, (120 + 128) / 2])
    assert figure.axes[0].get_ylabel() == "x"


def test_what_lies_off_the_chromosome_is_blank():
    one = cover(VALUES[:, :1, :1], conditions=("x",))
    (line,) = lines(plotGenomeTrack(one, "chr1", -30, 620))
    assert np.isnan(line.get_ydata()[:3]).all()
    np.testing.assert_array_equal(line.get_ydata()[3:63], VALUES[:60, 0, 0])
    assert np.isnan(line.get_ydata()[63:]).all()
    assert line.get_xdata()[62] == (590 + 595) / 2  # the last bin ends with the chromosome
    heat = mesh(plotGenomeTrack(one, "chr1", -30, 30, plottypes=["heatmap"]).axes[0])
    np.testing.assert_array_equal(heat, [[np.nan] * 3 + VALUES[:3, 0, 0].tolist()])
    off = plotGenomeTrack([HeatTrack(one), one], "chr1", 5000, 6000)
    assert [[t.get_text() for t in ax.texts] for ax in off.axes] == [["no data"]] * 2
    off.draw_without_rendering()


def test_what_was_not_read_is_blank():
    layout = Layout.of_intervals(Intervals.of(Contigs.of_sizes({"chr1": 600}), [0], [100], [150]), 10)
    part = Cover("part", GenomicArray(layout, VALUES[:5, :1, :1], ("x",)), None)
    (line,) = lines(plotGenomeTrack(part, "chr1", 80, 170))
    np.testing.assert_array_equal(line.get_ydata(), [np.nan] * 2 + VALUES[:5, 0, 0].tolist() + [np.nan] * 2)


def test_nan_is_a_gap():
    values = VALUES[:, :1, :1].copy()
    values[3] = np.nan
    (line,) = lines(plotGenomeTrack(cover(values, conditions=("x",)), "chr1", 0, 100))
    np.testing.assert_array_equal(line.get_ydata(), values[:10, 0, 0])


def test_a_bin_between_gaps_is_still_seen():
    values = np.full((100, 1, 1), np.nan)
    values[[0, 5, 6, 9], 0, 0] = [1, 2, 3, -4]
    (ax,) = plotGenomeTrack(cover(values, conditions=("x",)), "chr1", 0, 600).axes
    np.testing.assert_array_equal(ax.collections[0].get_segments(), [[[0, 1], [10, 1]], [[90, -4], [100, -4]]])


def test_a_heat_map_has_a_row_for_each_condition_and_strand():
    (ax,) = plotGenomeTrack(HeatTrack(cover()), "chr2", 0, 400).axes
    expected = [VALUES[60:, s, c] for c in (0, 1) for s in (0, 1)]
    np.testing.assert_array_equal(mesh(ax), expected)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["heart +", "heart −", "lung +", "lung −"]
    assert ax.get_ylim() == (4, 0)


@pytest.mark.parametrize("conditions", ["ACGT", "TGCA", "acgt", "ACGU"])
def test_letters_are_as_tall_as_their_values(conditions):
    data = letters(conditions=conditions)
    (ax,) = plotGenomeTrack(SeqTrack(data), "chr1", 10, 30).axes
    scores = data.garray.data[10:30, 0]
    drawn = {(x, colour): (bottom, top) for x, bottom, top, colour in glyphs(ax)}
    assert len(drawn) == scores.size
    for column, letter in enumerate(conditions.upper()):
        heights = [np.subtract(*drawn[x, LETTER_COLOURS[letter]][::-1]) for x in range(10, 30)]
        np.testing.assert_allclose(heights, np.abs(scores[:, column]), atol=1e-6)
    for x in range(10, 30):
        tops = [top for (place, _), (_, top) in drawn.items() if place == x]
        assert max(tops) == pytest.approx(np.maximum(scores[x - 10], 0).sum(), abs=1e-6)


def test_letters_stand_only_where_there_are_any():
    data = letters(strands=2)
    figure = plotGenomeTrack(data, "chr1", 50, 80, plottypes=["seqplot"])
    assert [ax.get_ylabel() for ax in figure.axes] == ["+", "−"]
    assert {g[0] for g in glyphs(figure.axes[0])} == set(range(50, 60))
    assert figure.axes[1].get_xlim() == (50, 80)
    away = plotGenomeTrack(SeqTrack(data), "chr1", 70, 80)
    assert away.axes[0].texts[0].get_text() == "no data"


def test_many_bases_are_an_area_of_their_sum():
    data = cover(RNG.normal(size=(460, 1, 4)), "importance", tuple("ACGT"), 1)
    (ax,) = plotGenomeTrack(SeqTrack(data), "chr2", 0, 400).axes
    tops = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert tops.max() == pytest.approx(data.garray.data[60:].sum(axis=2).max())
    assert not glyphs(ax)


def test_attributions_go_from_an_array_to_letters():
    scores = RNG.normal(size=(1, 40, 1, 4))
    indexer = GenomicIndexer.create_from_file([Interval("chr3", 1000, 1040)])
    data = Cover.create_from_array("a", scores, indexer, {"chr3": 5000}, conditions=list("ACGT"))
    (ax,) = plotGenomeTrack(data, "chr3", 990, 1050, plottypes=["seqplot"]).axes
    assert len(glyphs(ax)) == 160
    assert sum(top - bottom for _, bottom, top, _ in glyphs(ax)) == pytest.approx(np.abs(scores).sum())


def test_values_of_regions_stand_at_their_region():
    start, end = np.array([300, 10, 60]), np.array([400, 60, 100])
    garray = RegionArray(
        Contigs.of_names(["chr1"]),
        np.zeros(3, dtype=np.int64),
        start,
        end,
        np.array([3.0, 1, 2])[:, None, None],
        ("x",),
    )
    (panel,) = plotGenomeTrack(Cover("genes", garray, None), "chr1", 0, 350).axes
    (line,), (bars,) = panel.lines, panel.collections
    np.testing.assert_array_equal(line.get_ydata(), [1, 2, np.nan, 3])
    np.testing.assert_array_equal(line.get_xdata(), [35, 80, 100, 325])
    np.testing.assert_array_equal(bars.get_segments(), [[[300, 3], [350, 3]]])
    (ax,) = plotGenomeTrack(HeatTrack(Cover("genes", garray, None)), "chr1", 0, 350).axes
    np.testing.assert_array_equal(mesh(ax), [[1, 2, np.nan, 3]])


def test_tracks_carry_their_style_and_height():
    one = cover(VALUES[:, :1, :1], conditions=("x",))
    own = LineTrack(one, height=6, linestyle="--", marker="s", color="#D55E00", linewidth=1)
    figure = plotGenomeTrack([own, one, Track(one, 3)], "chr1", 0, 100)
    styled, plain, general = lines(figure)
    assert (styled.get_linestyle(), styled.get_marker(), styled.get_color()) == ("--", "s", "#D55E00")
    for line in (plain, general):
        assert (line.get_linestyle(), line.get_marker(), line.get_color(), line.get_linewidth()) == ("-", "o", "b", 2)
    assert figure.axes[0].get_gridspec().get_height_ratios() == [6, 3, 3]


def test_markers_and_peaks_of_long_stretches():
    values = np.zeros((30_060, 1, 1))
    values[15_060] = -7
    long = cover(values, conditions=("x",))
    assert lines(plotGenomeTrack(long, "chr2", 0, 1000))[0].get_marker() == "o"
    (line,) = lines(plotGenomeTrack(long, "chr2", 0, 300_000))
    assert line.get_marker() == ""
    assert len(line.get_ydata()) <= 4000
    assert line.get_ydata().min() == -7


def test_very_many_panels_can_be_drawn(tmp_path):
    names = tuple(f"a_$very_long_name_of_condition_number_{i}$" for i in range(10))
    many = cover(RNG.normal(size=(100, 2, 10)), conditions=names)
    figure = plotGenomeTrack([many, HeatTrack(many)], "chr1", 0, 600)
    assert len(figure.axes) == 21
    figure.savefig(tmp_path / "many.png")
    assert len(figure.axes[0].get_ylabel()) < 32


def test_pyplot_knows_no_figure_and_nothing_stored_changes(tmp_path):
    data = cover()
    plotGenomeTrack([data, HeatTrack(data)], "chr1", -50, 900).savefig(tmp_path / "a.pdf")
    np.testing.assert_array_equal(data.garray.data, VALUES)
    assert not plt.get_fignums()


def test_show_draws_below_the_cell_of_a_notebook(monkeypatch):
    shown = []
    shell = SimpleNamespace(kernel=object())
    display = SimpleNamespace(display=shown.append)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=display))
    figure = plotGenomeTrack(cover(), "chr1", 0, 100, figsize=(4, 3))
    figure.show()
    assert shown == [figure]
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_show_needs_no_pyplot_figure():
    script = """
import warnings, matplotlib
matplotlib.use("agg")
from tests.unit.plots.test_genome_track import cover, plotGenomeTrack
figure = plotGenomeTrack(cover(), "chr1", 0, 100)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    figure.show()
from matplotlib import pyplot
assert not pyplot.get_fignums()
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_mistakes_are_named():
    data = cover()
    for wrong in (3, [data, None], "atac", {"a": data}, np.zeros(3)):
        with pytest.raises(OptionError, match="expected a Cover, a Track"):
            plotGenomeTrack(wrong, "chr1", 0, 10)
    with pytest.raises(OptionError, match="at least one"):
        plotGenomeTrack([], "chr1", 0, 10)
    with pytest.raises(ContigError, match="chr9"):
        plotGenomeTrack(data, "chr9", 0, 10)
    with pytest.raises(IntervalError, match="chr1:10-10"):
        plotGenomeTrack(data, "chr1", 10, 10)
    with pytest.raises(OptionError, match=r"start=1\.5"):
        plotGenomeTrack(data, "chr1", 1.5, 10)
    for figsize in ((10,), (0, 5), "10", None, (1, "b")):
        with pytest.raises(OptionError, match="figsize="):
            plotGenomeTrack(data, "chr1", 0, 10, figsize)


@pytest.mark.parametrize(
    ("plottypes", "message"),
    [
        (["dots"], "'dots', expected line, heatmap, seqplot"),
        (["line"] * 2, "expected 1, one for each"),
        ([], "expected 1"),
    ],
)
def test_plot_types_are_checked(plottypes, message):
    with pytest.raises(OptionError, match=message):
        plotGenomeTrack([cover(), HeatTrack(cover())], "chr1", 0, 10, plottypes=plottypes)


def test_tracks_are_checked():
    with pytest.raises(OptionError, match="conditions heart, lung; letters"):
        plotGenomeTrack(SeqTrack(cover()), "chr1", 0, 10)
    with pytest.raises(OptionError, match="resolution of 10 bp"):
        plotGenomeTrack(SeqTrack(cover(VALUES.reshape(100, 1, 4), conditions=tuple("ACGT"))), "chr1", 0, 10)
    for height in (0, -1, "3", None, float("nan"), True):
        with pytest.raises(OptionError, match="height="):
            HeatTrack(cover(), height)
    for style in ({"linestyle": "wavy"}, {"marker": "oo"}, {"color": "bleu"}, {"linewidth": "fat"}):
        with pytest.raises(OptionError, match="LineTrack"):
            LineTrack(cover(), **style)
