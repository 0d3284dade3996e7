"""Registries: the records of a folder by name, found without importing them, and those of plugins.

A record is one thing that a config can name: a format, a normalizer, an architecture, a metric, a method. Its module
is named as the record is, and assigns it to ``RECORD``. At its top such a module imports only the standard library and
`jangdan.records`; its builder imports the rest inside the function. So the Snakefile, the schema and the documentation
know every record and its options in an environment that holds only Snakemake.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Generic, TypeVar

import jangdan
from jangdan.errors import InputFileError, MissingFileError, OptionError
from jangdan.records.options import Options
from jangdan.records.values import Limits, checked


@dataclass(frozen=True)
class Record:
    """Base of all records.

    name: what the config calls it. doc: one phrase for the documentation. options: the class of its options.
    """

    name: str
    doc: str
    options: type[Options]


R = TypeVar("R", bound=Record)


class Registry(Generic[R]):
    """The records of one kind.

    Parameters
    ----------
    kind : type[R]
        The class of the records.
    noun : str
        What the kind is called in messages, such as "architecture".
    folder : str
        The package whose modules are the records, such as "jangdan.networks.architectures".
    """

    def __init__(self, kind: type[R], noun: str, folder: str) -> None:
        self.kind, self.noun, self.folder = kind, noun, folder
        self._plugins: dict[str, tuple[R, str]] = {}

    def names(self) -> list[str]:
        """Return the names of all records, sorted; imports none of them."""
        return sorted({*self._built_in, *self._plugins})

    @cached_property
    def _built_in(self) -> list[str]:
        root = Path(jangdan.__file__).parent.joinpath(*self.folder.split(".")[1:])
        return [module.name for module in iter_modules([str(root)])]

    def __iter__(self) -> Iterator[R]:
        return (self._named(name) for name in self.names())

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __getitem__(self, name: str) -> R:
        """Return a record; raises OptionError, with the closest name, for an unknown one."""
        if name not in self:
            found: list[str] = []
            checked(name, str, Limits(choices=self.names()), self.noun, found)
            raise OptionError(found[0])
        return self._named(name)

    def _named(self, name: str) -> R:
        if name in self._plugins:
            return self._plugins[name][0]
        record: R = import_module(f"{self.folder}.{name}").RECORD
        return record

    def module_of(self, name: str) -> str:
        """Return where a record's code is: a module's name, or the path of a plugin."""
        return self.plugin_of(name) or f"{self.folder}.{name}"

    def plugin_of(self, name: str) -> str:
        """Return the path of the plugin that defines a record, "" for a record of jangdan."""
        return self._plugins[name][1] if name in self._plugins else ""

    def add(self, record: R, path: str) -> None:
        """Add the record of a plugin at `path`; raises OptionError for a name that is taken."""
        if record.name in self.names() and self._plugins.get(record.name, (None, ""))[1] != path:
            raise OptionError(f"plugins: {path}: the {self.noun} {record.name!r} exists already; give it another name")
        self._plugins[record.name] = (record, path)


def load_plugin(path: str, registries: Iterable["Registry[Any]"]) -> list[Record]:
    """Run a user's Python file, and add each record that it defines to the registry of its kind.

    Raises MissingFileError where the file does not exist, InputFileError where it fails or defines no record.
    """
    module = _run(path)
    found: list[Record] = []
    for value in vars(module).values():
        for registry in registries:
            if isinstance(value, registry.kind) and not any(value is each for each in found):
                registry.add(value, path)
                found.append(value)
    if not found:
        raise InputFileError(path, "defines no record; assign an Architecture, Metric or other record to a name")
    return found


def _run(path: str) -> ModuleType:
    if not Path(path).is_file():
        raise MissingFileError(path, "no such plugin; give its path from the working folder")
    name = f"jangdan_plugin_{Path(path).stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputFileError(path, "is not a Python file; expected a name that ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise InputFileError(path, f"fails with {type(error).__name__}: {error}") from error
    return module
