"""Contigs: the sequences of a genome as a table of integers; names appear only where files and users give them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.errors import ContigError, DataError, OptionError

UNKNOWN_LENGTH = -1
"""The length of a contig of which only the name is known."""

_SHOWN = 5  # names in a message

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Contigs:
    """The contigs of a genome, or the records of a file, by number: the place in `names`.

    names: each once, without line breaks. lengths: in bp, int64, shape (contigs,); UNKNOWN_LENGTH where
    nobody said. genome: name of the assembly. source: the file that they were read from, which is not
    in the digest. Two tables are equal where genome, names and lengths are.

    Raises ContigError where a name comes twice or holds a line break.

    >>> genome = Contigs.of_sizes({"chr1": 1000, "chr2": 500})
    >>> genome.number("chr2"), genome.numbers(["chr2", "chr1", "chr2"]).tolist()
    (1, [1, 0, 1])
    """

    names: tuple[str, ...] = field(repr=False)
    lengths: Ints = field(repr=False)
    genome: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        lengths = np.array(self.lengths, dtype=np.int64)
        lengths.flags.writeable = False
        object.__setattr__(self, "lengths", lengths)
        if len(self.names) != len(lengths):
            raise DataError(f"contigs: {len(self.names)} names, but {len(lengths)} lengths; expected one each")
        if len(self._numbers) != len(self.names):
            twice = next(name for i, name in enumerate(self.names) if self._numbers[name] != i)
            raise ContigError(f"contigs: {twice!r} comes twice; rename or remove one")
        if "\n" in "".join(self.names):
            broken = next(name for name in self.names if "\n" in name)
            raise ContigError(f"contigs: the name {broken!r} holds a line break; rename it")

    @classmethod
    def of_sizes(cls, sizes: "Mapping[str, int] | Contigs", genome: str = "", source: str = "") -> "Contigs":
        """Return the table of a mapping name -> length in bp, in its order; a table is returned as it is."""
        if isinstance(sizes, Contigs):
            return sizes
        return cls(tuple(sizes), np.fromiter(sizes.values(), dtype=np.int64, count=len(sizes)), genome, source)

    @classmethod
    def of_names(cls, names: Iterable[str]) -> "Contigs":
        """Return the table of contigs of unknown length."""
        names = tuple(names)
        return cls(names, np.full(len(names), UNKNOWN_LENGTH))

    @classmethod
    def of_column(cls, column: Any) -> "tuple[Contigs, Ints]":
        """Return the names of a table's column, in the order in which they come, and the number of each row."""
        numbers, names = pd.factorize(column)
        return cls.of_names(map(str, names)), numbers.astype(np.int64)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return dict(zip(self.names, range(len(self.names)), strict=True))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over genome, names and lengths, in hexadecimal."""
        parts = json.dumps([self.genome, len(self.names)]).encode(), "\n".join(self.names).encode("utf-8")
        hashed = hashlib.sha256(b"\n".join(parts))
        hashed.update(self.lengths.astype("<i8").tobytes())
        return hashed.hexdigest()

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Name -> length in bp, in order, for writers of files. Raises DataError where a length is not known."""
        if (self.lengths == UNKNOWN_LENGTH).any():
            unknown = self.names[int(np.argmax(self.lengths == UNKNOWN_LENGTH))]
            raise DataError(f"contigs: the length of {unknown!r} is not known; give the genome's sizes")
        return dict(zip(self.names, self.lengths.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Contigs) and self.digest == other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Contigs({len(self)}: {self.some()})"

    def some(self) -> str:
        """Return the first names, for messages."""
        return ", ".join(self.names[:_SHOWN]) + (" ..." if len(self) > _SHOWN else "")

    def number(self, name: str, where: str = "the genome") -> int:
        """Return a contig's number; raises ContigError, which says `where` it was looked for, for an unknown one."""
        number = self._numbers.get(name)
        if number is None:
            raise ContigError(f"contig {name!r} is not in {where}, which has {self.some()}")
        return number

    def find(self, names: Iterable[str]) -> Ints:
        """Return the number of each name, shape (names,), -1 for an unknown one."""
        return np.fromiter(map(self._numbers.get, names, repeat(-1)), dtype=np.int64)

    def numbers(self, names: "Iterable[str] | Contigs", where: str = "the genome") -> Ints:
        """Return the number of each name (of another table: of each of its contigs); raises as `number`."""
        if names is self:
            return np.arange(len(self), dtype=np.int64)
        names = names.names if isinstance(names, Contigs) else names
        names = names if isinstance(names, (tuple, list, np.ndarray)) else list(names)
        numbers = self.find(names)
        if len(numbers) and numbers.min() < 0:
            self.number(names[int(np.argmin(numbers))], where)
        return numbers

    def require(self, numbers: NDArray[np.integer[Any]], what: str) -> None:
        """Raise ContigError where one of `numbers`, those of `what`, is not of this table."""
        if len(numbers) == 0:
            return
        low, high = int(numbers.min()), int(numbers.max())
        if low < 0 or high >= len(self):
            wrong = low if low < 0 else high
            raise ContigError(
                f"{what}: contig number {wrong} is not in the table, which has {len(self)} contigs; "
                "give the table that the numbers refer to"
            )

    def names_of(self, numbers: NDArray[np.integer[Any]]) -> NDArray[np.object_]:
        """Return the name of each number, as an array of objects of the same shape."""
        return self._objects[numbers]

    @cached_property
    def _objects(self) -> NDArray[np.object_]:
        return np.array(self.names, dtype=object)


def require_table(contigs: Any, numbers: NDArray[np.integer[Any]], what: str) -> None:
    """Raise OptionError where `contigs` is not a table (names are not enough), else as `Contigs.require`."""
    if not isinstance(contigs, Contigs):
        raise OptionError(
            f"{what}: contigs is a {type(contigs).__name__}, expected a Contigs table, as of Contigs.of_names"
        )
    contigs.require(numbers, what)
