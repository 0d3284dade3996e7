"""YAML files of users: read strictly, with the line of each key. Standard library and PyYAML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from jangdan.errors import InputFileError, MissingFileError

_EXAMPLE = "expected keys and values, such as run: demo"


@dataclass(frozen=True)
class YamlFile:
    """What a file holds, and in which line (1-based) each key stands, by the keys that lead to it."""

    path: str
    content: dict[str, Any]
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def line_of(self, sentence: str) -> int | None:
        """Return the line of the last key that a sentence such as "regions: width: found 0" begins with.

        Parameters
        ----------
        sentence : str
            Keys, each with a colon and a space after it, and what is wrong.

        Returns
        -------
        int | None
            None where the file does not have the first of the keys.
        """
        keys = sentence.split(": ")
        found = [self.lines[tuple(keys[:n])] for n in range(1, len(keys)) if tuple(keys[:n]) in self.lines]
        return found[-1] if found else None


def read_yaml(path: str | Path) -> YamlFile:
    """Return what a YAML file holds.

    Raises InputFileError, with the line, where it is not YAML, is empty, has no keys at its top, or has a key twice;
    MissingFileError where it does not exist.
    """
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, text, error) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InputFileError(path, f"is not YAML: {' '.join(str(error).split())}") from None
    if node is None or content is None:
        raise InputFileError(path, f"is empty; {_EXAMPLE}")
    if not isinstance(node, yaml.MappingNode):
        found = "a list" if isinstance(node, yaml.SequenceNode) else "one value"
        raise InputFileError(path, f"found {found} at the top, {_EXAMPLE}", node.start_mark.line + 1)
    lines: dict[tuple[str, ...], int] = {}
    _add_lines(path, node, (), lines)
    return YamlFile(str(path), content, lines)


def _text(path: str | Path) -> str:
    if not Path(path).is_file():
        raise MissingFileError(path, "no such file; give the path of a config")
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputFileError(path, "is not text in UTF-8") from None


def _not_yaml(path: str | Path, text: str, error: yaml.MarkedYAMLError) -> InputFileError:
    mark = error.problem_mark or error.context_mark
    line = None if mark is None else mark.line + 1
    problem = " ".join((error.problem or "cannot be read").split())
    if r"'\t'" in problem:
        return InputFileError(path, "found a tab; indent with spaces", line)
    if line is not None and line <= len(text.splitlines()):
        problem += f", in: {text.splitlines()[line - 1].strip()[:60]}"
    return InputFileError(path, f"is not YAML: {problem}; look at indentation, quotes and brackets here", line)


def _add_lines(path: str | Path, node: yaml.Node, above: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> None:
    """Add the line of each key below a node; raises InputFileError for a key that comes twice."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _add_lines(path, item, above, {})
    if not isinstance(node, yaml.MappingNode):
        return
    own: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in own and name != "<<":
            where = ": ".join([*above, name])
            raise InputFileError(path, f"{where}: comes twice, first in line {own[name]}; keep one of them", line)
        own[name] = line
        lines.setdefault((*above, name), line)
        _add_lines(path, value, (*above, name), lines)
