"""Alphabets, and the tables that turn letters into integer codes and back."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import OptionError

UNKNOWN = 255
"""Code of a letter outside the alphabet: N, IUPAC ambiguity codes, padding. It is all zeros in one-hot."""

FOREIGN = 254
"""Mark of a byte that is no letter of an alphabet, known or ambiguous: protein letters in DNA, binary data."""

WHITESPACE = b"\r\n \t"
"""What may stand between the letters of a file."""

_GAPS = "*-."


@dataclass(frozen=True)
class Alphabet:
    """An ordered set of letters; the code of a letter is its place.

    `synonyms` are further letters read as one of the alphabet, such as U for T. Upper and lower case
    (soft-masked) letters have the same code. `paired` says whether the letters have a complement,
    which is then the letter at the mirrored place (A-T and C-G in ``ACGT``). `ambiguous` letters may
    stand in a file, and are UNKNOWN.
    """

    name: str
    letters: str
    synonyms: tuple[tuple[str, str], ...] = ()
    paired: bool = False
    ambiguous: str = ""

    def __len__(self) -> int:
        return len(self.letters)

    @cached_property
    def to_code(self) -> NDArray[np.uint8]:
        """Table of shape (256,), uint8: byte of a letter -> its code, UNKNOWN for all others."""
        table = np.full(256, UNKNOWN, dtype=np.uint8)
        for letter, source in [*zip(self.letters, self.letters, strict=True), *self.synonyms]:
            code = self.letters.index(source)
            table[[ord(letter.upper()), ord(letter.lower())]] = code
        return table

    @cached_property
    def strict(self) -> bytes:
        """Table of 256 bytes for `bytes.translate`: as `to_code`, but FOREIGN for what no file may hold."""
        table = np.where(self.to_code == UNKNOWN, FOREIGN, self.to_code).astype(np.uint8)
        allowed = (self.ambiguous.upper() + self.ambiguous.lower() + _GAPS).encode() + WHITESPACE
        table[list(allowed)] = UNKNOWN
        return table.tobytes()

    @cached_property
    def to_letter(self) -> NDArray[np.uint8]:
        """Table of shape (256,), uint8: code -> byte of its letter, N (or X) for UNKNOWN."""
        table = np.full(256, ord("N" if self.paired else "X"), dtype=np.uint8)
        table[: len(self)] = np.frombuffer(self.letters.encode(), dtype=np.uint8)
        return table


_IUPAC = "NRYSWKMBDHV"
DNA = Alphabet("dna", "ACGT", synonyms=(("U", "T"),), paired=True, ambiguous=_IUPAC)
RNA = Alphabet("rna", "ACGU", synonyms=(("T", "U"),), paired=True, ambiguous=_IUPAC)
PROTEIN = Alphabet("protein", "ACDEFGHIKLMNPQRSTVWY", ambiguous="BJOUXZ")

ALPHABETS = {a.name: a for a in (DNA, RNA, PROTEIN)}


def alphabet_named(name: str) -> Alphabet:
    """Return the alphabet of that name; raises OptionError for another name."""
    if not isinstance(name, str) or name not in ALPHABETS:
        raise OptionError(f"seqtype={name!r}: expected one of {', '.join(ALPHABETS)}")
    return ALPHABETS[name]


def alphabet_of(letters: str) -> Alphabet:
    """Return the known alphabet of these letters, such as ``ACGT``, or a new one, without complements."""
    return next((a for a in ALPHABETS.values() if a.letters == letters), Alphabet("custom", letters))
