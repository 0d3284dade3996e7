"""Section of the config on datasets: sequence, and coverage, whose options depend on the format of its files.

Standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from jangdan.errors import OptionError
from jangdan.records.kinds import FORMATS, format_of
from jangdan.records.options import Options, chosen_options, option, problems_of, problems_of_value, unknown_key
from jangdan.records.schema import plain
from jangdan.records.values import class_of_kind, shown
from jangdan.workflow.sections.names import NAME

DTYPES = ("uint8", "uint16", "uint32", "int32", "float32", "float64")


@dataclass(frozen=True, kw_only=True)
class SequenceDataset(Options):
    """Letters of the genome."""

    kind: Literal["sequence"] = option("sequence: letters of the genome")
    flank: int = option("bp of context at both ends of a window", 0, minimum=0)


@dataclass(frozen=True, kw_only=True)
class StrandPair(Options):
    """A file per strand."""

    plus: str = option("file of the forward strand")
    minus: str = option("file of the reverse strand")


Paths = str | tuple[str, ...] | StrandPair
"""A file of a condition, several, whose counts are added up, or a pair by strand."""


@dataclass(frozen=True, kw_only=True)
class CoverageDataset(Options):
    """Values along the genome, from files; what the formats of these files take is not here."""

    kind: Literal["coverage"] = option("coverage: values along the genome, from files")
    files: dict[str, Paths] | None = option(
        "condition: file, or a list of files, whose counts are added up, or a pair by strand, {plus, minus}; the "
        "suffix tells the format",
        None,
        least=1,
        **NAME,
    )
    sheet: str | None = option(
        "in place of files: tab-separated table with a header and the columns condition, file, and perhaps url, "
        "sha256, md5, group; its path is from the working folder",
        None,
    )
    groups: dict[str, str] = option("condition: group, which has a colour in figures; a sheet gives them, too", {})
    flank: int = option(
        "bp of context at both ends of a window; with resolution null, bp that are counted into its value", 0, minimum=0
    )
    resolution: int | None = option("bp per value; null is one value per window", 1, minimum=1)
    relative_strand: str | None = option(
        "with resolution null: values of the window's own strand (sense), or of the other one; their mean if absent",
        None,
        choices=("sense", "antisense"),
    )
    dtype: str = option("type of the stored values", "float32", choices=DTYPES)

    def problems(self) -> Iterable[str]:
        """Return what is missing, and what cannot be used together."""
        if self.files is None and self.sheet is None:
            yield "files and sheet are missing; give one of them"
        elif self.files is not None and self.sheet is not None:
            yield "found both files and sheet; give only one of them"
        for condition, paths in (self.files or {}).items():
            if paths == ():
                yield f"files: {condition}: found an empty list, expected at least one file"
        for condition in self.groups:
            if self.files is not None and condition not in self.files:
                yield f"groups: {unknown_key(condition, self.files)}"
        if self.relative_strand is not None and self.resolution is not None:
            yield f"relative_strand: {self.relative_strand} needs resolution: null, one value per window"


def listed(paths: Any) -> list[str]:
    """Return the paths of a condition, which the config gives as one, as a list, or by strand (plus, minus)."""
    if isinstance(paths, Mapping):
        return [paths["plus"], paths["minus"]]
    return [paths] if isinstance(paths, str) else list(paths)


def dataset_problems(given: Any, where: str) -> list[str]:
    """Return all that is wrong with the keys and values of one dataset, one sentence each."""
    if not isinstance(given, Mapping):
        return [f"{where}: found {shown(given)}, expected keys and values"]
    found: list[str] = []
    kind = class_of_kind(given, (SequenceDataset, CoverageDataset), where, found)
    if kind is None:
        return found
    known = keys_of(kind)
    own = {key: value for key, value in given.items() if key in known}
    others = {key: value for key, value in given.items() if key not in known}
    found += problems_of(kind, own, where)
    if kind is SequenceDataset:
        return found + [f"{where}: {_not_of_sequence(key)}" for key in others]
    if problems_of_value(CoverageDataset, "files", own.get("files"), where):
        return found
    paths = [path for each in (own.get("files") or {}).values() for path in listed(each)]
    wrong = [f"{where}: files: {problem}" for problem in _file_problems(paths)]
    return found + (wrong or _option_problems(others, paths, where))


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dataset without problems with the defaults of its kind and of the formats of its files."""
    if given["kind"] == "sequence":
        filled: dict[str, Any] = plain(SequenceDataset(**given))
        return filled
    known = keys_of(CoverageDataset)
    filled = plain(CoverageDataset(**{key: value for key, value in given.items() if key in known}))
    del filled["sheet"]
    for name in _formats_of(path for each in given["files"].values() for path in listed(each)):
        filled = {**plain(chosen_options(FORMATS[name].options, given)), **filled}
    return filled


def keys_of(kind: type[Options]) -> list[str]:
    """Return the keys of an options class."""
    return [each.name for each in fields(kind)]


def format_keys() -> dict[str, list[str]]:
    """Return option -> names of the formats that take it."""
    found: dict[str, list[str]] = {}
    for record in FORMATS:
        for key in keys_of(record.options):
            found.setdefault(key, []).append(record.name)
    return found


def _formats_of(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(format_of, paths)))


def _not_of_sequence(key: Any) -> str:
    if key in keys_of(CoverageDataset) or key in format_keys():
        return f"{key}: is not for a dataset of kind sequence; remove it"
    return unknown_key(key, keys_of(SequenceDataset))


def _file_problems(paths: Iterable[str]) -> list[str]:
    """Return files that no coverage can be made of, and formats that do not go together."""
    first: dict[str, str] = {}
    for path in paths:
        try:
            first.setdefault(format_of(path), path)
        except OptionError as error:
            return [str(error)]
    for name, path in first.items():
        if name not in FORMATS:
            return [f"{path}: cannot make coverage of a {name} file"]
    if len(first) > 1 and any(FORMATS[name].values != "regions" for name in first):
        one, other = list(first.values())[:2]
        return [f"{one} and {other} are of different formats; make a dataset of each"]
    return []


def _option_problems(options: Mapping[Any, Any], paths: list[str], where: str) -> list[str]:
    """Return options that no format of the files takes, and values that a format does not take."""
    found, takers = [], format_keys()
    formats = _formats_of(paths)
    own = [key for key in takers if set(formats) & set(takers[key])]
    for key, value in options.items():
        of_files = [name for name in formats if name in takers.get(key, [])]
        if of_files:
            for name in of_files:
                found += problems_of_value(FORMATS[name].options, key, value, where)
        elif key in takers and paths:
            labels = _and([FORMATS[name].label for name in takers[key]])
            found.append(f"{where}: {key}: applies to {labels} files, not to {paths[0]}; remove it")
        elif key not in takers:
            found.append(f"{where}: {unknown_key(key, [*keys_of(CoverageDataset), *own])}")
    if not found:
        for name in formats:
            kept = {key: value for key, value in options.items() if key in keys_of(FORMATS[name].options)}
            found += problems_of(FORMATS[name].options, kept, where)
    return list(dict.fromkeys(found))


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
