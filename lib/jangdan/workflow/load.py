"""A config as the rules use it: checked, with all defaults.

In this order: YAML, plugins, sample sheets, checks of what was given, defaults, checks of names. Standard library and
PyYAML: the Snakefile imports it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jangdan.errors import OptionError
from jangdan.records.kinds import load_plugins
from jangdan.workflow.problems import problems
from jangdan.workflow.sections.run import problems_of_config, with_defaults
from jangdan.workflow.sheets import with_sheets
from jangdan.workflow.sources import with_sources
from jangdan.workflow.yaml_file import YamlFile, read_yaml

SHOWN = 4


def load_config(given: Mapping[str, Any], files: Iterable[str | Path] = ()) -> dict[str, Any]:
    """Return a config with all defaults.

    Parameters
    ----------
    given : Mapping[str, Any]
        Keys and values as YAML has them.
    files : Iterable[str | Path], optional
        The files that they come from, the last one with precedence: YAML is read for mistakes that only it shows, and
        for the lines in messages.

    Returns
    -------
    dict[str, Any]
        Dicts, lists, text, numbers, booleans and None.

    Raises
    ------
    OptionError
        One sentence per mistake, the first four, each in a line.
    InputFileError
        If a file is not YAML, a plugin fails, or a sample sheet cannot be read.
    """
    read = [read_yaml(path) for path in files if Path(path).suffix != ".json"]
    filled, found = check_config(given)
    if found:
        raise OptionError(shown([with_line(sentence, read) for sentence in found]))
    return filled


def check_files(files: Sequence[str | Path]) -> tuple[dict[str, Any], list[str]]:
    """Return the config of YAML files with all defaults, and what is wrong with it, each with its line.

    Of several files, the keys of the last one count, as Snakemake has it. Raises InputFileError as `load_config`.
    """
    read = [read_yaml(path) for path in files]
    given: dict[str, Any] = {}
    for each in read:
        given = _merged(given, each.content)
    config, found = check_config(given)
    return config, [with_line(sentence, read) for sentence in found]


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of two mappings, also of mappings inside of them; values of the second one count."""
    merged = dict(one)
    for key, value in other.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def check_config(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a config with all defaults and what is wrong with it, one sentence each.

    Where values themselves are wrong, the config is as it was given. Raises InputFileError as `load_config`.
    """
    load_plugins(_plugins(given))
    expanded = with_sheets(given)
    if found := problems_of_config(expanded):
        return dict(given), found
    filled = with_sources(with_defaults(expanded))
    return filled, problems(filled)


def _plugins(given: Mapping[str, Any]) -> list[str]:
    """Return the paths of plugins; other values are for the checks to find."""
    plugins = given.get("plugins")
    return [path for path in plugins if isinstance(path, str)] if isinstance(plugins, list) else []


def with_line(sentence: str, read: Sequence[YamlFile]) -> str:
    """Return a sentence with the file and the line of its key, where a file has it."""
    for each in reversed(read):
        if line := each.line_of(sentence):
            return f"{Path(each.path).name}, line {line}: {sentence}"
    return sentence


def shown(found: list[str]) -> str:
    """Return the first problems, one a line, and how many more there are."""
    more = len(found) - SHOWN
    return "\n".join(found[:SHOWN] + ([f"and {more} more"] if more > 0 else []))
