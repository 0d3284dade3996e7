"""An architecture in a user's file is trained and evaluated by the workflow, and retrained when the file changes."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.records.test_registry import PLUGIN
from tests.workflow.conftest import run_snakemake, write_config

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

RUN = "main/seed-1"


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
