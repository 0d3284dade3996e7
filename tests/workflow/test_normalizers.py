"""Normalizers with parameters, from the config to the file that a model reads."""

import json
import re
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml

from tests.workflow.conftest import ROOT, run_snakemake, write_config

pytestmark = pytest.mark.workflow

NAME = "accessibility.log-perctrim-percentile-75"


def test_a_percentile_and_a_mask_reach_the_normalizers(inputs: Path, tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    del config["simulate"]
    config |= {"data_dir": str(inputs), "run": "norms"}
    (inputs / "mask.bed").write_text("chr1\t0\t100000\n")
    chains = [["log", {"name": "perctrim", "percentile": 75}], {"name": "tpm", "regionmask": "mask.bed"}]
    config["models"]["joint"]["grid"] = {"normalizer": chains}
    arguments = ["--configfile", write_config(tmp_path, config)]
    planned = run_snakemake(tmp_path, "--dry-run", *arguments)
    assert planned.returncode == 0, planned.stdout[-3000:]
    masked = "results/norms/normalized/main/accessibility.tpm-regionmask-mask.bed.h5"
    assert masked in planned.stdout
    done = run_snakemake(tmp_path, f"results/norms/normalized/main/{NAME}.h5", masked, *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    folder = tmp_path / "results/norms"
    log, trimming = json.loads((folder / f"normalized/main/{NAME}.json").read_text())["normalizers"]
    assert (log["name"], trimming["name"], trimming["percentile"]) == ("log", "perctrim", 75)
    values = {}
    for path in ("coverage/accessibility.h5", f"normalized/main/{NAME}.h5"):
        with h5py.File(folder / path) as file:
            values[path] = file["data"][()].astype(float)
    raw, normalized = values.values()
    np.testing.assert_allclose(normalized, np.minimum(np.log(raw + 1), trimming["limit"]), rtol=1e-5)
    (tpm,) = json.loads((tmp_path / masked).with_suffix(".json").read_text())["normalizers"]
    assert tpm["regionmask"] == {"chr1": [[0, 100000]]}
    (inputs / "mask.bed").write_text("chr1\t0\t90000\n")
    again = run_snakemake(tmp_path, masked, "--dry-run", "--quiet", "rules", *arguments).stdout
    assert re.search(r"^normalize +1$", again, flags=re.MULTILINE)
    assert "build_coverage" not in again
