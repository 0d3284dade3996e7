"""The JSON schema of a config, for editors, made from the options classes. Standard library only."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jangdan.records.kinds import ARCHITECTURES, COMPARISON_FIGURES, FORMATS, METHODS
from jangdan.records.schema import object_schema
from jangdan.training.options import Training
from jangdan.workflow.sections.datasets import CoverageDataset, SequenceDataset
from jangdan.workflow.sections.models import MODEL_KEYS, NORMALIZER_KEYS, Model
from jangdan.workflow.sections.normalizers import chain_schemas
from jangdan.workflow.sections.run import Run

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Return the schema of a config, with all records of jangdan and those of plugins that are loaded."""
    schema = object_schema(Run)
    properties = schema["properties"]
    properties["datasets"]["additionalProperties"] = _dataset_schema()
    properties["models"]["additionalProperties"] = _model_schema()
    properties["comparison_figures"]["additionalProperties"] = _figure_schema()
    (attribution,) = (each for each in properties["attribution"]["anyOf"] if each["type"] == "object")
    attribution["allOf"] = [_parameters_of(record, "method") for record in METHODS]
    return {"$schema": DIALECT, "title": "Config of a jangdan run", **schema, "$defs": chain_schemas()}


def schema_text() -> str:
    """Return the schema as text, as it is committed."""
    return json.dumps(config_schema(), indent=1) + "\n"


def _dataset_schema() -> dict[str, Any]:
    coverage = object_schema(CoverageDataset)
    coverage["properties"] |= _format_options()
    coverage["oneOf"] = [{"required": ["files"]}, {"required": ["sheet"]}]
    return {
        "description": "a dataset: letters of the genome, or values along it",
        "anyOf": [object_schema(SequenceDataset), coverage],
    }


def _format_options() -> dict[str, Any]:
    """Return the schema of each option of a format; formats may take different values of the same option."""
    found: dict[str, dict[str, Any]] = {}
    for record in FORMATS:
        for key, each in object_schema(record.options)["properties"].items():
            found.setdefault(key, {})[record.label] = each
    return {key: _of_formats(by_label) for key, by_label in sorted(found.items())}


def _of_formats(by_label: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return one schema of an option that several formats take."""
    kinds: list[dict[str, Any]] = []
    labels: list[list[str]] = []
    for label, each in by_label.items():
        if each in kinds:
            labels[kinds.index(each)].append(label)
        else:
            kinds.append(each)
            labels.append([label])
    for each, names in zip(kinds, labels, strict=True):
        each["description"] = f"{', '.join(names)}: {each['description']}"
    if len(kinds) == 1:
        return kinds[0]
    return {"description": "; ".join(each["description"] for each in kinds), "anyOf": kinds}


def _model_schema() -> dict[str, Any]:
    schema = object_schema(Model)
    properties = schema["properties"]
    for key in NORMALIZER_KEYS:
        properties[key] = {k: v for k, v in properties[key].items() if k != "anyOf"} | {"$ref": "#/$defs/normalizers"}
    varied = {key: properties[key] for key in MODEL_KEYS} | object_schema(Training)["properties"]
    properties["grid"]["properties"] = {
        key: {"type": "array", "items": each, "description": f"values of {key}: {each['description']}"}
        for key, each in varied.items()
    }
    schema["description"] = "a model"
    one = {"grid": {"not": {"required": ["architecture"]}}}  # of several in a grid, parameters are of at least one
    schema["allOf"] = [_parameters_of(record, "architecture", one) for record in ARCHITECTURES]
    return schema


def _parameters_of(record: Any, key: str, others: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Return what the parameters are where a key names this record, and other keys are as given."""
    return {
        "if": {"required": [key], "properties": {key: {"const": record.name}, **others}},
        "then": {"properties": {"parameters": object_schema(record.options)}},
    }


def _figure_schema() -> dict[str, Any]:
    kinds = []
    for record in COMPARISON_FIGURES:
        schema = object_schema(record.options)
        schema["properties"] |= {"kind": {"const": record.name, "description": record.doc}}
        kinds.append(schema | {"required": ["kind", *schema["required"]]})
    return {"description": "a figure that compares models", "anyOf": kinds}
