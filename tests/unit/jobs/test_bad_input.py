"""Bad input to the workflow's jobs: the log ends with one sentence and has no traceback, and nothing is half-written.

Janggu's own are in tests/unit/janggu/test_bad_input.py; whole runs of the workflow in tests/workflow/test_errors.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[3]
RNG = np.random.default_rng(0)
LABELS = RNG.integers(2, size=(120, 2)).astype(float)
# each script as Snakemake runs it, one after the other, since loading a framework takes seconds
RUNNER = """
import json, resource, runpy, sys
from types import SimpleNamespace

def limited(name):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    bound = used + 500 * 2**20 if name == "memory" else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_AS, (bound, resource.RLIM_INFINITY))

class Named(dict):
    __getattr__ = dict.__getitem__

ends = {}
for name, case in json.load(open(sys.argv[1])).items():
    parts = {key: Named(case[key]) for key in ("input", "output", "params", "wildcards")}
    snakemake = SimpleNamespace(**parts, log=[case["log"]], rule=case["rule"], threads=2)
    limited(name)
    try:
        runpy.run_path(case["script"], {"snakemake": snakemake})
        ends[name] = 0
    except SystemExit as end:
        ends[name] = end.code
json.dump(ends, open(sys.argv[2], "w"))
"""


def with_nan() -> np.ndarray:
    labels = LABELS.copy()
    labels[3, 1] = np.nan
    return labels


def without(rows: slice, *conditions: int) -> np.ndarray:
    labels = LABELS.copy()
    labels[rows, list(conditions)] = 0
    return labels


TRAININGS: dict[str, dict[str, Any]] = {
    "nan_target": {"labels": with_nan()},
    "nan_loss": {"loss": "mse", "training": {"epochs": 2, "batch_size": 32, "patience": 2, "learning_rate": 1e30}},
    "no_positive": {"labels": without(slice(80), 0, 1)},
    "gpu": {"device": "gpu"},
    # one-hot rows of 16,384 words: 840 MB for 64 regions
    "memory": {
        "order": 7,
        "parameters": {"filters": 1, "kernel": 1, "deep_filters": 1, "hidden": 1},
        "training": {"epochs": 1, "batch_size": 64, "patience": 1},
    },
    "good": {"labels": without(slice(100, 120), 1)},
}
SENTENCES = {
    "nan_target": ["target 'bound' holds NaN in the training regions"],
    "nan_loss": ["the loss is", "of the regions chr1:", "lower learning_rate"],
    "no_positive": ["target 'bound'", "'Abf1'", "no positive", "80 training regions"],
    "gpu": ["device: gpu", "no GPU here", "device: cpu"],
    "memory": ["out of memory with training: batch_size: 64", "batch_size: 32"],
    "truncated": ["model.keras", "is truncated or damaged"],
    "no_model": ["model.keras", "is no Keras model"],
    "version": ["description.json", "version 7", "train the model again"],
}


def job(script: str, folder: Path, **parts: Any) -> dict[str, Any]:
    log = str(folder / f"{script}.log")
    return {
        "script": str(ROOT / f"scripts/{script}.py"),
        "rule": script,
        "log": log,
        "wildcards": {"seed": "1"},
        **parts,
    }


def training_job(training: Any, device: str) -> dict[str, Any]:
    given = {"datasets": [training.files[n] for n in training.model["inputs"]], "target": training.files["bound"]}
    params = {"model": training.model, "device": device, "plugins": []}
    return job("train", Path(training.outputs["model"]).parent, input={**given, "regions": training.regions},
               output=training.outputs, params=params)  # fmt: skip


def evaluation_job(training: Any, folder: Path) -> dict[str, Any]:
    given = {"datasets": [training.files[n] for n in training.model["inputs"]], "target": training.files["bound"]}
    model = {key: str(folder / Path(path).name) for key, path in training.outputs.items()}
    params = {"inputs": ["dna"], "target": "bound", "windows": training.model["windows"], "bootstrap": 0}
    outputs = {"metrics": str(folder / "metrics.tsv"), "predictions": str(folder / "predictions.h5")}
    return job("evaluate", folder, input={**given, **model, "regions": training.regions}, output=outputs,
               params=params)  # fmt: skip


def run(cases: dict[str, Any], folder: Path) -> dict[str, int]:
    (folder / "cases.json").write_text(json.dumps(cases))
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-c", RUNNER, str(folder / "cases.json"), str(folder / "ends.json")]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    ends: dict[str, int] = json.loads((folder / "ends.json").read_text())
    return ends


@pytest.fixture(scope="module")
def jobs(small_training: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, Path]]:
    """Return name -> exit code and log, of trainings and of evaluations of damaged models."""
    trainings, cases = {}, {}
    for name, changes in TRAININGS.items():
        options = dict(changes)
        device = options.pop("device", "cpu")
        trainings[name] = small_training(options.pop("labels", LABELS), **options)
        cases[name] = training_job(trainings[name], device)
    folder = tmp_path_factory.mktemp("trainings")
    ends, good = run(cases, folder), trainings["good"]
    evaluations = {}
    for name in ("truncated", "no_model", "version", "evaluated"):
        own = tmp_path_factory.mktemp(name)
        for path in good.outputs.values():
            (own / Path(path).name).write_bytes(Path(path).read_bytes())
        evaluations[name] = evaluation_job(good, own)
        if name == "version":
            description = json.loads((own / "description.json").read_text())
            (own / "description.json").write_text(json.dumps({**description, "version": 7}))
        elif name != "evaluated":
            whole = (own / "model.keras").read_bytes()
            (own / "model.keras").write_bytes(whole[:-300] if name == "truncated" else b"weights")
    ends |= run(evaluations, folder)
    return {name: (ends[name], Path(case["log"])) for name, case in (cases | evaluations).items()}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_job_ends_with_one_sentence(jobs: dict[str, tuple[int, Path]], name: str) -> None:
    end, log = jobs[name]
    text = log.read_text()
    errors = [line for line in text.splitlines() if " ERROR " in line]
    assert end == 1, text[-2000:]
    assert len(errors) == 1
    assert [words for words in SENTENCES[name] if words not in errors[0]] == [], errors[0]
    assert "Traceback" not in text
    written = {path.name for path in log.parent.iterdir()} - {"bound.h5", log.name}
    assert written <= ({"model.keras", "description.json", "history.tsv"} if log.stem == "evaluate" else set())


def test_a_test_part_without_positives_has_scores_that_are_not_defined(jobs: dict[str, tuple[int, Path]]) -> None:
    assert jobs["good"][0] == jobs["evaluated"][0] == 0, jobs["good"][1].read_text()[-2000:]
    table = pd.read_csv(jobs["evaluated"][1].with_name("metrics.tsv"), sep="\t").set_index(["condition", "metric"])
    assert table["value"].notna().loc["Abf1"][["auroc", "auprc"]].all()
    for metric in ("auroc", "auprc", "f1", "mcc"):
        assert np.isnan(table.loc[("Reb1", metric), "value"])
    assert (table.loc["Reb1", "n_positive"] == 0).all()
