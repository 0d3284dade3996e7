"""Records in a user's file are used by the workflow, and what uses them is run again when the file changes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jangdan.jobs.predictions import load_predictions
from jangdan.storage.dataset_file import load
from tests.plugins import plugin
from tests.workflow.conftest import run_snakemake, write_config

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

RUN = "main/seed-1"

PLUGIN = plugin("An architecture")
MORE = plugin("A format", "A normalizer", "A loss")
METHOD_AND_FIGURE = plugin("A method", "A figure")


def test_a_plugin_adds_a_method_and_a_figure(config: dict, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(METHOD_AND_FIGURE)
    own = {"architecture": "cnn", "inputs": ["dna"], "target": "bound", "parameters": {"filters": 4, "kernel": 9}}
    config |= {"plugins": ["mine.py"], "run": "plugin"}
    config["models"] = {"net": own | {"grid": {"order": [1, 2]}, "training": {"epochs": 1}}}
    config["comparison_figures"] = {"orders": {"kind": "dots", "metric": "auroc", "models": ["net"], "x": "order"}}
    config["attribution"] = {"models": ["net"], "windows": 3, "method": "ones", "parameters": {"height": 2}}
    del config["variants"]
    names = ["figures/orders.png", "figures/orders.tsv", f"attribution/net.order-1/{RUN}/JUND.h5"]
    arguments = [*(f"results/plugin/{name}" for name in names), "--configfile", write_config(tmp_path, config)]
    done = run_snakemake(tmp_path, *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    shown = pd.read_csv(tmp_path / "results/plugin/figures/orders.tsv", sep="\t")
    assert sorted(shown["x"]) == [1, 2]
    letters = np.asarray(load(tmp_path / f"results/plugin/{names[2]}").data)
    assert np.unique(letters.sum(axis=-1)).tolist() == [2]
    (tmp_path / "mine.py").write_text(METHOD_AND_FIGURE.replace('"o")', '"x")'))
    planned = run_snakemake(tmp_path, *arguments, "--dry-run").stdout
    assert {f"rule {name}:" in planned for name in ("plot_figure", "attribute")} == {True}
    assert {f"rule {name}:" in planned for name in ("train", "evaluate", "build_sequence")} == {False}


def test_a_plugin_trains_and_evaluates(config: dict, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    training = {"epochs": 1}
    own = {"architecture": "tiny", "inputs": ["dna"], "target": "bound", "parameters": {"units": 5}}
    config |= {"plugins": ["mine.py"], "models": {"mine": {**own, "training": training}}, "run": "plugin"}
    del config["variants"]
    metrics = f"results/plugin/evaluation/mine/{RUN}/metrics.tsv"
    arguments = [metrics, "--configfile", write_config(tmp_path, config)]
    done = run_snakemake(tmp_path, *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    description = json.loads((tmp_path / f"results/plugin/models/mine/{RUN}/description.json").read_text())
    assert (description["architecture"], description["parameters"]) == ("tiny", {"units": 5})
    assert "auroc" in pd.read_csv(tmp_path / metrics, sep="\t")["metric"].tolist()
    assert "Nothing to be done" in run_snakemake(tmp_path, *arguments, "--dry-run").stdout
    (tmp_path / "mine.py").write_text(PLUGIN.replace('name="units"', 'name="units", use_bias=False'))
    planned = run_snakemake(tmp_path, *arguments, "--dry-run").stdout
    assert "rule train:" in planned
    assert "rule build_sequence:" not in planned


def test_a_parameter_that_a_plugin_does_not_have_is_named(config: dict, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    own = {"architecture": "tiny", "inputs": ["dna"], "target": "bound", "parameters": {"unit": 5}}
    config |= {"plugins": ["mine.py"], "models": {"mine": own}}
    del config["variants"]
    done = run_snakemake(tmp_path, "--dry-run", "--configfile", write_config(tmp_path, config))
    assert done.returncode == 1
    assert "models: mine: parameters: unit: unknown key; did you mean units?" in done.stdout


def test_one_plugin_adds_all_that_a_model_is_made_of(config: dict, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN + MORE)
    spots = [("chr3", 1005), ("chr3", 1005), ("chr4", 70), ("chr1", 5), ("chr2", 9)]
    (Path(config["data_dir"]) / "x.spots").write_text("".join(f"{chrom} {place}\n" for chrom, place in spots))
    counts = {"kind": "coverage", "files": {"a": "x.spots"}, "resolution": 50}
    own = {"architecture": "tiny", "inputs": ["dna"], "target": "counts", "loss": "cosh", "training": {"epochs": 1}}
    own["target_normalizer"] = {"name": "capped", "at": 1}
    config |= {"plugins": ["mine.py"], "run": "plugin", "models": {"mine": own}}
    config["datasets"]["counts"] = counts
    del config["variants"]
    folder = tmp_path / "results/plugin"
    targets = [f"results/plugin/{name}" for name in (f"evaluation/mine/{RUN}/metrics.tsv", "check/inputs.tsv")]
    arguments = [*targets, "--configfile", write_config(tmp_path, config)]
    done = run_snakemake(tmp_path, *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    array = load(folder / "coverage/counts.h5")
    assert array.data.sum() == len(spots)
    assert array.gather([array.layout.number("chr3")], [1000], 100)[0, :, 0, 0].tolist() == [2, 0]
    checked = pd.read_csv(folder / "check/inputs.tsv", sep="\t").set_index("kind")
    assert checked.loc["spots", "found"] == "5 spots"
    (capped,) = folder.glob("normalized/main/counts.*.h5")
    assert np.unique(load(capped).data).tolist() == [0, 1]
    table = load_predictions(folder / f"evaluation/mine/{RUN}/predictions.h5", "a", capped)
    scores = pd.read_csv(tmp_path / targets[0], sep="\t").set_index("metric")["value"]
    assert scores["largest"] == pytest.approx((table["predicted"] - table["observed"]).abs().max(), rel=1e-4)
    assert {"pearson", "mse"} <= set(scores.index)
    assert "Nothing to be done" in run_snakemake(tmp_path, *arguments, "--dry-run").stdout
    (tmp_path / "mine.py").write_text(PLUGIN + MORE.replace("abs(true - pred)", "2 * abs(true - pred)"))
    planned = run_snakemake(tmp_path, *arguments, "--dry-run").stdout
    assert {f"rule {name}:" in planned for name in ("build_coverage", "train", "evaluate", "check_inputs")} == {True}
    assert {f"rule {name}:" in planned for name in ("build_sequence", "trim_regions", "split_regions")} == {False}
