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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seeds: [1]", "seeds: [1]\nrun: other", "run: comes twice, first in line 2; keep one of them"),
        ("  step: 200", "  step: 1e2", "mine.yaml, line 19: regions: step: found '1e2', expected a whole number"),
        ("seeds: [1]", "\tseeds: [1]", "not mix whitespace and tab indentation"),
    ],
)
def test_a_mistake_in_yaml_is_six_lines_at_most(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((ROOT / "config/config.yaml").read_text().replace(old, new))
    done = run_snakemake(tmp_path, "-n", "--configfile", str(path))
    assert done.returncode == 1
    assert said in done.stdout
    assert len(done.stdout.splitlines()) <= 6
