"""Small configs for tests: what a test does not say of one is filled in."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from jangdan.workflow.load import check_config, load_config
from jangdan.workflow.sections.datasets import with_defaults

SMALL: dict[str, Any] = {
    "run": "small",
    "data_dir": "data",
    "genome": {"fasta": "g.fa"},
    "regions": {"window": 200, "sources": ["a.bed"]},
    "folds": {"main": {"validation": ["chr1"], "test": ["chr2"]}},
    "datasets": {
        "dna": {"kind": "sequence", "flank": 50},
        "sites": {"kind": "coverage", "files": {"y": "a.bed"}, "resolution": None},
    },
    "models": {"net": {"architecture": "cnn", "inputs": ["dna"], "target": "sites"}},
}


def loaded(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config with all defaults, and with sections of `SMALL` in place of those that it lacks."""
    return load_config(deepcopy(SMALL | config))


def coverage(files: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Return the options of a coverage dataset, all others by default."""
    return with_defaults({"kind": "coverage", "files": files, **options})


def said_of(config: dict[str, Any]) -> list[str]:
    """Return what is wrong with such a config, one sentence each."""
    return check_config(deepcopy(SMALL | config))[1]
