"""Exporters of a Scorer: callables (output_dir, name, results) that write files and return their paths."""

from jangdan.janggu.export_activities import ExportClustermap, ExportTsne
from jangdan.janggu.export_score_plot import ExportScorePlot
from jangdan.janggu.export_tables import ExportJson, ExportTsv
from jangdan.janggu.export_tracks import ExportBed, ExportBigwig

__all__ = [
    "ExportBed",
    "ExportBigwig",
    "ExportClustermap",
    "ExportJson",
    "ExportScorePlot",
    "ExportTsne",
    "ExportTsv",
]
