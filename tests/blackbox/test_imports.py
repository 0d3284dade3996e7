"""The folder keeps to the public boundary."""

import ast
from pathlib import Path

PUBLIC = {"jangdan", "jangdan.data"}


def test_only_public_modules_are_imported() -> None:
    found = set()
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
    own = {name for name in found if name.split(".")[0] == "jangdan"}
    assert own == PUBLIC
