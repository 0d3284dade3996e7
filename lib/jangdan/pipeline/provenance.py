"""Digests that make a rule rerun when, and only when, its code or its sources changed.

Standard library only: the Snakefile imports this.
"""

import ast
import hashlib
import json
import os
from collections.abc import Iterable
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

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


def content_digest(paths: Iterable[str], cache_path: str = ".snakemake/jangdan-digests.json") -> str:
    """Return a digest of the content of files; read again only where size, dates or inode changed.

    Raises FileNotFoundError where a file is not there (yet).
    """
    known = _read_cache(cache_path)
    digests: list[str] = []
    changed = False
    for path in paths:
        stat = os.stat(path)
        key = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        entry = known.get(os.path.abspath(path))
        if entry is None or entry[:-1] != key:
            with open(path, "rb") as stream:
                entry = [*key, hashlib.file_digest(stream, "sha256").hexdigest()]
            known[os.path.abspath(path)], changed = entry, True
        digests.append(str(entry[-1]))
    if changed:
        _write_cache(cache_path, known)
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def _read_cache(path: str) -> dict[str, list[object]]:
    try:
        return dict(json.loads(Path(path).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _write_cache(path: str, known: dict[str, list[object]]) -> None:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(known), encoding="utf-8")
    os.replace(temporary, target)
