"""Markdown tables of options for the documentation. Standard library only."""

from dataclasses import fields

from jangdan.records.options import Options, annotations_of, declared, default_of, is_required
from jangdan.records.schema import plain
from jangdan.records.values import expected


def options_table(kind: type[Options]) -> str:
    """Return a table with one row per key: what it expects, its default, what it means."""
    annotations = annotations_of(kind)
    lines = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for each in fields(kind):
        said = declared(each)
        default = "required" if is_required(each) else f"`{_word(plain(default_of(each)))}`"
        value = expected(annotations[each.name], said.limits).replace("|", "\\|")
        lines.append(f"| `{each.name}` | {value} | {default} | {said.doc} |")
    return "\n".join(lines) + "\n"


def _word(value: object) -> str:
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
