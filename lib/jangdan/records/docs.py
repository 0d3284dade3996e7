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
        default = "required" if is_required(each) else _shown(default_of(each))
        value = expected(annotations[each.name], said.limits).replace("|", "\\|")
        lines.append(f"| `{each.name}` | {value} | {default} | {said.doc} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    """Return a default as YAML has it; of an Options class, its keys have their own."""
    if isinstance(default, Options):
        return "of its keys"
    words = {None: "null", True: "true", False: "false", "": '""'}
    value = plain(default)
    return f"`{words[value] if isinstance(value, (bool, str, type(None))) and value in words else value}`"
