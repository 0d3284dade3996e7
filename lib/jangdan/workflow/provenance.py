"""Digests that make a rule rerun when, and only when, its code or its sources changed.

Standard library only: the Snakefile imports this.
"""

import ast
import hashlib
import os
from collections.abc import Iterable
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

from jangdan.files import file_digests

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def code_digest(script: str, lib: str) -> str:
    """Return a digest of a script and of all modules below `lib` that it imports, however indirectly.

    Comments, layout and docstrings do not count, nor do the packages' own __init__ (re-exports only).
    """
    finder = ModuleFinder(path=[lib])
    finder.run_script(script)
    digest = hashlib.sha256()
    for name, module in sorted(finder.modules.items()):
        path = getattr(module, "__file__", None)
        if path and not path.endswith("__init__.py"):
            digest.update(f"{name}\n{_behaviour(path)}\n".encode())
    return digest.hexdigest()[:16]


@cache
def _behaviour(path: str) -> str:
    tree = ast.parse(Path(path).read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def content_digest(paths: Iterable[str], memo: str = ".snakemake/jangdan-digests.json") -> str:
    """Return a digest of the content of files; read again only where size, dates or inode changed.

    Raises FileNotFoundError where a file is not there (yet).
    """
    return hashlib.sha256("\n".join(file_digests(paths, memo)).encode()).hexdigest()[:16]


def import_first(library: str) -> None:
    """Let the scripts' processes import this library, whose digest reruns them, before one that is installed."""
    paths = [library, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
