"""Digests that make a rule rerun when, and only when, its code or its sources changed.

Standard library only: the Snakefile imports this.
"""

import ast
import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jangdan.files import file_digests

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def code_digest(script: str, lib: str, records: tuple[str, ...] = ()) -> str:
    """Return a digest of a script, of the records that it uses, and of all modules below `lib` that these import.

    records: of each record its module, or the path of its plugin (`Registry.module_of`). A script does not import
    records, but finds them by name, so that one that it does not use is not in its digest.

    Comments, layout, docstrings and the documentation of records and options do not count, nor do the packages' own
    __init__ (re-exports only).
    """
    digest = hashlib.sha256()
    for name, path in sorted({"__main__": script, **imported_modules(script, lib, records)}.items()):
        if not path.endswith("__init__.py"):
            digest.update(f"{name}\n{_parsed(path)[1]}\n".encode())
    return digest.hexdigest()[:16]


def imported_modules(script: str, lib: str, records: tuple[str, ...] = ()) -> dict[str, str]:
    """Return name -> file of the modules below `lib` that a script and its records import, however indirectly.

    Imports inside functions count, and so do the packages that a module lies in.
    """
    found: dict[str, str] = {}
    waiting = sorted(_imports("__main__", script))
    for record in records:
        if record.endswith(".py"):
            found[os.path.basename(record)] = record
            waiting += sorted(_imports("__main__", record))
        else:
            waiting.append(record)
    while waiting:
        name = waiting.pop()
        path = None if name in found else _file_of(name, lib)
        if path is not None:
            found[name] = path
            waiting += _imports(name, path)
    return found


def _imports(name: str, path: str) -> set[str]:
    """Return the names that a module imports, each with the packages that it lies in."""
    package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
    names = set()
    for level, module, members in _parsed(path)[0]:
        if level:
            above = package.split(".")[: len(package.split(".")) - level + 1]
            module = ".".join(filter(None, [*above, module]))
        # a member may be a module, too
        for full in (module, *(f"{module}.{member}" for member in members)):
            parts = full.split(".")
            names |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return names


@cache
def _file_of(name: str, lib: str) -> str | None:
    path = Path(lib, *name.split("."))
    files = (path / "__init__.py", path.with_name(f"{path.name}.py"))
    return next((str(file) for file in files if file.is_file()), None)


@cache
def _parsed(path: str) -> tuple[list[tuple[int, str, list[str]]], str]:
    """Return the imports of a file, each as level, module and members; and what it does, as text."""
    tree = ast.parse(Path(path).read_bytes())
    imports: list[tuple[int, str, list[str]]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [(0, alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports.append((node.level, node.module or "", [alias.name for alias in node.names]))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "option" and node.args:
            node.args[0] = ast.Constant("")
        elif isinstance(node, ast.Assign) and _is_record(node):
            node.value.args[1] = ast.Constant("")  # type: ignore[attr-defined]  # its doc
        elif isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return imports, ast.dump(tree)


def _is_record(node: ast.Assign) -> bool:
    """Tell whether an assignment is ``RECORD = Format("name", "doc", ...)``, or that of another kind."""
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    return names == ["RECORD"] and isinstance(node.value, ast.Call) and len(node.value.args) > 1


def content_digest(paths: Iterable[str], memo: str = ".snakemake/jangdan-digests.json") -> str:
    """Return a digest of the content of files; read again only where size, dates or inode changed.

    Raises FileNotFoundError where a file is not there (yet).
    """
    return hashlib.sha256("\n".join(file_digests(paths, memo)).encode()).hexdigest()[:16]


def import_first(library: str) -> None:
    """Let the scripts' processes import this library, whose digest reruns them, before one that is installed."""
    paths = [library, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
