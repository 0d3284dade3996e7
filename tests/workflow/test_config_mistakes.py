"""A wrong config ends in at most six printed lines, Snakemake's own line on its profile included."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.conftest import ROOT, run_snakemake, write_config

pytestmark = pytest.mark.workflow


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": [1]}, "seed: unknown key; did you mean seeds?"),
        ({"runn": 1, "device": "tpu", "seeds": [1, 1], "genome": 1, "regions": 2, "models": 3}, "and 2 more"),
    ],
)
def test_a_wrong_config_is_six_lines_at_most(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text()) | changes
    done = run_snakemake(tmp_path, "-n", "--configfile", write_config(tmp_path, config))
    assert done.returncode == 1
    assert named in done.stdout
    assert len(done.stdout.splitlines()) <= 6
