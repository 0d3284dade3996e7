"""Exporters of a Scorer: callables (output_dir, name, results) that write files and return their paths."""

from jangdan.network.activities import ExportClustermap, ExportTsne
from jangdan.network.score_plot import ExportScorePlot
from jangdan.network.tables import ExportJson, ExportTsv
from jangdan.network.track_export import ExportBed, ExportBigwig

__all__ = [
    "ExportBed",
    "ExportBigwig",
    "ExportClustermap",
    "ExportJson",
    "ExportScorePlot",
    "ExportTsne",
    "ExportTsv",
]
