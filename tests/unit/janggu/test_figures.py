from types import SimpleNamespace

import numpy as np
import pytest
from scipy.cluster.hierarchy import dendrogram, linkage
from sklearn import metrics as sk
from sklearn.decomposition import PCA

from jangdan.errors import DataError, OptionError
from jangdan.janggu.clustermap import Matrix, draw_clustermap, scaled
from jangdan.janggu.embedding import draw_embedding
from jangdan.janggu.exporters import ExportClustermap, ExportScorePlot, ExportTsne
from jangdan.janggu.results import Curve
from jangdan.janggu.row_colours import coloured
from jangdan.janggu.scorer import Scorer
from jangdan.plots.style import PALETTE

MODEL = SimpleNamespace(name="net")
RNG = np.random.default_rng(6)
GROUP = np.repeat([0, 1, 2], 20)
ACTIVITY = RNG.normal(size=(60, 5)) + 8 * np.eye(3)[GROUP] @ RNG.normal(size=(3, 5))
KEYS = [("net", "y", c) for c in ("a", "b", "c")]
LINE = Curve([0.0, 0.5, 1.0], [0.0, 0.8, 1.0], 0.7)


def entries(figure):
    legend = figure.axes[0].get_legend() or figure.legends[0]
    return [text.get_text() for text in legend.get_texts()]


def activities(exporter, tmp_path, values=ACTIVITY):
    scorer = Scorer("act", exporter=exporter)
    scorer.score(MODEL, {"dense_1": values})
    return scorer.export(tmp_path, "net")


def test_a_curve_a_condition_with_its_number_in_the_legend():
    plot = ExportScorePlot(None, "x", "y", legend="auROC", reference="diagonal")
    figure = plot.draw({KEYS[0]: LINE, KEYS[1]: Curve([0, 1], [0, 1], "text"), KEYS[2]: None}, title="roc")
    ax = figure.axes[0]
    assert entries(figure) == ["a  0.700", "b  text", "c  n/a"]
    assert ax.get_legend().get_title().get_text() == "auROC"
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), np.column_stack(LINE[:2]))
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title(loc="left")) == ("x", "y", "roc")


def test_names_say_what_differs():
    plot = ExportScorePlot()
    figure = plot.draw({("one", "y", "a"): LINE, ("two", "y", "a"): LINE})
    assert entries(figure) == ["one  0.700", "two  0.700"]
    figure = plot.draw({("one", "y", "a"): LINE, ("two", "y", "b"): LINE})
    assert entries(figure) == ["one / a  0.700", "two / b  0.700"]


def test_the_first_point_is_the_level_of_reference():
    falling = Curve([1.0, 0.5, 0.0], [0.25, 0.5, 1.0])
    ax = ExportScorePlot(reference="first").draw({KEYS[0]: falling}).axes[0]
    assert list(ax.lines[0].get_ydata()) == [0.25, 0.25]


def test_many_curves_are_summed_up():
    curves = {("m", "y", i): Curve([0, 1], [0, 1], i / 100) for i in range(50)}
    figure = ExportScorePlot().draw({**curves, ("m", "y", "none"): None})
    assert entries(figure) == ["51 curves, 1 not defined\nmedian 0.245\n(0.000 to 0.490)"]
    assert len(figure.axes[0].lines) == 51


def test_a_long_legend_does_not_cover_the_panel():
    curves = {("m", "y", f"condition {i} with a long name"): LINE for i in range(12)}
    figure = ExportScorePlot().draw(curves)
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= figure.axes[0].get_window_extent().x1
    assert legend.x1 <= figure.bbox.x1
    assert legend.y0 >= 0


def test_curves_beyond_the_unit_square_are_not_cut():
    ax = ExportScorePlot().draw({KEYS[0]: Curve([0, 5], [-3, 9])}).axes[0]
    assert ax.get_xlim()[1] >= 5
    assert ax.get_ylim()[0] <= -3


@pytest.mark.parametrize(
    ("fform", "magic"), [(None, b"\x89PNG"), ("svg", b"<?xml"), ("PDF", b"%PDF"), ("eps", b"%!PS")]
)
def test_forms_of_figures(fform, magic, tmp_path):
    def custom(y_true, y_pred):
        fpr, tpr, _ = sk.roc_curve(y_true, y_pred)
        return fpr, tpr, f"({sk.roc_auc_score(y_true, y_pred):.2%})"

    scorer = Scorer("ROC", custom, exporter=ExportScorePlot((3, 3), "FPR", "TPR", fform))
    scorer.score(MODEL, {"y": RNG.random(30)}, {"y": np.tile([0, 1], 15)})
    (path,) = scorer.export(tmp_path, "net")
    assert path == tmp_path / "net" / f"ROC.{(fform or 'png').lower()}"
    assert path.read_bytes().startswith(magic)


