"""Training from what the config says: class weights and event files reach the fit."""

import json
import logging
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from tests.configs import coverage
from tests.unit.jobs.conftest import split_file

from jangdan.formats.fasta.reader import write_fasta
from jangdan.jobs.build import coverage_file
from jangdan.jobs.train import train

BINSIZE = 100
WINDOWS = {"window": BINSIZE, "step": BINSIZE}


@pytest.fixture
def files(tmp_path: Path) -> tuple[dict[str, str], str]:
    """Write a genome, a signal, peaks in a quarter of the windows, and the regions; return files and regions."""
    write_fasta(tmp_path / "g.fa", [(chrom, "ACGT" * 1000) for chrom in ("chr1", "chr2")])
    peaks = [(c, 400 * i, 400 * i + BINSIZE) for c in ("chr1", "chr2") for i in range(10)]
    (tmp_path / "peaks.bed").write_text("".join(f"{c}\t{a}\t{b}\n" for c, a, b in peaks))
    (tmp_path / "signal.bed").write_text("".join(f"{c}\t{a}\t{b + 50}\n" for c, a, b in peaks))
    found = {}
    for name in ("peaks", "signal"):
        found[name] = str(tmp_path / f"{name}.h5")
        source = {"a": [str(tmp_path / f"{name}.bed")]}
        options = coverage(source, resolution=50)
        coverage_file(source, options, {"fasta": str(tmp_path / "g.fa")}, found[name], windows={"roi": None, **WINDOWS})
    return found, split_file(tmp_path / "regions.tsv", unit=1, train=("chr1", 0, 4000), validation=("chr2", 0, 4000))


def trained(files: tuple[dict[str, str], str], out: Path, training: dict[str, Any]) -> pd.DataFrame:
    model = {
        **{"name": "m", "architecture": "cnn", "parameters": {}, "inputs": ["signal"], "target": "peaks", "order": 1},
        "loss": "binary_crossentropy",
        "datasets": {"signal": {"kind": "coverage", "flank": 0}},
        "windows": WINDOWS,
        "training": {"epochs": 2, "batch_size": 16, **training},
    }
    out.mkdir()
    outputs = {key: str(out / key) for key in ("description", "history", "tensorboard")}
    outputs["model"] = str(out / "model.keras")
    train(model, *files, outputs, device="cpu", threads=1, seed=1)
    return pd.read_csv(outputs["history"], sep="\t")


def test_class_weights_and_event_files_are_what_the_config_asks_for(
    files: tuple[dict[str, str], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import tensorflow as tf

    with caplog.at_level(logging.INFO):
        history = trained(files, tmp_path / "asked", {"positive_weight": "balanced", "tensorboard": True})
    # 10 of 40 windows: 40 / (2 * 10), and 40 / (2 * 30)
    assert "weights of positives and negatives: a 2 and 0.6667" in caplog.text
    assert "used: CPU, 1 threads" in caplog.text
    (path,) = (tmp_path / "asked/tensorboard/validation").iterdir()
    events = [tf.compat.v1.Event.FromString(r.numpy()) for r in tf.data.TFRecordDataset([str(path)])]
    losses = [v.simple_value for event in events for v in event.summary.value if v.tag == "epoch_loss"]
    np.testing.assert_allclose(losses, history["val_loss"], rtol=1e-5)  # six digits in the table
    # the model is loaded with its loss, and without what made it
    loss = keras.saving.load_model(tmp_path / "asked/model.keras", safe_mode=True).loss
    assert (loss.positives, loss.negatives) == ([2.0], [pytest.approx(2 / 3)])
    assert json.loads((tmp_path / "asked/description").read_text())["loss"] == "binary_crossentropy"
    trained(files, tmp_path / "plain", {"positive_weight": 1, "tensorboard": False})
    assert not (tmp_path / "plain/tensorboard").exists()
