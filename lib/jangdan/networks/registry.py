"""Architectures by name."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import keras

from jangdan.errors import OptionError
from jangdan.networks.architectures import bpnet, cage, cnn, danq, deepsea, jund, threelayer
from jangdan.networks.description import ModelDescription

ARCHITECTURES: dict[str, tuple[Callable[[ModelDescription], keras.Model], type[Any]]] = {
    "cnn": (cnn.build, cnn.CnnParameters),
    "jund": (jund.build, jund.JundParameters),
    "deepsea": (deepsea.build, deepsea.DeepseaParameters),
    "danq": (danq.build, danq.DanqParameters),
    "cage": (cage.build, cage.CageParameters),
    "threelayer": (threelayer.build, threelayer.ThreelayerParameters),
    "bpnet": (bpnet.build, bpnet.BpnetParameters),
}


def build_model(description: ModelDescription) -> keras.Model:
    """Build a model; raises OptionError for an unknown architecture or parameter."""
    name = description.architecture
    if name not in ARCHITECTURES:
        raise OptionError(f"architecture: {name!r}: expected one of {', '.join(ARCHITECTURES)}")
    build, parameters = ARCHITECTURES[name]
    known = [f.name for f in fields(parameters)]
    unknown = [p for p in description.parameters if p not in known]
    if unknown:
        raise OptionError(f"parameters: {unknown[0]!r} is not one of {name}'s: {', '.join(known)}")
    return build(description)
