"""What a model needs to know of its inputs and outputs; travels beside the model as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from os import PathLike
from typing import Any

from jangdan.errors import InputFileError
from jangdan.files import existing, write_text

FORMAT, VERSION = "jangdan-model", 1


@dataclass(frozen=True)
class InputDescription:
    """One input: kind ("sequence" or "coverage"), and how a window of it is read.

    flank: bp at both ends of the bin; resolution: bp a value, None for one value a window; order: of the one-hot
    (sequence); normalizers: fitted states, in order (coverage); conditions, strands: of the last two axes.
    """

    name: str
    kind: str
    flank: int = 0
    resolution: int | None = 1
    order: int = 1
    strands: int = 1
    conditions: tuple[str, ...] = ()
    normalizers: tuple[Mapping[str, Any], ...] = ()

    def shape(self, binsize: int) -> tuple[int, ...]:
        """Return the shape of one window: (length,) of codes, or (bins, strands, conditions)."""
        length = binsize + 2 * self.flank
        if self.kind == "sequence":
            return (length,)
        return (1 if self.resolution is None else length // self.resolution, self.strands, len(self.conditions))


@dataclass(frozen=True)
class ModelDescription:
    """A model's inputs, target and origin.

    activation: of the output, "sigmoid" or "linear". target_normalizers: fitted states, in order, of what it predicts.
    target_resolution: bp a bin of a predicted profile, None for one value a window. target_strands: of the target, 2
    where each strand is a condition of its own, plus before minus.
    """

    name: str
    architecture: str
    parameters: Mapping[str, Any]
    binsize: int
    inputs: tuple[InputDescription, ...]
    target: str
    conditions: tuple[str, ...]
    loss: str
    activation: str
    origin: Mapping[str, Any] = field(default_factory=dict)
    target_normalizers: tuple[Mapping[str, Any], ...] = ()
    target_resolution: int | None = None
    target_strands: int = 1

    def write(self, path: str | PathLike[str]) -> None:
        """Write the description as JSON."""
        document = {"format": FORMAT, "version": VERSION, **asdict(self)}
        write_text(path, json.dumps(document, indent=1, sort_keys=True) + "\n")

    @classmethod
    def read(cls, path: str | PathLike[str]) -> "ModelDescription":
        """Read a description; raises InputFileError where it is of another format or version."""
        try:
            document = json.loads(existing(path).read_text(encoding="utf-8"))
            if not isinstance(document, dict):
                raise InputFileError(path, f"is no model description: found a {type(document).__name__}, not an object")
            found = document.pop("format"), document.pop("version")
            if found != (FORMAT, VERSION):
                raise InputFileError(
                    path,
                    f"is of format {found[0]!r}, version {found[1]}; expected {FORMAT!r}, version {VERSION}: take the "
                    "jangdan that wrote it, or train the model again",
                )
            inputs = tuple(_input(i) for i in document.pop("inputs"))
            lists = {key: tuple(document.get(key, ())) for key in ("conditions", "target_normalizers")}
            return cls(**{**document, "inputs": inputs, **lists})
        except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise InputFileError(
                path, f"is no model description ({type(error).__name__}: {error}); train the model again"
            ) from error


def _input(document: dict[str, Any]) -> InputDescription:
    lists = {key: tuple(document[key]) for key in ("conditions", "normalizers")}
    return InputDescription(**{**document, **lists})
