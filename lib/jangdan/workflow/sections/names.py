"""What a name in the config may be: it becomes part of file names and of wildcards. Standard library only."""

from typing import Any

NAME: dict[str, Any] = {
    "pattern": "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}",
    "words": "a name of letters without accents, digits and . _ -, of at most 100",
}
"""Limits of a name."""

SOME: dict[str, Any] = {"least": 1, "unique": True}
"""Limits of a list of names."""