def test_curves_of_scikit_learn_are_drawn_as_they_are(tmp_path):
    scorer = Scorer("ROC", sk.roc_curve, exporter=ExportScorePlot(figsize=(2, 2)))
    scorer.score(MODEL, {"y": RNG.random(30)}, {"y": np.tile([0, 1], 15)})
    assert scorer.export(tmp_path, "net")[0].is_file()


@pytest.mark.parametrize("value", [0.5, [1, 2], ([1, 2], [1]), (["a"], ["b"]), ([[1]], [[1]]), (1, 2)])
def test_a_value_that_is_no_curve(value, tmp_path):
    with pytest.raises(DataError, match=r"ExportScorePlot: the value of .*'a'.* expected \(x, y\)"):
        ExportScorePlot()(str(tmp_path), "roc", {KEYS[0]: {"value": value}})


@pytest.mark.parametrize("make", [ExportScorePlot, ExportClustermap, ExportTsne])
def test_an_unknown_form(make):
    with pytest.raises(OptionError, match="fform='bmp': expected one of png, svg, pdf, eps"):
        make(fform="bmp")


def test_scaling_is_by_row_or_column_and_constant_becomes_zero():
    values = np.array([[1.0, 2.0, 6.0], [3.0, 3.0, 3.0]])
    away = np.array([-2.0, -1.0, 3.0])
    np.testing.assert_allclose(scaled(values, 0), [away / np.sqrt((away**2).mean()), [0, 0, 0]])
    np.testing.assert_allclose(scaled(values, 1), [[-1, -1, 1], [1, 1, -1]])
    assert scaled(values, None) is values


@pytest.mark.parametrize("method", ["ward", "single"])
def test_heat_map_and_trees_are_those_of_scipy(method):
    matrix = Matrix(ACTIVITY, list("abcde"), {"group": GROUP})
    figure = draw_clustermap(matrix, method, None, "title")
    left, top, strip, heat, *_ = figure.axes
    tree = dendrogram(linkage(ACTIVITY, method), no_plot=True)
    other = dendrogram(linkage(ACTIVITY.T, method), no_plot=True)
    np.testing.assert_array_equal(heat.images[0].get_array(), ACTIVITY[tree["leaves"]][:, other["leaves"]])
    assert [t.get_text() for t in heat.get_xticklabels()] == ["abcde"[i] for i in other["leaves"]]
    expected = np.stack([(np.array(other["icoord"]) - 5) / 10, other["dcoord"]], axis=-1)
    drawn = np.array(top.collections[0].get_segments())
    for brackets in (drawn, expected):
        brackets[...] = brackets[np.lexsort((brackets[:, 0, 0], brackets[:, 1, 1]))]
    np.testing.assert_allclose(drawn, expected)
    assert len(left.collections[0].get_segments()) == 59
    assert strip.images[0].get_array().shape == (60, 1, 3)


def test_rows_of_a_strip_are_in_the_order_of_the_tree():
    figure = draw_clustermap(Matrix(ACTIVITY, list("abcde"), {"group": GROUP}), "ward", None, "")
    order = dendrogram(linkage(ACTIVITY, "ward"), no_plot=True)["leaves"]
    colours = [tuple(int(PALETTE[GROUP[i]][k : k + 2], 16) / 255 for k in (1, 3, 5)) for i in order]
    np.testing.assert_allclose(figure.axes[2].images[0].get_array()[:, 0], colours)


def test_a_deep_tree_a_single_column_and_a_single_row(tmp_path):
    chain = np.cumsum(np.arange(1500.0))[:, None] * np.ones((1, 2))
    assert activities(ExportClustermap("single"), tmp_path, chain)[0].is_file()
    assert activities(ExportClustermap(), tmp_path, ACTIVITY[:, :1])[0].is_file()
    assert activities(ExportClustermap(), tmp_path, ACTIVITY[:1])[0].is_file()


def test_row_names_are_written_where_there_is_room(tmp_path):
    names = np.array([f"r{i}" for i in range(20)])
    heat = draw_clustermap(Matrix(ACTIVITY[:20], list("abcde"), row_names=names), "ward", None, "").axes[2]
    order = dendrogram(linkage(ACTIVITY[:20], "ward"), no_plot=True)["leaves"]
    assert [t.get_text() for t in heat.get_yticklabels()] == [f"r{i}" for i in order]


def test_of_many_rows_some_are_drawn_and_the_title_says_so(tmp_path, monkeypatch):
    from jangdan.janggu import export_activities as module

    monkeypatch.setattr(module, "MOST_CLUSTERED", 50)
    titles, shapes = [], []

    def seen(matrix, method, figsize, title):
        titles.append(title)
        shapes.append((matrix.values.shape, matrix.annot["group"].shape))
        return draw_clustermap(matrix, method, figsize, title)

    monkeypatch.setattr(module, "draw_clustermap", seen)
    activities(ExportClustermap(annot={"group": GROUP}), tmp_path)
    assert titles == ["act: 50 of 60 rows, drawn at random"]
    assert shapes == [((50, 5), (50,))]


