"""The JSON schema of an options class, for editors and for the documentation. Standard library only."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin

from jangdan.records.options import Options, annotations_of, declared, default_of, is_required
from jangdan.records.values import Limits

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_LIMITS = {"minimum": "minimum", "maximum": "maximum", "above": "exclusiveMinimum", "below": "exclusiveMaximum"}


def object_schema(kind: type[Options]) -> dict[str, Any]:
    """Return the schema of the keys and values that an options class takes."""
    properties, required = {}, []
    annotations = annotations_of(kind)
    for each in fields(kind):
        said = declared(each)
        properties[each.name] = value_schema(annotations[each.name], said.limits) | {"description": said.doc}
        if is_required(each):
            required.append(each.name)
        else:
            properties[each.name]["default"] = plain(default_of(each))
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": required} if required else {})


def value_schema(annotation: Any, limits: Limits) -> dict[str, Any]:
    """Return the schema of one value by its type and limits."""
    origin = get_origin(annotation) or annotation
    if origin in (Union, types.UnionType):
        kinds = [value_schema(each, limits) for each in get_args(annotation)]
        return {"anyOf": kinds}
    if origin is Literal:
        return {"enum": list(get_args(annotation))}
    if origin in (list, tuple):
        return _array(annotation, limits)
    if origin is dict:
        names, values = get_args(annotation) or (Any, Any)
        inner = Limits(**{**vars(limits), "pattern": None, "least": None, "most": None})
        schema = {"type": "object", "additionalProperties": value_schema(values, inner)}
        if names is str and limits.pattern:
            schema["propertyNames"] = {"pattern": f"^(?:{limits.pattern})$"}
        counts = {"minProperties": limits.least, "maxProperties": limits.most}
        return schema | {key: value for key, value in counts.items() if value is not None}
    if is_dataclass(origin):
        return object_schema(origin)  # type: ignore[arg-type]
    return {} if origin is Any else _single(origin, limits)


def _array(annotation: Any, limits: Limits) -> dict[str, Any]:
    inner = Limits(**{**vars(limits), "least": None, "most": None, "unique": False})
    kinds = get_args(annotation) or (Any,)
    schema: dict[str, Any] = {"type": "array"}
    if get_origin(annotation) is tuple and kinds[-1] is not Ellipsis:
        schema["prefixItems"] = [value_schema(each, inner) for each in kinds]
        schema |= {"minItems": len(kinds), "maxItems": len(kinds)}
        return schema
    schema["items"] = value_schema(kinds[0], inner)
    counts = {"minItems": limits.least, "maxItems": limits.most, "uniqueItems": limits.unique or None}
    return schema | {key: value for key, value in counts.items() if value is not None}


def _single(kind: type, limits: Limits) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES[kind]}
    if limits.choices is not None and kind is not type(None):
        return {"enum": list(limits.choices)}
    if kind is str and limits.pattern is not None:
        schema["pattern"] = f"^(?:{limits.pattern})$"
    if kind in (int, float):
        schema |= {word: getattr(limits, key) for key, word in _LIMITS.items() if getattr(limits, key) is not None}
    return schema


def plain(value: Any) -> Any:
    """Return a value as JSON has it: options as objects, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
