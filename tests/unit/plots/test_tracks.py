import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import QuadMesh
from matplotlib.patches import PathPatch

from jangdan.errors import DataError, IntervalError, OptionError
from jangdan.formats.region_table import region_table
from jangdan.plots.genes import stack_rows
from jangdan.plots.genome_axis import View, label_span
from jangdan.plots.style import new_figure, save
from jangdan.plots.tracks import GeneTrack, LetterTrack, RegionTrack, SignalTrack, plot_tracks

STARTS = np.arange(0, 1000, 10)
SIGNAL = SignalTrack("ATAC", STARTS, STARTS + 10, np.arange(100))
REGIONS = region_table(["chr1", "chr1", "chr2"], [100, 800, 200], [200, 900, 300])
GENES = region_table(
    ["chr1"] * 3, [100, 150, 700], [400, 300, 2000], name=["FOXA1", "LINC00261", "AFP"], strand=["+", "-", "."]
)
ALL = (SIGNAL, RegionTrack("Peaks", REGIONS), GeneTrack("Genes", GENES), LetterTrack("Model", 450, np.ones((100, 4))))


def outline_of(ax):
    return ax.collections[0].get_paths()[0].vertices


def boxes(ax):
    return sorted(
        (p.vertices[:, 0].min(), p.vertices[:, 0].max(), p.vertices[:, 1].min())
        for c in ax.collections
        for p in c.get_paths()
    )


def test_panels_share_the_span_and_carry_their_labels():
    figure = plot_tracks(ALL, "chr1", 100, 900)
    assert [ax.get_ylabel() for ax in figure.axes] == ["ATAC", "Peaks", "Genes", "Model"]
    assert {ax.get_xlim() for ax in figure.axes} == {(100, 900)}
    assert [bool(ax.get_xlabel()) for ax in figure.axes] == [False, False, False, True]
    assert figure.get_size_inches()[0] == 10


def test_only_what_overlaps_is_drawn():
    ax = plot_tracks([SIGNAL], "chr1", 95, 205).axes[0]
    points = outline_of(ax)
    assert points[:, 0].min() == 95
    assert points[:, 0].max() == 205
    assert set(points[:, 1]) == set(range(9, 21)) | {0}
    ax = plot_tracks([RegionTrack("Peaks", REGIONS)], "chr1", 150, 800).axes[0]
    assert [b[:2] for b in boxes(ax)] == [(100, 200)]  # an end that touches is outside


def test_a_line_keeps_gaps():
    track = SignalTrack("x", [0, 20], [10, 30], [1, 2], kind="line", colour="#123456")
    line = plot_tracks([track], "chr1", 0, 40).axes[0].lines[0]
    np.testing.assert_array_equal(line.get_ydata(), [1, 1, np.nan, 2, 2])
    assert line.get_color() == "#123456"


def test_rows_of_a_signal_are_lines_or_areas_of_their_own():
    values = np.stack([np.ones(100), -np.ones(100)], axis=1)
    lines = SignalTrack("x", STARTS, STARTS + 10, values, kind="line")
    areas = SignalTrack("x", STARTS, STARTS + 10, values)
    figure = plot_tracks([lines, areas], "chr1", 0, 1000)
    assert len(figure.axes[0].lines) == 2
    assert len(figure.axes[1].collections) == 2
    assert figure.axes[1].get_ylim()[0] < -1


def test_a_heat_map_has_a_row_a_condition():
    values = np.arange(6.0).reshape(3, 2)
    track = SignalTrack("x", [0, 10, 30], [10, 20, 40], values, kind="heat")
    ax = plot_tracks([track], "chr1", 0, 40).axes[0]
    (mesh,) = [c for c in ax.collections if isinstance(c, QuadMesh)]
    cells = mesh.get_array()
    np.testing.assert_array_equal(cells.filled(-1), [[0, 2, -1, 4], [1, 3, -1, 5]])
    assert [t.get_text() for t in ax.texts] == ["5", "0"]
    assert ax.get_ylim() == (2, 0)  # the first condition is on top


def test_a_long_signal_is_thinned_without_losing_its_peak():
    values = np.zeros(1_000_000)
    values[123_456] = 7
    place = np.arange(len(values))
    ax = plot_tracks([SignalTrack("x", place, place + 1, values)], "chr1", 0, len(values)).axes[0]
    points = outline_of(ax)
    assert len(points) < 20_000
    assert points[:, 1].max() == 7


def test_genes_stand_in_rows_with_names_and_arrows():
    ax = plot_tracks([GeneTrack("Genes", GENES)], "chr1", 0, 1000).axes[0]
    assert [t.get_text() for t in ax.texts] == ["FOXA1", "LINC00261", "AFP"]
    first, second, third = boxes(ax)
    assert first[:2] == (100, 400)
    assert third[:2] == (700, 1000)  # cut at the view
    assert first[2] == third[2] != second[2]
    arrows = {line.get_marker(): line.get_xdata().tolist() for line in ax.lines}
    assert arrows == {">": [400], "<": [150]}


@pytest.mark.parametrize("width", [5, 10])
def test_names_of_genes_do_not_overlap_and_stay_inside(width):
    rng = np.random.default_rng(0)
    start = rng.integers(0, 900, 12)
    table = region_table(["chr1"] * 12, start, start + 90, name=[f"ENSG0000{i}" for i in range(12)], strand=["+"] * 12)
    figure = plot_tracks([GeneTrack("Genes", table)], "chr1", 0, 1000, width=width)
    figure.draw_without_rendering()
    found = [t.get_window_extent() for t in figure.axes[0].texts]
    assert not any(a.overlaps(b) for i, a in enumerate(found) for b in found[:i])
    assert all(box.x1 <= figure.bbox.x1 for box in found)


