"""The plugins that CONTRIBUTING.md shows, as text."""

import re
from pathlib import Path

_BLOCK = re.compile(r"^(\S[^\n]*):\n```python\n(.*?)```$", flags=re.MULTILINE | re.DOTALL)


def plugin(*things: str) -> str:
    """Return the examples whose introductions begin with `things`, such as "An architecture", one after the other."""
    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = dict(_BLOCK.findall(text))
    return "\n\n".join(next(code for said, code in blocks.items() if said.startswith(thing)) for thing in things)
