"""A network by the name of its architecture, a loss by its name."""

from typing import Any

import keras

from jangdan.errors import OptionError
from jangdan.networks.description import ModelDescription
from jangdan.records.kinds import ARCHITECTURES, LOSSES
from jangdan.records.options import read_options


def build_model(description: ModelDescription) -> keras.Model:
    """Return a new network.

    Parameters
    ----------
    description : ModelDescription
        Its `architecture` is the name of a record, its `parameters` are options of that record.

    Returns
    -------
    keras.Model
        With random weights; inputs are named as in the description, the output as its target.

    Raises
    ------
    OptionError
        If the architecture or a parameter does not exist, a value is out of range, or a dataset has the name of a
        layer.
    """
    architecture = ARCHITECTURES[description.architecture]
    options = read_options(architecture.options, description.parameters, "parameters")
    try:
        model: keras.Model = architecture.build(description, options)
    except ValueError as error:
        if "should be unique" not in str(error):
            raise
        raise OptionError(
            f"architecture: {description.architecture}: {error}; give the dataset another name"
        ) from error
    return model


def build_loss(loss: Any, mean_total: float | None = None) -> Any:
    """Return what Keras compiles a model with: for the name of a record what it builds, else what was given.

    Parameters
    ----------
    loss : Any
        A name, or a loss or function of Keras.
    mean_total : float, optional
        Of the counts of a training window, for the losses of profiles.
    """
    if not is_recorded(loss):
        return loss
    record = LOSSES[loss]
    return record.build(record.options(), mean_total=mean_total)


def is_of_classes(loss: Any) -> bool:
    """Tell whether a loss is the name of one whose targets are 0 or 1."""
    return is_recorded(loss) and LOSSES[loss].targets == "classes"


def is_recorded(loss: Any) -> bool:
    """Tell whether a loss is the name of a record."""
    return isinstance(loss, str) and loss in LOSSES
