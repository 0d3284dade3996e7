"""Deep learning for genomics: datasets from FASTA, BAM, bigWig, BED, GFF and VCF, models, and what they learned.

`jangdan.data` holds the datasets. Janggu, Scorer, inputlayer and the other names of `_NAMES` come from `jangdan`
itself, and load the deep-learning framework when they are asked for.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "Janggu": "janggu.model",
    "input_attribution": "janggu.input_attribution",
    "inputlayer": "janggu.template",
    "outputconv": "janggu.template",
    "outputdense": "janggu.template",
    "IndexerBuilder": "janggu.indexer_builder",
    "Scorer": "janggu.scorer",
    "scorer_named": "janggu.scorer",
    "ExportBed": "janggu.exporters",
    "ExportBigwig": "janggu.exporters",
    "ExportClustermap": "janggu.exporters",
    "ExportJson": "janggu.exporters",
    "ExportScorePlot": "janggu.exporters",
    "ExportTsne": "janggu.exporters",
    "ExportTsv": "janggu.exporters",
    "Complement": "networks.dna_layers",
    "DnaConv2D": "networks.dna_layers",
    "LocalAveragePooling2D": "networks.dna_layers",
    "Reverse": "networks.dna_layers",
}
"""Name -> the module that has it."""


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"jangdan.{_NAMES[name]}"), name)
    raise AttributeError(f"module 'jangdan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_NAMES])
