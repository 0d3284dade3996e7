"""The datasets and what belongs to them, under one roof; this module only re-exports."""

from jangdan.datasets.array import Array
from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.cover import Cover
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.wrappers import ReduceDim
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.normalize.normalizers import LogTransform, MinMax, PercentileTrimming, Tpm, ZScore, ZScoreLog

__all__ = [
    "Array",
    "Bioseq",
    "Cover",
    "Dataset",
    "GenomicIndexer",
    "Interval",
    "LogTransform",
    "MinMax",
    "PercentileTrimming",
    "ReduceDim",
    "Tpm",
    "ZScore",
    "ZScoreLog",
]
