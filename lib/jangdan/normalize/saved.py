"""Chains of fitted normalizers kept in a JSON file."""

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any
from zlib import crc32

from jangdan.errors import DataError, InputFileError, JangdanError
from jangdan.files import existing, write_text
from jangdan.normalize.base import Normalizer
from jangdan.normalize.chain import from_states

FORMAT, VERSION = "jangdan-normalizers", 1


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
