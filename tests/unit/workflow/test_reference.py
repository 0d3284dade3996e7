"""The schema and the tables that are made from the options classes are current, complete, and agree with each other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jangdan.records.kinds import NORMALIZERS
from jangdan.workflow.load import load_config
from jangdan.workflow.reference import SCHEMA, TABLES, tables, with_tables
from jangdan.workflow.schema import config_schema, schema_text

ROOT = Path(__file__).parents[3]
CONFIGS = [p for p in sorted((ROOT / "config").glob("*.yaml")) if "run" in yaml.safe_load(p.read_text())]


def test_the_schema_is_current() -> None:
    assert (ROOT / SCHEMA).read_text() == schema_text(), "run make schema"


def test_the_tables_are_current() -> None:
    text = (ROOT / TABLES).read_text()
    assert with_tables(text, tables()) == text, "run make schema"
    missing = [name for name in tables() if f"<!-- table {name}, made by make schema -->" not in text]
    assert missing == []


def _keys(schema: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each key of a schema, and what the schema says of it."""
    for name, each in schema.get("properties", {}).items() if isinstance(schema, dict) else ():
        yield f"{where}{name}", each
    for name, part in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if isinstance(part, (dict, list)) and name not in ("default", "if"):
            yield from _keys(part, f"{where}{name} ")


def test_every_key_of_the_schema_is_described() -> None:
    keys = [(name, each) for name, each in _keys(json.loads((ROOT / SCHEMA).read_text())) if "then" not in name]
    assert len(keys) > 150
    assert [name for name, each in keys if not each.get("description")] == []


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configs_are_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = yaml.safe_load(path.read_text())
    jsonschema.Draft202012Validator.check_schema(config_schema())
    jsonschema.validate(config, json.loads((ROOT / SCHEMA).read_text()))
    load_config(config, [path])


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("regions", "windoww"), 200),
        (("datasets", "dna", "files"), {"a": "b"}),
        (("datasets", "bound", "sheet"), "a.tsv"),
        (("models", "joint", "parameters", "filtres"), 3),
        (("models", "joint", "grid", "order"), [7]),
        (("models", "joint", "normalizer"), {"name": "perctrim", "percentil": 95}),
        (("models", "joint", "target_normalizer"), [{"name": "perctrim", "percentile": 120}]),
        (("models", "joint", "grid", "normalizer"), ["log", {"percentile": 95}]),
        (("datasets", "signal", "collapser"), "median"),
        (("locus_figures", "width"), 10),
        (("seeds",), [1, 1]),
    ],
)
def test_the_schema_finds_mistakes(keys: tuple[str, ...], value: Any) -> None:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    place = config
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    assert not jsonschema.Draft202012Validator(json.loads((ROOT / SCHEMA).read_text())).is_valid(config)


def test_the_schema_and_the_tables_have_every_normalizer_and_its_parameters() -> None:
    schema = json.loads((ROOT / SCHEMA).read_text())
    model = schema["properties"]["models"]["additionalProperties"]["properties"]
    row = tables()["normalizers"]
    for key in (model["normalizer"], model["target_normalizer"], model["grid"]["properties"]["normalizer"]["items"]):
        assert key["$ref"] == "#/$defs/normalizers"
    (mapping,) = [each for each in schema["$defs"]["normalizer"]["anyOf"] if each["type"] == "object"]
    kinds = {each["then"]["properties"]["name"]["const"]: each["then"]["properties"] for each in mapping["allOf"]}
    assert sorted(kinds) == NORMALIZERS.names()
    assert set(kinds["perctrim"]) == {"name", "percentile"}
    assert re.findall(r"^\| `(\w+)`", row, flags=re.MULTILINE) == NORMALIZERS.names()


def test_the_schema_takes_normalizers_with_parameters() -> None:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    trimmed = {"name": "perctrim", "percentile": 95}
    config["models"]["joint"]["grid"]["normalizer"] = ["none", trimmed, ["log", trimmed], {"name": "mine", "x": 1}]
    jsonschema.validate(config, json.loads((ROOT / SCHEMA).read_text()))


def test_defaults_of_the_schema_are_those_that_are_filled_in() -> None:
    schema = json.loads((ROOT / SCHEMA).read_text())
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    filled = load_config(config)
    for name, each in schema["properties"].items():
        if name not in config:
            assert filled[name] == each["default"], name
    (joint, described) = filled["models"]["joint"], schema["properties"]["models"]["additionalProperties"]["properties"]
    assert joint["training"]["monitor"] == described["training"]["properties"]["monitor"]["default"] == "val_loss"
    assert joint["loss"] == described["loss"]["default"] == "binary_crossentropy"
    # of the format of its file, a bigWig
    assert filled["datasets"]["signal"]["collapser"] == "mean"
    # of a narrowPeak
    assert filled["datasets"]["bound"]["collapser"] == "max"
