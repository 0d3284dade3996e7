"""The folder of a model: model.keras and description.json. Loading runs no pickled or arbitrary code."""

import json
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from os import PathLike
from typing import Any

import keras

from jangdan.errors import InputFileError, OptionError, TruncatedFileError
from jangdan.files import existing, replacing
from jangdan.networks import dna_layers as _dna_layers  # noqa: F401 (registers them)
from jangdan.networks import layers as _layers  # noqa: F401 (registers them)

_PARTS = {"config.json", "metadata.json", "model.weights.h5"}


def save_model(model: keras.Model, path: str | PathLike[str]) -> None:
    """Write model.keras, whole or not at all."""
    with replacing(path) as temporary:
        model.save(temporary)


def load_model(path: str | PathLike[str], *, compiled: bool = False) -> keras.Model:
    """Load model.keras; with `compiled`, also the optimizer and loss that it was saved with.

    Raises TruncatedFileError where the file was cut, InputFileError where it is damaged, no model, or of layers that
    are not known here, such as those of another version of Keras.
    """
    version = _checked(path)
    try:
        with warnings.catch_warnings():
            # said of every model that was compiled and not fitted
            warnings.filterwarnings("ignore", "Skipping variable loading for optimizer")
            return keras.saving.load_model(path, compile=compiled, safe_mode=True)
    except Exception as error:  # whatever Keras raises on what it cannot make a model of
        raise InputFileError(path, _why(str(error), version)) from error


def require_known_layers(model: keras.Model, architecture: str) -> None:
    """Raise OptionError where a model has a layer or function that `load_model` does not know in another process.

    Only objects of Keras and of jangdan are known there; a plugin is not run when a model is opened.
    """
    for name in _registered_names(model.get_config()):
        if not name.startswith("jangdan>"):
            raise OptionError(
                f"architecture: {architecture}: has {name.split('>')[-1]!r}, which other rules cannot load; "
                "use layers of keras or of jangdan.networks only"
            )


def _registered_names(config: Any) -> Iterator[str]:
    """Yield the registered names of the objects in a config that are not Keras's own."""
    if isinstance(config, dict):
        name = config.get("registered_name")
        is_own = str(config.get("module") or "").startswith("keras")
        if name and not is_own and name != "function":
            yield name
        for each in config.values():
            yield from _registered_names(each)
    elif isinstance(config, (list, tuple)):
        for each in config:
            yield from _registered_names(each)


def _checked(path: str | PathLike[str]) -> str:
    """Return the version of Keras that wrote a file; raises InputFileError where it is damaged or no Keras model."""
    existing(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if not set(archive.namelist()) >= _PARTS:
                raise InputFileError(path, "is no Keras model; expected a file that Janggu.save or the workflow wrote")
            damaged = archive.testzip()
            if damaged is not None:
                raise InputFileError(path, f"is damaged in {damaged}; copy it again, or train the model again")
            return str(json.loads(archive.read("metadata.json"))["keras_version"])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OverflowError) as error:
        # a zip file's directory stands at its end
        with open(path, "rb") as stream:
            begins = stream.read(2)
        if begins in (b"PK", b"P", b""):
            raise TruncatedFileError(
                path, "is truncated or damaged; copy it again, or train the model again"
            ) from error
        raise InputFileError(path, "is no Keras model; expected a zip file that ends in .keras") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputFileError(path, f"is no Keras model: its metadata.json is damaged ({error})") from error


def _why(said: str, version: str) -> str:
    """Say in one sentence why Keras could not make a model."""
    if "Lambda" in said:
        return "holds a Lambda layer, which is code and is not run; write it as a keras.layers.Layer of its own"
    unknown = re.search(r"Could not locate class '(\w+)'", said) or re.search(r"Unknown \w+: '?(\w+)", said)
    if unknown:
        return (
            f"has {unknown[1]!r}, which is not known here; give create_by_name custom_objects={{{unknown[1]!r}: ...}}"
        )
    reason = " ".join(re.sub(r"\x1b\[\d+m", "", said.split("Exception encountered: ")[-1]).split())[-160:]
    if version == keras.__version__:
        return f"cannot be loaded as a Keras model ({reason}); train it again"
    return (
        f"was written by Keras {version} and cannot be loaded by Keras {keras.__version__} ({reason}); "
        "install that version, or train the model again"
    )
