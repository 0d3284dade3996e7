"""The planted site: a first-order Markov model of its letters, to draw from and to score with."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import read_text
from jangdan.sequence.alphabet import UNKNOWN
from jangdan.sequence.encode import reverse_complement

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Motif:
    """A site whose letters each depend on the letter before.

    `first` has shape (4,), `transitions` (length - 1, 4, 4) with rows for the letter before and columns
    for the letter here, `background` (4,); all are probabilities. A stretch is a site where its score,
    log2 odds against the background in bits, reaches `threshold`.
    """

    name: str
    first: Floats
    transitions: Floats
    background: Floats
    threshold: float

    def __len__(self) -> int:
        return len(self.transitions) + 1

    def draw(self, rng: Generator, n: int) -> Codes:
        """Draw `n` sites that reach the threshold; codes of shape (n, length), as read on the forward strand."""
        found = np.empty((0, len(self)), dtype=np.uint8)
        while len(found) < n:
            drawn = self._chains(rng, 2 * n + 8)
            found = np.concatenate([found, drawn[self._forward(drawn)[:, 0] >= self.threshold]])
        return found[:n]

    def draw_decoys(self, rng: Generator, n: int) -> Codes:
        """Draw `n` stretches with the sites' letters at each position but the wrong pairing; (n, length).

        Every column of a set of sites is shuffled by itself, which keeps its frequencies; what still
        reaches the threshold on either strand is left out.
        """
        found = np.empty((0, len(self)), dtype=np.uint8)
        while len(found) < n:
            shuffled = rng.permuted(self.draw(rng, 2 * n + 8), axis=0)
            best = self.scores(shuffled)[:, 0]
            found = np.concatenate([found, shuffled[best < self.threshold]])
        return found[:n]

    def scores(self, codes: Codes) -> Floats:
        """Score every stretch of `codes`, shape (..., n): the better strand, shape (..., n - length + 1), bits.

        A stretch with an unknown letter scores -inf.
        """
        return np.maximum(self._forward(codes), self._forward(reverse_complement(codes))[..., ::-1])

    def best(self, codes: Codes) -> float:
        """Return the highest score in `codes`, shape (n,); -inf where it is shorter than a site."""
        return float(self.scores(codes).max()) if len(codes) >= len(self) else -np.inf

    def _chains(self, rng: Generator, n: int) -> Codes:
        uniform = rng.random((n, len(self), 1))
        chains = np.empty((n, len(self)), dtype=np.uint8)
        chains[:, 0] = (uniform[:, 0] > self.first.cumsum()[:-1]).sum(axis=1)
        for i, table in enumerate(self.transitions, start=1):
            edges = table.cumsum(axis=1)[chains[:, i - 1], :-1]
            chains[:, i] = (uniform[:, i] > edges).sum(axis=1)
        return chains

    @cached_property
    def _first_bits(self) -> Floats:
        return _with_unknown(np.log2(self.first / self.background))

    @cached_property
    def _step_bits(self) -> Floats:
        odds = np.log2(self.transitions / self.background)
        return np.stack([_with_unknown(table).ravel() for table in odds])

    def _forward(self, codes: Codes) -> Floats:
        digits = np.where(codes == UNKNOWN, 4, codes).astype(np.intp)
        pairs = digits[..., :-1] * 5 + digits[..., 1:]
        n = codes.shape[-1] - len(self) + 1
        total = self._first_bits[digits[..., :n]]
        for i, bits in enumerate(self._step_bits):
            total += bits[pairs[..., i : i + n]]
        return total


def load_motif(path: str | Path) -> Motif:
    """Read a site's model from JSON with the keys name, first, transitions, background and threshold.

    Raises InputFileError where a key is missing, a shape is wrong or probabilities do not sum to 1.
    """
    try:
        content = json.loads(read_text(path))
        first, steps, background = (np.array(content[k], dtype=float) for k in ("first", "transitions", "background"))
        motif = Motif(str(content["name"]), first, steps, background, float(content["threshold"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputFileError(path, f"is not the model of a site ({error!r})") from error
    if first.shape != (4,) or background.shape != (4,) or steps.ndim != 3 or steps.shape[1:] != (4, 4):
        raise InputFileError(path, "expected first (4,), background (4,) and transitions (length - 1, 4, 4)")
    for table in (first, steps, background):
        if (table <= 0).any() or not np.allclose(table.sum(axis=-1), 1):
            raise InputFileError(path, "probabilities must be above 0 and each row must sum to 1")
    return motif


def _with_unknown(bits: Floats) -> Floats:
    return np.pad(bits, (0, 1), constant_values=-np.inf)
