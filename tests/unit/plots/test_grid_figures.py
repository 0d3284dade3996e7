"""Figures of what was varied: what is drawn is what the table says."""

import matplotlib.colors as mcolors
import numpy as np
import pandas as pd
import pytest

from jangdan.errors import DataError
from jangdan.jobs.plot_figure import boxes, figure, label_of, pairs
from jangdan.plots.grid_figures import plot_boxes, plot_differences, plot_pairs

MODELS = {
    f"net.order-{order}.dropout-{dropout}": {"base": "net", "chosen": {"order": order, "dropout": dropout}}
    for order in (1, 3)
    for dropout in (0.0, 0.2)
} | {"joint": {"base": "joint", "chosen": {}}}


@pytest.fixture
def scores() -> pd.DataFrame:
    rng, rows = np.random.default_rng(0), []
    for model in MODELS:
        for seed in ("1", "2", "3", "ensemble"):
            for condition in ("a", "b"):
                keys = {"model": model, "fold": "main", "seed": seed, "sample": "test", "condition": condition}
                rows.append({**keys, "metric": "auprc", "value": rng.random(), "n": 10})
    return pd.DataFrame(rows)


def test_a_box_holds_the_runs_of_its_model(scores: pd.DataFrame) -> None:
    shown = boxes(scores, {"metric": "auprc", "models": ["net"], "x": "order", "colour": "dropout"}, MODELS)
    assert list(dict.fromkeys(shown["x"])) == ["1", "3"]
    assert list(dict.fromkeys(shown["colour"])) == ["0.0", "0.2"]
    one = shown[(shown["x"] == "3") & (shown["colour"] == "0.2") & (shown["condition"] == "b")]
    kept = (scores["model"] == "net.order-3.dropout-0.2") & (scores["condition"] == "b")
    assert one["value"].tolist() == scores[kept]["value"].tolist()
    drawn = plot_boxes(shown, xlabel="order", colour="dropout", ylabel="auPRC")
    assert [ax.get_title(loc="left") for ax in drawn.axes] == ["a", "b"]
    medians = [line for line in drawn.axes[1].lines if line.get_linewidth() == 1.6]
    assert len(medians) == 4
    last = [line.get_ydata()[0] for line in medians if line.get_xdata().mean() > 1]
    assert np.median(one["value"]) in last


def test_pairs_are_means_over_runs_and_coloured_by_group(scores: pd.DataFrame) -> None:
    options = {"metric": "auprc", "x": {"model": "net", "order": 1, "dropout": 0.0}, "y": "joint"}
    single = scores[scores["seed"] != "ensemble"]
    shown = pairs(single, options, MODELS, {"a": "factor"}).set_index("condition")
    assert shown["group"].to_dict() == {"a": "factor", "b": "all"}
    means = single.groupby(["model", "condition"])["value"].mean()
    assert shown.loc["b", "x"] == pytest.approx(means["net.order-1.dropout-0.0", "b"])
    assert shown.loc["a", "difference"] == pytest.approx(means["joint", "a"] - means["net.order-1.dropout-0.0", "a"])
    drawn = plot_pairs(shown.reset_index(), ["one", "both"], metric="auPRC").axes[0]
    assert drawn.collections[0].get_offsets().tolist() == [[shown.loc["a", "x"], shown.loc["a", "y"]]]
    assert len({mcolors.to_hex(c.get_facecolor()[0]) for c in drawn.collections}) == 2
    assert [text.get_text() for text in drawn.texts] != []
    ticks = plot_differences(shown.reset_index(), ["one", "both"], metric="auPRC").axes[0].get_xticklabels()
    assert [t.get_text() for t in ticks] == ["factor\nn = 1", "all\nn = 1"]


def test_figures_and_their_tables_are_written(scores: pd.DataFrame, tmp_path) -> None:  # type: ignore[no-untyped-def]
    scores.to_csv(tmp_path / "comparison.tsv", sep="\t", index=False)
    outputs = {"figure": str(tmp_path / "f.png"), "table": str(tmp_path / "f.tsv")}
    box = {"kind": "box", "metric": "auprc", "models": [{"model": "net", "order": 1, "label": "DNA"}, "joint"],
           "x": "model", "colour": None, "title": "t", "test_set": "test"}  # fmt: skip
    figure(tmp_path / "comparison.tsv", box, MODELS, {}, outputs)
    assert set(pd.read_csv(tmp_path / "f.tsv", sep="\t")["x"]) == {"DNA", "joint"}
    assert (tmp_path / "f.png").stat().st_size > 5000
    for kind in ("scatter", "difference"):
        pair = {"kind": kind, "metric": "auprc", "x": {"model": "net", "order": 1, "dropout": 0.2}, "y": "joint"}
        pair |= {"title": "", "test_set": "test"}
        figure(tmp_path / "comparison.tsv", pair, MODELS, {"a": "g"}, outputs)
        assert len(pd.read_csv(tmp_path / "f.tsv", sep="\t")) == 2
    with pytest.raises(DataError, match="no score of auprc on 'shallow'"):
        figure(tmp_path / "comparison.tsv", {**box, "test_set": "shallow"}, MODELS, {}, outputs)


def test_models_are_called_by_label_or_by_their_values() -> None:
    assert label_of("net") == "net"
    assert label_of({"model": "net", "order": 3, "flip": True}) == "net, order 3, flip yes"
    assert label_of({"model": "net", "label": "DNA"}) == "DNA"
