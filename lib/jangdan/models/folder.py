"""The folder of a model: model.keras and description.json. Loading runs no pickled or arbitrary code."""

from os import PathLike

import keras

from jangdan.errors import InputFileError
from jangdan.files import existing, replacing
from jangdan.models import layers as _layers  # noqa: F401 (registers them)
from jangdan.models import strands as _strands  # noqa: F401 (registers them)


def save_model(model: keras.Model, path: str | PathLike[str]) -> None:
    """Write model.keras, whole or not at all."""
    with replacing(path) as temporary:
        model.save(temporary)


def load_model(path: str | PathLike[str]) -> keras.Model:
    """Load model.keras; raises InputFileError where it is damaged or of another kind."""
    try:
        return keras.saving.load_model(existing(path), compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        if isinstance(error, InputFileError):
            raise
        raise InputFileError(path, f"cannot be loaded as a Keras model ({str(error)[:120]}); train it again") from error
