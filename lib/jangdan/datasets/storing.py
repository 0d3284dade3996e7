"""How a dataset is kept: in memory, sparse, or in a file; from the cache where it is there already."""

import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jangdan
from jangdan.errors import OptionError
from jangdan.files import file_digests
from jangdan.storage.any_array import AnyArray
from jangdan.storage.cache import digest_memo, entry_path, open_or_build
from jangdan.storage.cache_keys import key_of
from jangdan.storage.dataset_file import VERSION, load

STORAGES = ("ndarray", "sparse", "hdf5")

Build = Callable[[Path | None], AnyArray]
"""Builds an array, in a dataset file at the path if there is one."""


@dataclass(frozen=True)
class Keeping:
    """The documented keywords storage, cache, overwrite and datatags, with the dataset's name.

    storage: "ndarray" (in memory), "sparse" (in memory, only what is not padding) or "hdf5" (memory-mapped
    from a file: of the cache, or a temporary one that goes with the dataset). With `cache`, all
    are opened from a file of the cache, dense ones as a memory map.
    """

    name: str
    storage: str = "ndarray"
    cache: bool = False
    overwrite: bool = False
    datatags: Sequence[str] | str | None = None

    def __post_init__(self) -> None:
        if self.storage not in STORAGES:
            raise OptionError(f"storage={self.storage!r}: expected one of {', '.join(STORAGES)}")

    @property
    def sparse(self) -> bool:
        """Whether values are kept sparse."""
        return self.storage == "sparse"

    def kept(self, build: Build, options: Callable[[], Any], paths: Sequence[str]) -> AnyArray:
        """Return what `build` makes, or made once of files of the same content at `paths` and the same `options`."""
        if self.cache:
            digests = file_digests(paths, digest_memo())
            key = key_of([options(), digests, self.sparse, VERSION, jangdan.__version__])
            tags = [self.datatags] if isinstance(self.datatags, str) else list(self.datatags or ())
            return open_or_build(entry_path(self.name, tags, key), build, overwrite=self.overwrite)
        if self.storage == "hdf5":
            return _in_temporary_file(build)
        return build(None)


def _in_temporary_file(build: Build) -> AnyArray:
    folder = tempfile.TemporaryDirectory(prefix="jangdan-")
    path = Path(folder.name) / "dataset.h5"
    build(path)
    array = load(path)
    weakref.finalize(array.values, folder.cleanup)
    return array
