"""Deep learning for genomics: datasets from FASTA, BAM, bigWig, BED, GFF and VCF, models, and what they learned.

`jangdan.data` holds the datasets. Janggu, Scorer, inputlayer and the other names of `_NAMES` come from `jangdan`
itself, and load the deep-learning framework when they are asked for.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "Janggu": "network.janggu",
    "input_attribution": "network.attribution",
    "inputlayer": "network.template",
    "outputconv": "network.template",
    "outputdense": "network.template",
    "Scorer": "network.scorer",
    "scorer_named": "network.scorer",
    "ExportBed": "network.exporters",
    "ExportBigwig": "network.exporters",
    "ExportClustermap": "network.exporters",
    "ExportJson": "network.exporters",
    "ExportScorePlot": "network.exporters",
    "ExportTsne": "network.exporters",
    "ExportTsv": "network.exporters",
    "Complement": "models.strands",
    "DnaConv2D": "models.strands",
    "LocalAveragePooling2D": "models.strands",
    "Reverse": "models.strands",
}
"""Name -> the module that has it."""


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"jangdan.{_NAMES[name]}"), name)
    raise AttributeError(f"module 'jangdan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_NAMES])
