"""The kinds of records, and their registries. Standard library only.

What a builder takes and returns is Any here: Keras belongs to a floor above.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jangdan.records.registry import Record, Registry, load_plugin


@dataclass(frozen=True)
class Architecture(Record):
    """A network by name.

    build: called with the description of the network and its options, returns a Keras model, whose output layer is
    named as the target. predicts: "window" (one value per window and condition) or "profile" (one per bin).
    """

    build: Callable[..., Any]
    predicts: str = "window"


ARCHITECTURES: Registry[Architecture] = Registry(Architecture, "architecture", "jangdan.networks.architectures")

REGISTRIES: list[Registry[Any]] = [ARCHITECTURES]
"""All registries: plugins add to them."""


def load_plugins(paths: Iterable[str]) -> None:
    """Run Python files of users, and add the records that they define; raises as `load_plugin`."""
    for path in paths:
        load_plugin(path, REGISTRIES)
