"""Every documented name of chapters 7.2 to 7.5 comes from jangdan, with its keywords, their order and defaults."""

import inspect
from typing import Any

import pytest

import jangdan

SIGNATURES = {
    "Janggu": "inputs, outputs, name=None",
    "Janggu.create": "template, modelparams=None, inputs=None, outputs=None, name=None",
    "Janggu.create_by_name": "name, custom_objects=None",
    "Janggu.fit": (
        "self, inputs=None, outputs=None, batch_size=None, epochs=1, verbose=1, callbacks=None, validation_data=None, "
        "shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0, steps_per_epoch=None, "
        "use_multiprocessing=False, workers=1"
    ),
    "Janggu.predict": (
        "self, inputs, batch_size=None, verbose=0, steps=None, layername=None, datatags=None, callbacks=None, "
        "use_multiprocessing=False, workers=1"
    ),
    "Janggu.evaluate": (
        "self, inputs=None, outputs=None, batch_size=None, sample_weight=None, steps=None, datatags=None, "
        "callbacks=None, use_multiprocessing=False, workers=1"
    ),
    "Janggu.save": "self, filename=None, overwrite=True, show_shapes=True",
    "Janggu.summary": "self",
    "Janggu.get_config": "self",
    "Janggu.predict_variant_effect": (
        "self, bioseq, variants, conditions, output_folder, condition_filter=None, batch_size=None"
    ),
    "input_attribution": "model, inputs, chrom=None, start=None, end=None",
    "Scorer": (
        "name, score_fct=None, conditions=None, exporter=None, immediate_export=True, percondition=True, subdir=None"
    ),
    "Scorer.score": "self, model, predicted, outputs=None, datatags=None",
    "Scorer.export": "self, path, collection_name, datatags=None",
    "ExportJson": "filesuffix='json', annot=None, row_names=None",
    "ExportTsv": "filesuffix='tsv', annot=None, row_names=None",
    "ExportBed": "gindexer, resolution",
    "ExportBigwig": "gindexer",
    "ExportScorePlot": "figsize=None, xlabel=None, ylabel=None, fform=None",
    "outputdense": "activation",
    "outputconv": "activation",
    "DnaConv2D": "layer, merge_mode='max'",
    "Complement": "",
    "Reverse": "axis=1",
    "LocalAveragePooling2D": "window_size=1",
}
OTHERS = ["inputlayer", "Janggu.compile"]


def resolved(name: str) -> Any:
    found: Any = jangdan
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", [*SIGNATURES, *OTHERS])
def test_a_documented_name_comes_from_the_package(name: str) -> None:
    assert callable(resolved(name))
    assert name.split(".")[0] in dir(jangdan)


@pytest.mark.parametrize("name", SIGNATURES)
def test_documented_keywords_are_accepted_in_their_order_with_their_defaults(name: str) -> None:
    documented = inspect.signature(eval(f"lambda {SIGNATURES[name]}: None")).parameters
    found = inspect.signature(resolved(name)).parameters
    assert list(found)[: len(documented)] == list(documented)
    for parameter in documented.values():
        if parameter.default is not parameter.empty:
            assert found[parameter.name].default == parameter.default, parameter.name
    rest = [p for p in list(found.values())[len(documented) :] if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert all(p.default is not p.empty for p in rest)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Jangu'"):
        resolved("Jangu")
