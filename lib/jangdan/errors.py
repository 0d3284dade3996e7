"""Every error that jangdan raises for a user's mistake.

JangdanError
├── InputFileError      (ValueError)         a file does not hold what it should
│   ├── MissingFileError   (FileNotFoundError)  it is not there
│   └── TruncatedFileError (EOFError)           it ends too early
├── ContigError         (KeyError)           a contig is unknown, or of another length
├── OptionError         (ValueError)         an argument or a config key is wrong
├── IntervalError       (ValueError)         coordinates that cannot be
├── RegionIndexError    (IndexError)         an index past the number of regions
├── DataError           (ValueError)         the data cannot be used for what was asked
└── HardwareError       (RuntimeError)       a device that was asked for is not there

Each message is one sentence: which file, line or argument, what was found, what was expected, what to do.
"""

import operator
from os import PathLike
from typing import Any


class JangdanError(Exception):
    """Base of all errors that are the input's fault, not the program's."""

    def __str__(self) -> str:
        return " ".join(str(a) for a in self.args)


class InputFileError(JangdanError, ValueError):
    """A file does not hold what it should.

    `path` names the file, `line` (1-based) the line where that makes sense.
    """

    def __init__(self, path: str | PathLike[str], message: str, line: int | None = None) -> None:
        self.path, self.line = str(path), line
        where = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{where}: {message}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.args, {"path": self.path, "line": self.line})


class MissingFileError(InputFileError, FileNotFoundError):
    """A file that was named is not there."""

    def __init__(self, path: str | PathLike[str], message: str = "no such file; check the path") -> None:
        super().__init__(path, message)


class TruncatedFileError(InputFileError, EOFError):
    """A file ends before its content does: a broken copy or download."""


class ContigError(JangdanError, KeyError):
    """A contig is not in the genome, or its length differs."""


class OptionError(JangdanError, ValueError):
    """An argument or a config key has a value that cannot be used."""


class IntervalError(JangdanError, ValueError):
    """Coordinates that cannot be: an end before the start, a region past the chromosome's end."""


class RegionIndexError(JangdanError, IndexError):
    """An index past the number of regions of a dataset."""


class DataError(JangdanError, ValueError):
    """The data cannot be used for what was asked: no region, no positive, NaN in a target."""


class HardwareError(JangdanError, RuntimeError):
    """A device that was asked for is not there."""


def whole_number(name: str, value: Any, least: int | None = None) -> int:
    """Return `value` as an int; raises OptionError, which names the argument, where it is none or below `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise OptionError(f"{name}={value!r}: expected a whole number") from None
    if least is not None and number < least:
        raise OptionError(f"{name}={number}: expected a whole number of at least {least}")
    return number


def _rebuilt(kind: type[InputFileError], args: tuple[str, ...], state: dict[str, object]) -> InputFileError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error