def test_pca_is_that_of_scikit_learn_and_tsne_keeps_groups_apart():
    np.testing.assert_allclose(ExportTsne(method="pca").embed(ACTIVITY), PCA(2).fit_transform(ACTIVITY), atol=1e-9)
    places = ExportTsne(seed=4).embed(ACTIVITY)
    np.testing.assert_array_equal(places, ExportTsne(seed=4).embed(ACTIVITY))
    assert sk.silhouette_score(places, GROUP) > 0.5


def test_embeddings_are_written_and_coloured(tmp_path):
    annot = {"group": np.array(["x", "y", "z"])[GROUP], "signal": ACTIVITY[:, 0]}
    (path,) = activities(ExportTsne(annot, method="pca"), tmp_path)
    assert path == tmp_path / "net" / "act.png"
    figure = draw_embedding(ACTIVITY[:, :2], annot, "PC", None, "act")
    first, second, bar = figure.axes
    assert [t.get_text() for t in first.get_legend().get_texts()] == ["x", "y", "z"]
    assert [first.get_title(loc="left"), second.get_title(loc="left")] == ["group", "signal"]
    np.testing.assert_allclose(sorted(bar.get_ylim()), [ACTIVITY[:, 0].min(), ACTIVITY[:, 0].max()])
    drawn = first.collections[0]
    assert sorted(map(tuple, drawn.get_offsets())) == sorted(map(tuple, ACTIVITY[:, :2]))
    shown = {
        tuple(place): tuple(rgb[:3]) for place, rgb in zip(drawn.get_offsets(), drawn.get_facecolor(), strict=True)
    }
    for row, group in enumerate(GROUP):
        expected = [int(PALETTE[group][k : k + 2], 16) / 255 for k in (1, 3, 5)]
        np.testing.assert_allclose(shown[tuple(ACTIVITY[row, :2])], expected)


def test_rare_labels_share_a_colour():
    labels = np.array(["common"] * 50 + [f"rare{i}" for i in range(30)])
    colouring = coloured(labels)
    assert next(iter(colouring.named)) == "common"
    assert list(colouring.named)[-1] == "other"
    assert len(colouring.named) == 12
    assert colouring.rgb.shape == (80, 3)


def test_numbers_with_gaps_are_coloured():
    numbers = np.r_[np.arange(20.0), np.nan]
    colouring = coloured(numbers)
    assert (colouring.scale.vmin, colouring.scale.vmax) == (0, 19)
    assert np.isfinite(colouring.rgb).all()


@pytest.mark.parametrize("make", [ExportClustermap, ExportTsne])
def test_activities_that_cannot_be_drawn(make, tmp_path):
    broken = ACTIVITY.copy()
    broken[3, 1] = np.nan
    with pytest.raises(DataError, match=r"1 of 60 values for .*condition 1 are NaN"):
        activities(make(), tmp_path, broken)
    with pytest.raises(DataError, match="has no values"):
        activities(make(), tmp_path, ACTIVITY[:0])
    with pytest.raises(OptionError, match=r"annot\['g'\]: 3 entries for 60 rows"):
        activities(make(annot={"g": [1, 2, 3]}), tmp_path)
    with pytest.raises(OptionError, match="annot: found list"):
        make(annot=[1])
    scorer = Scorer("x", exporter=make())
    scorer.score(MODEL, {"y": ACTIVITY, "z": ACTIVITY[:5]})
    with pytest.raises(DataError, match=r"5 values for .*'z'.* but 60 for"):
        scorer.export(tmp_path, "net")


def test_embeddings_of_too_little(tmp_path):
    with pytest.raises(DataError, match="4 rows of 5 values; expected at least 5 rows"):
        activities(ExportTsne(), tmp_path, ACTIVITY[:4])
    with pytest.raises(DataError, match="all rows are equal"):
        activities(ExportTsne(), tmp_path, np.ones((20, 3)))
    assert activities(ExportTsne(), tmp_path, ACTIVITY[:6])[0].is_file()


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (ExportClustermap, {"method": "median"}, "method='median'"),
        (ExportClustermap, {"z_score": 2}, "z_score=2"),
        (ExportTsne, {"method": "umap"}, "method='umap'"),
        (ExportTsne, {"perplexity": 0}, "perplexity=0"),
        (ExportTsne, {"seed": -1}, "seed=-1"),
        (ExportScorePlot, {"reference": "zero"}, "reference='zero'"),
    ],
)
def test_options_that_cannot_be(make, options, message):
    with pytest.raises(OptionError, match=message):
        make(**options)
