"""How a dataset is kept: in memory, sparse, or in a file; from the cache where it is there already."""

import tempfile
import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jangdan
from jangdan.errors import OptionError
from jangdan.files import file_digests
from jangdan.storage.any_array import AnyArray
from jangdan.storage.cache import digest_memo, entry_path, open_entry
from jangdan.storage.cache_keys import key_of
from jangdan.storage.dataset_file import VERSION, load

STORAGES = ("ndarray", "sparse", "hdf5")


class Recipe(ABC):
    """What an array is made of, and how."""

    @property
    def paths(self) -> Sequence[str]:
        """The files that are read."""
        return ()

    @abstractmethod
    def options(self) -> Any:
        """Return all that the array depends on, besides the content of the files."""

    @abstractmethod
    def build(self, path: Path | None, sparse: bool) -> AnyArray:
        """Return the array, in a dataset file at `path` if there is one."""


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

    def kept(self, recipe: Recipe) -> AnyArray:
        """Return the array of a recipe; with `cache`, made once of files of the same content and the same options."""
        if self.cache:
            return self._in_cache(recipe)
        if self.storage == "hdf5":
            return self._in_temporary_file(recipe)
        return recipe.build(None, self.sparse)

    def _in_cache(self, recipe: Recipe) -> AnyArray:
        digests = file_digests(recipe.paths, digest_memo())
        key = key_of([recipe.options(), digests, self.sparse, VERSION, jangdan.__version__])
        tags = [self.datatags] if isinstance(self.datatags, str) else list(self.datatags or ())
        path = entry_path(self.name, tags, key)
        array = None if self.overwrite else open_entry(path)
        if array is None:
            recipe.build(path, self.sparse)
            array = load(path)
        return array

    def _in_temporary_file(self, recipe: Recipe) -> AnyArray:
        folder = tempfile.TemporaryDirectory(prefix="jangdan-")
        path = Path(folder.name) / "dataset.h5"
        recipe.build(path, self.sparse)
        array = load(path)
        weakref.finalize(array.values, folder.cleanup)
        return array
