"""A network by the name of its architecture."""

import keras

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
        If the architecture or a parameter does not exist, or a value is out of range.
    """
    architecture = ARCHITECTURES[description.architecture]
    options = read_options(architecture.options, description.parameters, "parameters")
    model: keras.Model = architecture.build(description, options)
    return model
