import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection, PolyCollection

from jangdan.errors import DataError
from jangdan.plots.scores import plot_history, plot_prc, plot_roc, plot_scatter
from jangdan.plots.style import save

ROC = pd.DataFrame({"fpr": [0, 0, 0.5, 1.0], "tpr": [0, 0.5, 1, 1.0]})
PRC = pd.DataFrame({"recall": [1.0, 0.5, 0.0], "precision": [0.25, 0.8, 1.0]})


def legend(figure):
    return [t.get_text() for t in figure.axes[0].get_legend().get_texts()]


def named(figure):
    return [line for line in figure.axes[0].lines if not line.get_label().startswith("_")]


def test_roc_has_a_line_a_curve_and_the_diagonal():
    figure = plot_roc({"a": ROC, "b": ROC[::3]}, title="test")
    lines = figure.axes[0].lines
    assert len(lines) == 3
    np.testing.assert_array_equal(lines[0].get_xydata(), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(lines[1].get_xydata(), ROC)
    assert legend(figure) == ["a  0.875", "b  0.500"]
    assert figure.axes[0].get_title(loc="left") == "test"
    assert figure.axes[0].get_xlabel() == "False positive rate"


def test_given_scores_are_printed():
    assert legend(plot_roc({"a": ROC}, scores={"a": 0.9})) == ["a  0.900"]
    assert legend(plot_prc({"a": PRC}, scores={"a": np.nan})) == ["a  n/a"]


def test_a_curve_that_is_not_defined_is_listed():
    assert legend(plot_roc({"a": ROC, "none": ROC[:0]})) == ["a  0.875", "none  n/a"]
    assert legend(plot_prc({"none": PRC[:0]})) == ["none  n/a"]


def test_prc_has_the_prevalence_as_its_baseline():
    figure = plot_prc({"a": PRC})
    baseline, line = figure.axes[0].lines
    assert baseline.get_ydata() == [0.25, 0.25]
    assert baseline.get_linestyle() == "--"
    np.testing.assert_array_equal(line.get_xydata(), PRC)
    assert legend(figure) == ["a  0.525"]  # (1 - 0.5) x 0.25 + 0.5 x 0.8


def test_many_curves_share_one_legend_entry():
    figure = plot_roc({str(i): ROC for i in range(40)}, scores={str(i): i / 40 for i in range(40)})
    assert len(figure.axes[0].lines) == 41
    assert legend(figure) == ["40 curves, median 0.487\n(0.000 to 0.975)"]
    assert len(plot_prc({str(i): PRC for i in range(40)}).axes[0].lines) == 41
    assert legend(plot_roc({str(i): ROC[:0] for i in range(11)})) == ["11 curves, none defined"]


@pytest.mark.parametrize("names", [["a"], list("abcdefgh"), ["H3K27ac_" * 6]])
def test_the_legend_stays_inside_the_figure(names):
    figure = plot_prc(dict.fromkeys(names, PRC))
    figure.draw_without_rendering()
    box = figure.axes[0].get_legend().get_window_extent()
    assert box.x1 <= figure.bbox.x1
    assert box.y0 >= 0


def test_ten_curves_can_be_told_apart():
    figure = plot_roc({str(i): ROC for i in range(10)})
    assert len({(line.get_color(), line.get_linestyle()) for line in named(figure)}) == 10


def test_no_curve_at_all_is_an_empty_panel():
    assert plot_roc({}).axes[0].get_legend() is None


def test_few_points_are_dots_with_r_in_the_corner():
    figure = plot_scatter([1, 2, 3, np.nan], [2, 4, 6, 8], unit="log reads", title="t")
    (ax,) = figure.axes
    (dots,) = [c for c in ax.collections if isinstance(c, PathCollection)]
    np.testing.assert_array_equal(dots.get_offsets(), [[1, 2], [2, 4], [3, 6]])
    assert ax.texts[0].get_text() == "r = 1.000\nn = 3"
    assert ax.get_xlim() == ax.get_ylim()
    assert ax.lines[0].get_xdata()[0] == ax.lines[0].get_ydata()[0]
    assert ax.get_ylabel() == "Predicted (log reads)"


def test_many_points_are_counted():
    rng = np.random.default_rng(0)
    figure = plot_scatter(rng.normal(size=3000), rng.normal(size=3000))
    assert len(figure.axes) == 2
    (hexagons,) = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    assert hexagons.get_array().sum() == 3000
    assert figure.axes[1].get_ylabel() == "Regions"
    figure = plot_scatter(rng.normal(size=3000), rng.normal(size=3000), points="Bins")
    assert figure.axes[1].get_ylabel() == "Bins"


@pytest.mark.parametrize(("observed", "predicted"), [([], []), ([1.0], [2.0]), ([1, 1], [1, 2]), ([np.nan], [1])])
def test_a_correlation_that_is_not_defined_is_said(tmp_path, observed, predicted):
    figure = plot_scatter(observed, predicted)
    assert "r = n/a" in figure.axes[0].texts[0].get_text()
    save(figure, tmp_path / "a.png")


def test_a_scatter_of_unequal_lengths_is_an_error():
    with pytest.raises(DataError, match="expected"):
        plot_scatter([1, 2], [1])


def test_history_has_a_panel_a_quantity():
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3, 2, 1.0], "val_loss": [3, 2, 2.5], "auroc": [0.5, 0.6, 0.7]})
    figure = plot_history(history, title="model")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["loss", "auroc"]
    training, validation, best = figure.axes[0].lines
    np.testing.assert_array_equal(training.get_xydata(), history[["epoch", "loss"]])
    np.testing.assert_array_equal(validation.get_ydata(), history["val_loss"])
    assert best.get_xdata() == [2, 2]
    assert len(figure.axes[1].lines) == 2
    assert figure.axes[1].get_legend() is None
    assert figure.get_suptitle() == "model"


def test_history_without_an_epoch_column_uses_the_index():
    figure = plot_history(pd.DataFrame({"val_mse": [3, np.nan, 1]}))
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_xdata(), [0, 1, 2])


@pytest.mark.parametrize("history", [pd.DataFrame(), pd.DataFrame({"epoch": [1]}), pd.DataFrame({"loss": []})])
def test_an_empty_history_is_an_error(history):
    with pytest.raises(DataError, match="nothing to draw"):
        plot_history(history)


def test_files_are_repeatable(tmp_path):
    for name in ("a.svg", "b.svg"):
        save(plot_roc({"a": ROC}), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
