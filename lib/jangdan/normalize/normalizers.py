"""The normalizers that users import, under one roof; this module only re-exports."""

from jangdan.normalize.base import Normalizer
from jangdan.normalize.chain import CallableNormalizer, from_states, normalizer_named, normalizers_of
from jangdan.normalize.log_transform import LogTransform
from jangdan.normalize.max_scale import MaxScale
from jangdan.normalize.minmax import MinMax
from jangdan.normalize.percentile import PercentileTrimming
from jangdan.normalize.region_length import RegionLengthNormalization
from jangdan.normalize.rpkm import Rpkm
from jangdan.normalize.saved import load_normalizers, save_normalizers
from jangdan.normalize.tpm import Tpm, normalize_garray_tpm
from jangdan.normalize.zscore import ZScore
from jangdan.normalize.zscore_log import ZScoreLog

__all__ = [
    "CallableNormalizer",
    "LogTransform",
    "MaxScale",
    "MinMax",
    "Normalizer",
    "PercentileTrimming",
    "RegionLengthNormalization",
    "Rpkm",
    "Tpm",
    "ZScore",
    "ZScoreLog",
    "from_states",
    "load_normalizers",
    "normalize_garray_tpm",
    "normalizer_named",
    "normalizers_of",
    "save_normalizers",
]
