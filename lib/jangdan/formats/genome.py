"""Genomes and sets of sequences as users give them: FASTA paths, lists of these, or Bio.SeqRecord objects."""

from collections.abc import Iterator
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, OptionError
from jangdan.formats.fasta.reader import (
    Pieces,
    fasta_sizes,
    fetch_codes,
    read_fasta,
    read_fasta_pieces,
    require_letters,
)
from jangdan.formats.roi import Roi
from jangdan.sequence.alphabet import Alphabet
from jangdan.sequence.encode import encode

Contigs = Iterator[tuple[str, NDArray[np.uint8]]]

_PATH = (str, PathLike)


class Genome:
    """A reference genome: a FASTA path, a Bio.SeqRecord, or a list of either.

    Raises OptionError where `refgenome` is none of these.
    """

    def __init__(self, refgenome: Any) -> None:
        self.items = _items(refgenome, "refgenome")

    @property
    def paths(self) -> list[str]:
        """The files that it is read from."""
        return [str(item) for item in self.items if isinstance(item, _PATH)]

    def key(self) -> Any:
        """Return what its letters depend on, besides the files' content."""
        return [None if isinstance(item, _PATH) else (item.id, str(item.seq)) for item in self.items]

    def sizes(self) -> dict[str, int]:
        """Return contig -> length in bp, in order. Raises DataError where a contig comes twice."""
        sizes: dict[str, int] = {}
        for item in self.items:
            own = fasta_sizes(item) if isinstance(item, _PATH) else {item.id: len(item.seq)}
            twice = [contig for contig in own if contig in sizes]
            if twice:
                raise DataError(f"refgenome: contig {twice[0]!r} comes twice; rename or remove one")
            sizes |= own
        return sizes

    def pieces(self, alphabet: Alphabet, roi: Roi | None = None) -> Iterator[Pieces]:
        """Yield stretches of contigs, each file read once.

        roi: as of `fasta.fetch_codes`; None: everything.
        """
        for item in self.items:
            if not isinstance(item, _PATH):
                yield from (Pieces.one(name, 0, codes) for name, codes in _codes(item, alphabet))
            elif roi is None:
                yield from read_fasta_pieces(item, alphabet)
            else:
                yield from fetch_codes(item, roi, alphabet)


def read_records(fastafile: Any, alphabet: Alphabet) -> list[tuple[str, NDArray[np.uint8]]]:
    """Return (name, order-1 codes) of the sequences of a FASTA path, a Bio.SeqRecord, or a list of either.

    Raises OptionError where `fastafile` is none of these, DataError where it holds no sequence.
    """
    records = [record for item in _items(fastafile, "fastafile") for record in _codes(item, alphabet, unique=False)]
    if not records:
        raise DataError("fastafile: holds no sequence")
    return records


def _codes(item: Any, alphabet: Alphabet, *, unique: bool = True) -> Contigs:
    if isinstance(item, _PATH):
        yield from read_fasta(item, alphabet, unique=unique)
        return
    letters = bytes(item.seq)
    require_letters(f"SeqRecord {item.id}", item.id, letters, alphabet)
    yield item.id, encode(letters, alphabet)


def _items(source: Any, argument: str) -> list[Any]:
    items = [source] if isinstance(source, _PATH) or hasattr(source, "seq") else source
    try:
        items = list(items)
    except TypeError:
        items = [source]
    wrong = [item for item in items if not (isinstance(item, _PATH) or (hasattr(item, "seq") and hasattr(item, "id")))]
    if wrong or not items:
        found = type(wrong[0]).__name__ if wrong else "an empty list"
        raise OptionError(f"{argument}: found {found}; expected a FASTA path, a Bio.SeqRecord, or a list of these")
    return items
