"""A dataset cannot have the name of a layer: each architecture says which names its layers have."""

from dataclasses import replace

import pytest

from jangdan.errors import OptionError
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.registry import build_model
from jangdan.records.kinds import ARCHITECTURES, Architecture

SEQUENCE = InputDescription("dna", "sequence", flank=1000)
TRACKS = [InputDescription(name, "coverage", 1000, 50, conditions=("a",)) for name in ("atac", "dnase")]
SEVERAL = ("cnn", "jund", "cage")


def described(name: str) -> list[ModelDescription]:
    inputs = [(SEQUENCE,), (replace(SEQUENCE, order=2),)]
    if name in SEVERAL:
        inputs += [(SEQUENCE, *TRACKS), tuple(TRACKS)]
    parameters = {"resolution": 50} if name == "bpnet" else {}
    own = [ModelDescription("m", name, parameters, 200, each, "target", ("x",), "loss", "linear") for each in inputs]
    return [replace(each, target_resolution=50) for each in own] if name == "bpnet" else own


@pytest.mark.parametrize("record", list(ARCHITECTURES), ids=lambda record: record.name)
def test_an_architecture_names_all_of_its_layers_and_no_others(record: Architecture) -> None:
    unused = set(record.layers)
    for description in described(record.name):
        inputs = [each.name for each in description.inputs]
        for layer in build_model(description).layers:
            if layer.name not in (*inputs, "target"):
                assert record.has_layer(layer.name, inputs), layer.name
                unused -= {each for each in unused if replace(record, layers=(each,)).has_layer(layer.name, inputs)}
    assert unused == set()


def test_a_dataset_with_the_name_of_a_layer_is_named() -> None:
    description = replace(described("cnn")[0], target="hidden")
    with pytest.raises(OptionError, match=r"architecture: cnn: .*hidden.*give the dataset another name"):
        build_model(description)
