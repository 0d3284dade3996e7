"""A wrong config gives one sentence per mistake: the key, the value found, what is expected."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import validate

from jangdan.workflow.mistakes import filled, shown
from jangdan.workflow.problems import problems

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
CONFIGS = [p for p in sorted((ROOT / "config").glob("*.yaml")) if "run" in yaml.safe_load(p.read_text())]
REMOVED = object()


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_defaults_are_those_of_snakemake(path: Path) -> None:
    ours = yaml.safe_load(path.read_text())
    theirs = deepcopy(ours)
    validate(theirs, schema=str(SCHEMA))
    assert filled(ours, SCHEMA) == []
    assert ours == theirs


@pytest.mark.parametrize(
    ("keys", "value", "sentence"),
    [
        ("regions binsise", 200, "regions: binsise: unknown key; did you mean binsize?"),
        ("seed", 1, "seed: unknown key; did you mean seeds?"),
        ("regions binsize", REMOVED, "regions: binsize: is missing; expected length of a window in bp"),
        ("regions binsize", "200", "regions: binsize: found '200', expected a whole number"),
        ("regions binsize", 0, "regions: binsize: found 0, expected at least 1"),
        ("regions stepsize", 1.5, "regions: stepsize: found 1.5, expected a whole number or null"),
        ("regions sources", REMOVED, "regions: sources and datasets are missing; give at least one of them"),
        ("regions sources", "a.bed", "regions: sources: found 'a.bed', expected a list"),
        ("regions sources", [], "regions: sources: found [], expected a list of at least 1 item"),
        ("device", "tpu", "device: found 'tpu', expected one of cpu, gpu"),
        ("seeds", [1, 1], "seeds: found [1, 1], expected a list without repeats"),
        ("seeds", [-1], "seeds: item 1: found -1, expected at least 0"),
        ("datasets dna files", {"a": "b"}, "datasets: dna: files: is not for a dataset of kind sequence; remove it"),
        (
            "datasets bound files",
            REMOVED,
            "datasets: bound: files and sheet are missing; give one of them",
        ),
        (
            "datasets bound sheet",
            "a.tsv",
            "datasets: bound: found both files and sheet; give only one of them",
        ),
        (
            "models joint training learning_rate",
            0,
            "models: joint: training: learning_rate: found 0, expected a number above 0",
        ),
        ("models joint order", 7, "models: joint: order: found 7, expected at most 6"),
        ("genome exclude", "a.bed", "genome: exclude: found 'a.bed', expected a list"),
        ("regions extend", -5, "regions: extend: found -5, expected at least 0"),
        ("models joint traning", {}, "models: joint: traning: unknown key; did you mean training?"),
        ("models joint target", REMOVED, "models: joint: target: is missing; expected dataset the model predicts"),
        ("datasets signal stranded", "no", "datasets: signal: stranded: found 'no', expected true or false"),
        ("datasets dna kind", REMOVED, "datasets: dna: kind: is missing; expected one of sequence, coverage"),
        ("plots width", 10, "plots: width: found 10, expected at least 100"),
        ("variants vcf", REMOVED, "variants: vcf: is missing; expected VCF file of the variants to score"),
        ("genome", "genome.fa", "genome: found 'genome.fa', expected keys and values"),
    ],
)
def test_sentence(keys: str, value: Any, sentence: str) -> None:
    assert filled(_spoiled(keys, value), SCHEMA) == [sentence]


@pytest.mark.parametrize(
    ("keys", "value", "sentence"),
    [
        (
            "models regression inputs",
            ["dna", "signal"],
            "models: regression: target: 'signal' is one of its inputs, too; take another dataset",
        ),
        (
            "datasets signal min_mapq",
            10,
            "datasets: signal: min_mapq: applies to BAM and CRAM files, not to signal.bw; remove it",
        ),
        (
            "datasets signal share",
            [0, 0.5],
            "datasets: signal: share: applies to fragment files, not to signal.bw; remove it",
        ),
        (
            "datasets signal use_counts",
            True,
            "datasets: signal: use_counts: applies to fragment files, not to signal.bw; remove it",
        ),
    ],
)
def test_what_no_schema_says(keys: str, value: Any, sentence: str) -> None:
    config = _spoiled(keys, value)
    assert filled(config, SCHEMA) == []
    assert problems(config) == [sentence]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configs_have_no_problem(path: Path) -> None:
    config = yaml.safe_load(path.read_text())
    filled(config, SCHEMA)
    assert [p for p in problems(config) if p.startswith("datasets: ") or "one of its inputs" in p] == []


def _spoiled(keys: str, value: Any) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    *above, last = keys.split()
    place = config
    for key in above:
        place = place[key]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return config


def test_at_most_four_problems_are_shown() -> None:
    assert shown(["a", "b", "c", "d", "e", "f"]) == "a\nb\nc\nd\nand 2 more"
    assert shown(["a", "b", "c", "d"]) == "a\nb\nc\nd"
