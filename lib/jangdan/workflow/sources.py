"""The files that regions of interest are made of. Standard library only: the Snakefile imports it."""

from collections.abc import Mapping
from typing import Any

from jangdan.workflow.sections.datasets import listed


def with_sources(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config with the files of `regions: datasets` among the `regions: sources`, each once."""
    regions = config["regions"]
    sources = list(regions["sources"])
    for name in regions["datasets"]:
        files = config["datasets"].get(name, {}).get("files") or {}
        sources += [path for paths in files.values() for path in listed(paths)]
    return {**config, "regions": {**regions, "sources": list(dict.fromkeys(sources))}}
