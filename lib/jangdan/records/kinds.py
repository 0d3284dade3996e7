"""The kinds of records, and their registries. Standard library only.

Types of what a builder returns stand in quotes or as Any: they belong to floors above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jangdan.records.registry import Record, Registry


@dataclass(frozen=True)
class Architecture(Record):
    """A network by name.

    build: called with the description of the network and its options, returns a Keras model. Its output layer is
    named as the target. predicts: "window" (one value per window and condition) or "profile" (one per bin).
    """

    build: Callable[..., Any] = None  # type: ignore[assignment]  # a default is needed after those of Record
    predicts: str = "window"


ARCHITECTURES: Registry[Architecture] = Registry(Architecture, "architecture", "jangdan.networks.architectures")

REGISTRIES: list[Registry[Any]] = [ARCHITECTURES]
"""All registries: what plugins can add to."""