def test_very_many_genes_are_boxes_without_names():
    start = np.zeros(40, dtype=int) + 10
    table = region_table(["chr1"] * 40, start, start + 500, name=["X"] * 40)
    figure = plot_tracks([GeneTrack("Genes", table)], "chr1", 0, 1000)
    assert not figure.axes[0].texts
    assert len(boxes(figure.axes[0])) == 40
    assert figure.get_size_inches()[1] < 5


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=30))
def test_rows_hold_no_overlap_and_are_as_few_as_can_be(stretches):
    left = np.array([s for s, _ in stretches], dtype=float)
    right = left + [w for _, w in stretches]
    rows = stack_rows(left, right)
    for i, j in zip(*np.triu_indices(len(left), 1), strict=True):
        assert rows[i] != rows[j] or right[i] <= left[j] or right[j] <= left[i]
    depth = max((int(((left <= x) & (x < right)).sum()) for x in left), default=0)
    assert len(set(rows)) == depth


def test_letters_are_drawn_where_they_can_be_read():
    near = plot_tracks([ALL[-1]], "chr1", 500, 520).axes[0]
    glyphs = [p for p in near.patches if isinstance(p, PathPatch)]
    assert len(glyphs) == 20 * 4
    extents = [g.get_path().get_extents() for g in glyphs]
    assert min(e.x0 for e in extents) >= 500
    assert max(e.x1 for e in extents) <= 520
    far = plot_tracks([LetterTrack("Model", 0, np.ones((1000, 4)))], "chr1", 0, 1000).axes[0]
    assert not [p for p in far.patches if isinstance(p, PathPatch)]
    assert outline_of(far)[:, 1].max() == 4


def test_letters_begin_and_end_where_the_attribution_does():
    ax = plot_tracks([LetterTrack("Model", 10, np.ones((3, 4)))], "chr1", 0, 50).axes[0]
    extents = [p.get_path().get_extents() for p in ax.patches]
    assert min(e.x0 for e in extents) >= 10
    assert max(e.x1 for e in extents) <= 13
    assert ax.get_xlim() == (0, 50)


@pytest.mark.parametrize("kind", ["fill", "line", "heat"])
def test_tracks_without_data_are_empty_panels(tmp_path, kind):
    nothing = SignalTrack("none", [], [], [], kind=kind)
    missing = SignalTrack("nan", STARTS, STARTS + 10, np.full(100, np.nan), kind=kind)
    empty = region_table([], [], [])
    tracks = [nothing, missing, RegionTrack("r", empty), GeneTrack("g", empty), *ALL]
    for start in (0, 5000):
        figure = plot_tracks(tracks, "chr1", start, start + 1000)
        assert len(figure.axes) == len(tracks)
        assert [ax.texts[0].get_text() for ax in figure.axes[:2]] == ["no data"] * 2
        save(figure, tmp_path / f"{start}.png")


def test_mistakes_are_named():
    with pytest.raises(OptionError, match="kind='dots'"):
        SignalTrack("x", [0], [1], [1], kind="dots")
    with pytest.raises(DataError, match="do not agree"):
        SignalTrack("x", [0, 1], [1], [1])
    with pytest.raises(DataError, match="no column name, strand"):
        GeneTrack("g", pd.DataFrame({"chrom": [], "start": [], "end": []}))
    with pytest.raises(DataError, match="expected \\(length, 4\\)"):
        LetterTrack("x", 0, np.zeros((5, 3)))
    with pytest.raises(IntervalError, match="chr1:10-10"):
        plot_tracks(ALL, "chr1", 10, 10)
    with pytest.raises(OptionError, match="at least one track"):
        plot_tracks([], "chr1", 0, 10)


@pytest.mark.parametrize(
    ("start", "end", "unit", "some"),
    [
        (1000, 2000, "bp", "1,200"),
        (1_000_000, 1_200_000, "kb", "1,050"),
        (1_000_000, 1_006_000, "kb", "1,001"),
        (50_000_000, 60_000_000, "Mb", "52"),
        (0, 2_000_000, "Mb", "0.5"),
    ],
)
def test_coordinates_are_in_the_unit_of_the_span(start, end, unit, some):
    ax = new_figure(10, 2).add_subplot()
    label_span(ax, View("chr1", start, end))
    ax.get_figure().draw_without_rendering()
    labels = [t.get_text() for t in ax.get_xticklabels()]
    assert ax.get_xlabel() == f"chr1 ({unit})"
    assert some in labels
    assert len(set(labels)) == len(labels)


@given(start=st.integers(0, 250_000_000), span=st.integers(1, 100_000_000))
def test_no_two_ticks_read_alike(start, span):
    ax = new_figure(10, 2).add_subplot()
    label_span(ax, View("chr1", start, start + span))
    labels = [ax.xaxis.get_major_formatter()(x) for x in ax.xaxis.get_majorticklocs()]
    assert len(set(labels)) == len(labels)


def test_files_are_repeatable_and_pyplot_knows_no_figure(tmp_path):
    for name in ("a.svg", "b.svg"):
        save(plot_tracks(ALL, "chr1", 0, 1000), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert not plt.get_fignums()
