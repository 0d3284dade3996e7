"""The cache: dataset files in a folder of the user's, named by the key of what they were made of.

<root>/datasets/<dataset name>/<tags ...>/<key>.h5, where <root> is $JANGDAN_OUTPUT, else $JANGGU_OUTPUT,
else ~/janggu_results. Files appear whole or not at all, so that several processes can share a cache.
"""

import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from jangdan.errors import InputFileError
from jangdan.storage.any_array import AnyArray
from jangdan.storage.dataset_file import load

_ROOTS = ("JANGDAN_OUTPUT", "JANGGU_OUTPUT")
_FOLDER, _SUFFIX = "datasets", ".h5"


@dataclass(frozen=True)
class Entry:
    """A cached dataset file: path, name of the dataset, size in bytes, and when it was written (seconds since 1970)."""

    path: Path
    name: str
    size: int
    written: float


def output_root() -> Path:
    """Return the folder for what is kept: $JANGDAN_OUTPUT, else $JANGGU_OUTPUT, else ~/janggu_results."""
    chosen = next((os.environ[name] for name in _ROOTS if os.environ.get(name)), None)
    return Path.home() / "janggu_results" if chosen is None else Path(chosen)


def cache_folder() -> Path:
    """Return the folder of the cache."""
    return output_root() / _FOLDER


def digest_memo() -> Path:
    """Return the file that remembers the digests of source files."""
    return cache_folder() / "digests.json"


def entry_path(name: str, tags: Sequence[str], key: str) -> Path:
    """Return where a dataset of that name, tags and key is kept."""
    return cache_folder().joinpath(*(quote(part, safe="") for part in (name, *tags)), key + _SUFFIX)


def open_entry(path: Path) -> AnyArray | None:
    """Open the entry at `path`; None where it is missing or (with a warning) damaged."""
    if not path.is_file():
        return None
    try:
        return load(path)
    except InputFileError as error:
        warnings.warn(f"cache: {error}; it is built again", stacklevel=2)
        return None


def entries() -> list[Entry]:
    """Return all entries of the cache, sorted by name and date."""
    folder = cache_folder()
    found = []
    for path in folder.rglob(f"[!.]*{_SUFFIX}"):
        stat = path.stat()
        found.append(Entry(path, unquote(path.relative_to(folder).parts[0]), stat.st_size, stat.st_mtime))
    return sorted(found, key=lambda e: (e.name, e.written))


def clear(name: str | None = None) -> list[Entry]:
    """Delete the entries of a dataset, or all, with what killed processes left behind; return what was deleted."""
    chosen = [entry for entry in entries() if name is None or entry.name == name]
    for entry in chosen:
        entry.path.unlink(missing_ok=True)
    yesterday = time.time() - 24 * 3600
    for path in cache_folder().rglob(f".*{_SUFFIX}"):
        if path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)
    for folder in sorted({entry.path.parent for entry in chosen}):
        _remove_empty(folder)
    return chosen


def _remove_empty(folder: Path) -> None:
    while folder != cache_folder() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
