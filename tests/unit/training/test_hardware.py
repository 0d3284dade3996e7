"""What is said of the hardware, and what happens where a GPU is asked for and absent."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import pytest

from jangdan.training import hardware
from jangdan.training.hardware import require_device, use_device

TRAIN = """
from jangdan.jobs.train import train
train({}, {}, {}, {}, device="gpu", threads=1, seed=1)
"""
WRAPPER = """
import keras
from jangdan import Janggu
from jangdan.training.hardware import use_device
with use_device("gpu", 1):
    x = keras.Input((2,), name="x")
    Janggu(x, keras.layers.Dense(1, name="y")(x)).compile("sgd", "mse")
    print("built")
"""


@pytest.mark.backend
@pytest.mark.parametrize("code", [TRAIN, WRAPPER], ids=["pipeline", "Janggu"])
def test_a_gpu_that_is_not_there_is_named_before_anything_else(code: str, tmp_path: Path) -> None:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "JANGDAN_OUTPUT": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith("jangdan.errors.HardwareError: device: gpu: the ")
    assert said.endswith("install the GPU build (make install TF=gpu), check nvidia-smi, or set device: cpu")
    assert "built" not in done.stdout


@pytest.mark.backend
def test_the_cpu_is_used_where_it_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), use_device("cpu", 3) as used:
        assert used == []
        assert float(keras.ops.sum(keras.ops.ones((2, 2)))) == 4
    assert "used: CPU, 3 threads" in caplog.text


@pytest.mark.backend
@pytest.mark.parametrize(("count", "words"), [(1, "used: gpu:0"), (2, "used: 2 GPUs, data parallel (gpu:0, gpu:1)")])
def test_all_gpus_are_used_where_the_backend_can(
    count: int, words: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names = [f"gpu:{i}" for i in range(count)]
    monkeypatch.setattr(hardware, "_gpus", lambda backend: names)  # there are none here
    kept: list[Any] = names[:1] if keras.backend.backend() == "torch" else names
    with caplog.at_level(logging.INFO):
        assert require_device("gpu", 2) == kept
    assert ("used: gpu:0" if keras.backend.backend() == "torch" else words) in caplog.text
    assert f"GPUs found: {', '.join(names)}" in caplog.text
    assert require_device("cpu", 2) == []
