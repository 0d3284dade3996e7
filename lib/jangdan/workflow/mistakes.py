"""What the schema says of a config, in sentences. Standard library, PyYAML and jsonschema: the Snakefile imports it."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from jangdan.records.options import unknown_key

SHOWN = 4

_TYPES = {
    "object": "keys and values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def filled(config: dict[str, Any], schema_path: str | Path) -> list[str]:
    """Set the schema's defaults in a config, and return what the schema says against it, one sentence each."""
    schema = yaml.safe_load(Path(schema_path).read_text())
    errors = list(_validator(schema).iter_errors(config))
    return list(dict.fromkeys(sentence for error in errors for sentence in _sentences(error)))


def shown(problems: list[str]) -> str:
    """Return the first problems, one a line, and how many more there are."""
    more = len(problems) - SHOWN
    return "\n".join(problems[:SHOWN] + ([f"and {more} more"] if more > 0 else []))


def _validator(schema: dict[str, Any]) -> Any:
    from jsonschema import Draft202012Validator, validators

    check = Draft202012Validator.VALIDATORS["properties"]

    def with_defaults(validator: Any, properties: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if isinstance(instance, dict):
            for key, each in properties.items():
                if "default" in each:
                    instance.setdefault(key, deepcopy(each["default"]))
        yield from check(validator, properties, instance, schema)

    return validators.extend(Draft202012Validator, {"properties": with_defaults})(schema)


def _sentences(error: Any) -> list[str]:
    where = "".join(f"{_place(key)}: " for key in error.absolute_path)
    value, schema = error.instance, error.schema
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        return [where + unknown_key(key, known) for key in value if key not in known]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in value]
        return [f"{where}{key}: is missing{_described(schema, key)}" for key in missing]
    if error.validator in ("anyOf", "oneOf", "not") and _keys(error):
        keys = _keys(error)
        if error.validator == "not":
            extra = next(key for key in keys if key in value)
            return [f"{where}{extra}: is not for a dataset of kind {value.get('kind')}; remove it"]
        given = [key for key in keys if key in value]
        if given:
            return [f"{where}found both {' and '.join(given)}; give only one of them"]
        one = "one" if error.validator == "oneOf" else "at least one"
        return [f"{where}{' and '.join(keys)} are missing; give {one} of them"]
    return [f"{where}found {_short(value)}, expected {_expected(error)}"]


def _place(key: str | int) -> str:
    """Return a key as it is, and the place in a list counted from 1."""
    return f"item {key + 1}" if isinstance(key, int) else key


def _described(schema: Mapping[str, Any], key: str) -> str:
    each = schema.get("properties", {}).get(key, {})
    if "description" in each:
        return f"; expected {each['description']}"
    if "enum" in each:
        return f"; expected one of {', '.join(map(str, each['enum']))}"
    kind = each.get("type")
    return f"; expected {_TYPES[kind]}" if isinstance(kind, str) else ""


def _keys(error: Any) -> list[str]:
    """Return the keys that alternatives ask for, if they ask for nothing else."""
    choices = error.validator_value
    choices = choices.get("anyOf", []) if isinstance(choices, dict) else choices
    return (
        [key for choice in choices for key in choice["required"]]
        if all(set(c) == {"required"} for c in choices)
        else []
    )


def _short(value: Any) -> str:
    text = repr(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."


def _expected(error: Any) -> str:
    rule, limit = error.validator, error.validator_value
    if rule == "enum":
        return f"one of {', '.join(map(str, limit))}"
    if rule == "type":
        return " or ".join(_TYPES[each] for each in ([limit] if isinstance(limit, str) else limit))
    if rule == "pattern":
        return str(error.schema.get("description") or f"text of the pattern {limit}")
    if rule in ("anyOf", "oneOf"):
        kinds = [_alternative(each) for each in error.context]
        return str(error.schema.get("description") or " or ".join(dict.fromkeys(kinds)))
    words = {
        "minimum": f"at least {limit}",
        "maximum": f"at most {limit}",
        "exclusiveMinimum": f"a number above {limit}",
        "minItems": f"a list of at least {_items(limit)}",
        "maxItems": f"a list of at most {_items(limit)}",
        "minProperties": f"at least {limit} key",
        "uniqueItems": "a list without repeats",
    }
    return words.get(rule, f"what the schema says: {rule}")


def _items(count: int) -> str:
    return f"{count} item" + ("" if count == 1 else "s")


def _alternative(error: Any) -> str:
    return _expected(error) if error.validator in ("type", "minimum", "minItems", "uniqueItems") else "other keys"
