"""All normalizers by name; what users may give as `normalizer`; chains of them kept in a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any
from zlib import crc32

from jangdan.errors import DataError, InputFileError, JangdanError, OptionError
from jangdan.files import existing, write_text
from jangdan.normalize.base import Normalizer
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Values
from jangdan.normalize.length import RegionLengthNormalization, Rpkm, Tpm, normalize_garray_tpm
from jangdan.normalize.scaling import LogTransform, MaxScale, MinMax, PercentileTrimming, ZScore, ZScoreLog
from jangdan.storage.any_array import AnyArray
from jangdan.storage.values import DenseValues, SparseValues

__all__ = [
    "NORMALIZERS",
    "CallableNormalizer",
    "LogTransform",
    "MaxScale",
    "MinMax",
    "Normalizer",
    "PercentileTrimming",
    "RegionLengthNormalization",
    "Rpkm",
    "Tpm",
    "Values",
    "ZScore",
    "ZScoreLog",
    "from_states",
    "load_normalizers",
    "normalize_garray_tpm",
    "normalizer_named",
    "normalizers_of",
    "save_normalizers",
]

FORMAT, VERSION = "jangdan-normalizers", 1

_CLASSES = (LogTransform, ZScore, ZScoreLog, Tpm, Rpkm, PercentileTrimming, MinMax, MaxScale, RegionLengthNormalization)
NORMALIZERS: dict[str, type[Normalizer]] = {**{n.name: n for n in _CLASSES}, "binsizenorm": Rpkm}


class CallableNormalizer(Normalizer):
    """A user's function of a whole GenomicArray (or RegionArray), which it changes or returns anew."""

    name = "callable"

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, garray: AnyArray) -> AnyArray:
        """Return what the function makes of the array; it sees dense values, which it may change in place.

        Raises DataError where it returns no array of the same bins, strands and conditions.
        """
        given = garray
        if isinstance(garray.values, SparseValues):
            # what a function writes to `data` of sparse values would be lost
            given = garray.like(DenseValues(garray.data), garray.padding, garray.meta)
        returned = self.function(given)
        result = given if returned is None else returned
        if not isinstance(result, AnyArray) or result.values.shape != garray.values.shape:
            found = f"values of shape {result.values.shape}" if hasattr(result, "values") else type(result).__name__
            raise DataError(
                f"normalizer={self._label}: returned {found}, expected the {type(garray).__name__} it was given, "
                f"values of shape {garray.values.shape}"
            )
        return result

    def state(self) -> dict[str, Any]:
        """Raise OptionError: a function cannot be kept in a file."""
        raise OptionError(f"normalizer={self._label}: a function cannot be saved; write a subclass of Normalizer")

    def _apply(self, values: Values, places: Places) -> Values:
        raise OptionError(f"normalizer={self._label}: a function works on a whole array, not on some of its bins")

    @property
    def _label(self) -> str:
        return str(getattr(self.function, "__qualname__", self.function))


def normalizer_named(name: str) -> Normalizer:
    """Return a new normalizer; raises OptionError for an unknown name."""
    if name not in NORMALIZERS:
        raise OptionError(f"normalizer={name!r}: expected one of {', '.join(NORMALIZERS)}")
    return NORMALIZERS[name]()


def normalizers_of(spec: Any) -> list[Normalizer]:
    """Return the steps of a `normalizer` argument: None, a name, a Normalizer, a function, or a list of these.

    Objects are taken as they are, so that one given twice keeps its parameters. Raises OptionError for others.
    """
    if spec is None:
        return []
    return [_step(item) for item in (spec if isinstance(spec, (list, tuple)) else [spec])]


def from_states(states: Sequence[Mapping[str, Any]]) -> list[Normalizer]:
    """Return fitted normalizers from what `state` returned for each. Raises DataError for a damaged state."""
    normalizers = []
    for state in states:
        if not isinstance(state, Mapping) or not isinstance(state.get("name"), str):
            raise DataError(f"normalizers: found {state!r}, expected a name and its parameters")
        normalizer = normalizer_named(state["name"])
        normalizer.set_state(state)
        normalizers.append(normalizer)
    return normalizers


def save_normalizers(chain: Sequence[Normalizer], path: str | PathLike[str]) -> None:
    """Write fitted normalizers to a JSON file, whole or not at all; numbers keep every bit.

    Raises DataError where one is not fitted, OptionError for functions, which cannot be saved.
    """
    states = [normalizer.state() for normalizer in chain]
    document = {"format": FORMAT, "version": VERSION, "normalizers": states, "checksum": _checksum(states)}
    write_text(path, json.dumps(document, indent=1, allow_nan=False) + "\n")


def load_normalizers(path: str | PathLike[str]) -> list[Normalizer]:
    """Return the normalizers of a file. Raises InputFileError where it is damaged, of another kind or version."""
    try:
        document = json.loads(existing(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputFileError):
            raise
        raise InputFileError(path, f"is no JSON ({error}); fit and save the normalizers again") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputFileError(path, f"is no file of normalizers, expected JSON with format {FORMAT!r}")
    if document.get("version") != VERSION:
        raise InputFileError(path, f"is of version {document.get('version')!r}, expected {VERSION}; save it again")
    states = document.get("normalizers")
    try:
        if not isinstance(states, list):
            raise DataError(f"normalizers: found {states!r}, expected a list")
        if document.get("checksum") != _checksum(states):
            raise DataError("its checksum is another one than that of its numbers")
        return from_states(states)
    except JangdanError as error:
        raise InputFileError(path, f"is damaged ({error}); fit and save the normalizers again") from None


def _checksum(states: Sequence[Mapping[str, Any]]) -> int:
    return crc32(json.dumps(states, sort_keys=True).encode())


def _step(item: Any) -> Normalizer:
    if isinstance(item, str):
        return normalizer_named(item)
    if isinstance(item, Normalizer):
        return item
    if isinstance(item, type) and issubclass(item, Normalizer):
        return item()
    if callable(item):
        return CallableNormalizer(item)
    raise OptionError(
        f"normalizer={item!r}: expected a name ({', '.join(NORMALIZERS)}), a Normalizer, a function, or a list of these"
    )
