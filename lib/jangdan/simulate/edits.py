"""Small changes of a sequence as VCF alleles: substitutions, insertions and deletions, left-aligned."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.sequence.encode import decode, encode

Codes = NDArray[np.uint8]

EDIT_KINDS = ("snv", "insertion", "deletion")
_SHARES = (0.8, 0.1, 0.1)
_N_LETTERS = 4


@dataclass(frozen=True)
class Edit:
    """`before` (letters at `offset`, 0-based) becomes `after`; both begin with the same letter in an indel."""

    offset: int
    before: str
    after: str

    def apply(self, codes: Codes) -> Codes:
        """Return the changed sequence; `codes`, shape (length,), stays as it is."""
        tail = self.offset + len(self.before)
        return np.concatenate([codes[: self.offset], encode(self.after), codes[tail:]])

    def reversed(self) -> "Edit":
        """Return the edit that undoes this one."""
        return Edit(self.offset, self.after, self.before)

    def shifted(self, distance: int) -> "Edit":
        """Return the same edit `distance` bp further right."""
        return Edit(self.offset + distance, self.before, self.after)


def draw_edit(codes: Codes, rng: Generator, *, max_indel: int = 1) -> Edit:
    """Draw one change inside `codes`, shape (length,): mostly a substitution, else an indel of up to `max_indel` bp.

    An indel is left-aligned: its last letter differs from the letter that it is anchored at.
    """
    kind = EDIT_KINDS[int(rng.choice(len(EDIT_KINDS), p=_SHARES))]
    size = int(rng.integers(1, max_indel + 1))
    if kind == "snv":
        return _substitution(codes, rng)
    return _insertion(codes, size, rng) if kind == "insertion" else _deletion(codes, size, rng)


def _substitution(codes: Codes, rng: Generator) -> Edit:
    offset = int(rng.integers(len(codes)))
    other = (codes[offset] + rng.integers(1, _N_LETTERS)) % _N_LETTERS
    return Edit(offset, decode(codes[offset : offset + 1]), decode(np.array([other])))


def _insertion(codes: Codes, size: int, rng: Generator) -> Edit:
    anchor = int(rng.integers(len(codes) - 1))
    letters = rng.integers(0, _N_LETTERS, size)
    letters[-1] = (codes[anchor] + rng.integers(1, _N_LETTERS)) % _N_LETTERS
    before = decode(codes[anchor : anchor + 1])
    return Edit(anchor, before, before + decode(letters))


def _deletion(codes: Codes, size: int, rng: Generator) -> Edit:
    anchors = np.arange(len(codes) - size)
    anchors = anchors[codes[anchors] != codes[anchors + size]]
    if not len(anchors):
        return _substitution(codes, rng)
    anchor = int(rng.choice(anchors))
    return Edit(anchor, decode(codes[anchor : anchor + size + 1]), decode(codes[anchor : anchor + 1]))
