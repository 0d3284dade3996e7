"""Files that are generated from the options classes: the config's schema, and the tables of config/README.md.

``python -m jangdan.workflow.reference`` (make schema) writes them, in a clone. Standard library only.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from jangdan.files import write_text
from jangdan.records.docs import options_table
from jangdan.records.kinds import (
    ARCHITECTURES,
    COMPARISON_FIGURES,
    FORMATS,
    LOSSES,
    METHODS,
    METRICS,
    NORMALIZERS,
    Format,
)
from jangdan.records.options import Options, declared
from jangdan.records.registry import Registry
from jangdan.simulate.settings import Simulation
from jangdan.training.options import Training
from jangdan.workflow.schema import schema_text
from jangdan.workflow.sections.datasets import CoverageDataset, SequenceDataset, StrandPair
from jangdan.workflow.sections.evaluation import Evaluation
from jangdan.workflow.sections.folds import CrossValidation, Fold
from jangdan.workflow.sections.inputs import Download, Genome
from jangdan.workflow.sections.models import Model
from jangdan.workflow.sections.regions import Regions, Storage
from jangdan.workflow.sections.results import Attribution, BigwigTracks, LocusFigures, Variants
from jangdan.workflow.sections.run import Run

SCHEMA = "workflow/schemas/config.schema.json"
TABLES = "config/README.md"

SECTIONS: dict[str, type[Options]] = {
    "run": Run,
    "simulate": Simulation,
    "downloads": Download,
    "genome": Genome,
    "regions": Regions,
    "folds": Fold,
    "cross_validation": CrossValidation,
    "storage": Storage,
    "sequence": SequenceDataset,
    "coverage": CoverageDataset,
    "pair": StrandPair,
    "models": Model,
    "training": Training,
    "evaluation": Evaluation,
    "attribution": Attribution,
    "variants": Variants,
    "bigwig_tracks": BigwigTracks,
    "locus_figures": LocusFigures,
}
"""Name of a table -> the class that it shows."""

_MARKED = re.compile(r"(<!-- table (\w+), made by make schema -->\n).*?(<!-- end -->)", flags=re.DOTALL)


def with_tables(text: str, tables: Mapping[str, str]) -> str:
    """Return a text with a table between each pair of markers; raises KeyError for a table that does not exist."""
    return _MARKED.sub(lambda found: f"{found[1]}{tables[found[2]]}{found[3]}", text)


def tables() -> dict[str, str]:
    """Return all tables, by name."""
    found = {name: options_table(kind) for name, kind in SECTIONS.items()}
    return found | {
        "formats": format_tables(),
        "architectures": parameter_tables(ARCHITECTURES),
        "methods": parameter_tables(METHODS),
        "figures": parameter_tables(COMPARISON_FIGURES),
        "losses": loss_table(),
        "metrics": metric_table(),
        "normalizers": normalizer_table(),
    }


def format_tables() -> str:
    """Return a table of options for each class that formats take, under the formats' names."""
    by_options: dict[type[Options], list[Format]] = {}
    for record in FORMATS:
        by_options.setdefault(record.options, []).append(record)
    parts = []
    for options, records in by_options.items():
        names = ", ".join(f"{each.label} (`{'`, `'.join(each.suffixes)}`)" for each in records)
        parts.append(f"\n{names}: {records[0].doc}\n\n{options_table(options)}")
    return "".join(parts) + "\n"


def parameter_tables(registry: Registry[Any]) -> str:
    """Return a table of options for each record."""
    parts = [f"\n`{each.name}`: {each.doc}\n\n{options_table(each.options)}" for each in registry]
    return "".join(parts) + "\n"


def loss_table() -> str:
    """Return a table of losses by what they are of."""
    rows = [f"| `{each.name}` | {each.targets} | {each.doc} |" for each in LOSSES]
    return "\n".join(["| loss | of | meaning |", "|---|---|---|", *rows]) + "\n"


def metric_table() -> str:
    """Return a table of metrics by what they are of."""
    records = sorted(METRICS, key=lambda each: each.place)
    rows = [f"| `{'`, `'.join((each.name, *each.aliases))}` | {each.kind} | {each.doc} |" for each in records]
    return "\n".join(["| metric | of | meaning |", "|---|---|---|", *rows]) + "\n"


def normalizer_table() -> str:
    """Return a table of normalizers with their parameters."""
    rows = []
    for each in NORMALIZERS:
        keys = [f"`{field.name}`: {declared(field).doc}" for field in fields(each.options)]
        rows.append(f"| `{each.name}` | {each.doc} | {'; '.join(keys)} |")
    return "\n".join(["| normalizer | meaning | parameters |", "|---|---|---|", *rows]) + "\n"


def write(root: Path) -> None:
    """Write schema and tables below the folder of a clone."""
    write_text(root / SCHEMA, schema_text())
    write_text(root / TABLES, with_tables((root / TABLES).read_text(encoding="utf-8"), tables()))


if __name__ == "__main__":
    write(Path.cwd())
