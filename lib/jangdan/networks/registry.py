"""A network by the name of its architecture."""

import keras

from jangdan.errors import OptionError
from jangdan.networks.description import ModelDescription
from jangdan.records.kinds import ARCHITECTURES
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
