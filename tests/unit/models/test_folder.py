"""A model's folder: files that are damaged, of another version or of unknown layers end in one sentence each."""

import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from jangdan.errors import InputFileError, MissingFileError, OptionError
from jangdan.models.folder import load_model, require_known_layers, save_model
from jangdan.networks.description import InputDescription, ModelDescription


class Doubled(layers.Layer):
    """A layer that Keras was not told of."""

    def call(self, x: Any) -> Any:
        return 2 * x


def network(*inner: layers.Layer) -> keras.Model:
    x = keras.Input((3,), name="x")
    hidden = x
    for layer in inner:
        hidden = layer(hidden)
    return keras.Model(x, layers.Dense(1, name="y")(hidden))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_model(network(), tmp_path / "model.keras")
    return tmp_path / "model.keras"


def sentence(path: Path) -> str:
    with pytest.raises(InputFileError) as caught:
        load_model(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_a_truncated_model_is_named(path: Path, kept: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    assert "truncated" in sentence(path)


def test_what_is_no_model_is_named(path: Path) -> None:
    path.write_text("weights\n" * 100)
    assert "no Keras model" in sentence(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "nothing")
    assert "no Keras model" in sentence(path)
    with pytest.raises(MissingFileError):
        load_model(path.with_name("other.keras"))


def test_a_byte_that_flipped_anywhere_is_an_error_or_changes_nothing(path: Path) -> None:
    whole, expected = path.read_bytes(), load_model(path).get_weights()
    rng = np.random.default_rng(0)
    for place in rng.integers(len(whole), size=60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with suppress(InputFileError):
            assert all(np.array_equal(a, b) for a, b in zip(load_model(path).get_weights(), expected, strict=True))


def test_layers_that_are_not_known_are_named(path: Path) -> None:
    save_model(network(Doubled()), path)
    text = sentence(path)
    assert "Doubled" in text
    assert "custom_objects" in text


def test_code_in_a_model_is_not_run(path: Path) -> None:
    save_model(network(layers.Lambda(lambda x: 2 * x)), path)
    assert "Lambda" in sentence(path)


def _changed(path: Path, name: str, change: Any) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    document = json.loads(parts[name])
    change(document)
    parts[name] = json.dumps(document).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)


def test_a_model_of_another_keras_is_loaded_or_says_both_versions(path: Path) -> None:
    _changed(path, "metadata.json", lambda document: document.update(keras_version="4.2.0"))
    load_model(path)

    def other_layer(document: dict[str, Any]) -> None:
        document["config"]["layers"][1]["config"]["of_the_future"] = 3

    _changed(path, "config.json", other_layer)
    text = sentence(path)
    assert "4.2.0" in text
    assert keras.__version__ in text


DESCRIPTION = ModelDescription(
    "m", "cnn", {}, 200, (InputDescription("dna", "sequence"),), "y", ("a",), "binary_crossentropy", "sigmoid"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no model description"),
        (b"[]", "no model description"),
        (b"null", "no model description"),
        (b"\xff\xfe", "no model description"),
        (b"{}", "no model description"),
        (b'{"format": "jangdan-model", "version": 2}', "version 2"),
        (b'{"format": "other", "version": 1}', "'other'"),
        (b'{"format": "jangdan-model", "version": 1, "inputs": 3}', "no model description"),
    ],
)
def test_a_description_of_another_version_or_none_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "description.json"
    path.write_bytes(content)
    with pytest.raises(InputFileError, match=words) as caught:
        ModelDescription.read(path)
    assert str(path) in str(caught.value)
    DESCRIPTION.write(path)
    assert ModelDescription.read(path) == DESCRIPTION


def _with(layer: layers.Layer) -> keras.Model:
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(1, activation="relu")(layer(inputs)))


def test_a_layer_that_other_processes_do_not_know_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^architecture: mine: has 'Doubled', which other rules cannot load; use"):
        require_known_layers(_with(Doubled()), "mine")
    with pytest.raises(OptionError, match="'Doubled'"):
        require_known_layers(_with(keras.Sequential([Doubled()])), "mine")


def test_layers_of_keras_and_jangdan_are_known() -> None:
    from jangdan.networks.layers import OneHotSequence

    require_known_layers(_with(layers.Dropout(0.1)), "mine")
    codes = keras.Input((4,), dtype="uint8")
    require_known_layers(keras.Model(codes, layers.Flatten()(OneHotSequence(2)(codes))), "mine")
