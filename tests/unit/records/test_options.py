"""Options check their values, and say in one sentence what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import pytest

from jangdan.errors import OptionError
from jangdan.records.docs import options_table
from jangdan.records.options import Options, option, problems_of, read_options
from jangdan.records.schema import object_schema


@dataclass(frozen=True)
class Windows(Options):
    width: int = option("base pairs per window", minimum=1)
    share: float = option("part of the windows that is kept", 0.5, above=0, maximum=1)
    strand: str = option("strand of the reads", "both", choices=("both", "forward"))

    def problems(self) -> Iterable[str]:
        if self.width == 13:
            yield "width: 13 does not go with these regions"


def test_defaults_fill_what_is_absent():
    assert read_options(Windows, {"width": 200}) == Windows(200, 0.5, "both")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"width": 0}, "regions: width: found 0, expected a whole number of at least 1"),
        ({"width": 5, "share": 1.5}, "regions: share: found 1.5, expected a number above 0 and at most 1"),
        ({"width": 5, "shar": 1}, "regions: shar: unknown key; did you mean share?"),
        ({}, "regions: width: is missing; expected base pairs per window"),
        ([], "regions: found [], expected keys and values"),
        ({"width": 13}, "regions: width: 13 does not go with these regions"),
        (
            {"width": 5, "strand": "forwards"},
            "regions: strand: found 'forwards', expected one of both, forward; did you mean forward?",
        ),
    ],
)
def test_a_mistake_is_one_sentence(given, sentence):
    assert problems_of(Windows, given, "regions") == [sentence]


def test_all_mistakes_are_found_and_the_first_is_raised():
    given = {"width": 0, "share": 2}
    assert len(problems_of(Windows, given, "")) == 2
    with pytest.raises(OptionError, match=r"^width: found 0"):
        read_options(Windows, given)


@pytest.mark.parametrize("value", [True, "5", 5.5, None])
def test_a_whole_number_is_not_a_boolean_text_or_fraction(value):
    assert len(problems_of(Windows, {"width": value}, "")) == 1


def test_schema_has_type_limits_default_and_description_of_each_key():
    schema = object_schema(Windows)
    assert schema["required"] == ["width"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["share"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "default": 0.5,
        "description": "part of the windows that is kept",
    }


def test_table_has_one_row_per_key():
    lines = options_table(Windows).splitlines()
    assert len(lines) == 2 + len(fields(Windows))
    assert lines[2] == "| `width` | a whole number of at least 1 | required | base pairs per window |"


@dataclass(frozen=True)
class Rates(Options):
    rate: float = option("rate", 1.0)
    names: dict[str, int] = option("names", {}, least=1, most=2)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_is_finite(value):
    assert problems_of(Rates, {"rate": value}, "") == [f"rate: found {value}, expected a number"]


def test_schema_has_the_number_of_keys_of_a_mapping():
    names = object_schema(Rates)["properties"]["names"]
    assert (names["minProperties"], names["maxProperties"]) == (1, 2)
