"""The datasets and what belongs to them, under one roof; this module only re-exports.

What draws is loaded when it is first asked for, since matplotlib takes longer to load than all else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jangdan.datasets.array import Array
from jangdan.datasets.augment import (
    JointReverseComplement,
    JointShift,
    RandomOrientation,
    RandomShift,
    RandomSignalScale,
)
from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.cover import Cover
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.genomic import view
from jangdan.datasets.splits import split_train_test
from jangdan.datasets.tf_data import to_tf_dataset
from jangdan.datasets.wrappers import NanToNumConverter, ReduceDim, SqueezeDim, Transpose
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.normalize.normalizers import (
    LogTransform,
    MaxScale,
    MinMax,
    PercentileTrimming,
    RegionLengthNormalization,
    Rpkm,
    Tpm,
    ZScore,
    ZScoreLog,
    load_normalizers,
    normalize_garray_tpm,
    save_normalizers,
)
from jangdan.storage.genomic_array import GenomicArray

if TYPE_CHECKING:
    from jangdan.plots.genome_track import HeatTrack, LineTrack, SeqTrack, Track, plotGenomeTrack

__all__ = [
    "Array",
    "Bioseq",
    "Cover",
    "Dataset",
    "GenomicArray",
    "GenomicIndexer",
    "HeatTrack",
    "Interval",
    "JointReverseComplement",
    "JointShift",
    "LineTrack",
    "LogTransform",
    "MaxScale",
    "MinMax",
    "NanToNumConverter",
    "PercentileTrimming",
    "RandomOrientation",
    "RandomShift",
    "RandomSignalScale",
    "ReduceDim",
    "RegionLengthNormalization",
    "Rpkm",
    "SeqTrack",
    "SqueezeDim",
    "Tpm",
    "Track",
    "Transpose",
    "ZScore",
    "ZScoreLog",
    "load_normalizers",
    "normalize_garray_tpm",
    "plotGenomeTrack",
    "save_normalizers",
    "split_train_test",
    "to_tf_dataset",
    "view",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("jangdan.plots.genome_track"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
