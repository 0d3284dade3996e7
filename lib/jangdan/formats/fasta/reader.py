"""FASTA, plain, gzip or bgzip: to integer codes, whole in one linear pass, or by place through its index."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pysam
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import is_bgzf, is_gzipped, replacing
from jangdan.formats.fasta.faidx import Index, has_index, index_path, open_index
from jangdan.formats.fasta.scan import Stretch, batch_codes, batches, foreign_letter, letters_in, stretches, to_codes
from jangdan.formats.roi import Roi
from jangdan.sequence.alphabet import DNA, FOREIGN, Alphabet
from jangdan.sequence.encode import decode

FilePath = str | PathLike[str]
_PIECE = 1 << 22  # bp read by place at once


class Pieces(NamedTuple):
    """Stretches of contigs: names, starts in bp, lengths, and the order-1 codes, uint8, of all of them end to end."""

    contig: Sequence[str]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    codes: NDArray[np.uint8]

    @classmethod
    def one(cls, contig: str, start: int, codes: NDArray[np.uint8]) -> "Pieces":
        """Return a single stretch."""
        return cls([contig], np.array([start]), np.array([len(codes)]), codes)

    def take(self, chosen: NDArray[np.bool_]) -> "Pieces":
        """Return some of the stretches."""
        if chosen.all():
            return self
        names = [name for name, taken in zip(self.contig, chosen.tolist(), strict=True) if taken]
        return Pieces(names, self.start[chosen], self.length[chosen], self.codes[np.repeat(chosen, self.length)])

    def each(self) -> Iterator[tuple[str, int, NDArray[np.uint8]]]:
        """Yield (contig, start, codes) of each stretch."""
        parts = np.split(self.codes, np.cumsum(self.length)[:-1])
        return zip(self.contig, self.start.tolist(), parts, strict=True)


def read_fasta(
    path: FilePath, alphabet: Alphabet = DNA, *, unique: bool = True
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield (contig, order-1 codes of shape (length,), uint8); the contig is the header's first word.

    unique: whether a contig may come only once. Raises InputFileError for a file that is empty or no
    FASTA, a contig that comes twice or has no sequence, and letters that the alphabet cannot hold;
    TruncatedFileError for compressed data that end too early.
    """
    for _, parts in groupby(stretches(path, unique=unique), key=_number):
        yield _joined(path, parts, alphabet)


def read_fasta_pieces(path: FilePath, alphabet: Alphabet = DNA) -> Iterator[Pieces]:
    """Yield every contig in pieces of about a megabyte, many short contigs together; raise as `read_fasta`."""
    number, at = -1, 0
    for batch in batches(path):
        codes, length = batch_codes(path, batch, alphabet), letters_in(batch)
        start = np.zeros(len(batch), dtype=np.int64)
        if batch[0].number == number:
            start[0] = at
        yield Pieces([stretch.name for stretch in batch], start, length, np.frombuffer(codes, dtype=np.uint8))
        number, at = batch[-1].number, int(start[-1] + length[-1])


def fetch_codes(path: FilePath, roi: Roi, alphabet: Alphabet = DNA) -> Iterator[Pieces]:
    """Yield pieces that cover the `roi`, contigs in file order.

    roi: an end may lie past the contig's. Through the index the regions only; without one, or where these are so much
    that a linear pass costs less, whole contigs; both in pieces of some megabytes at most. Raises InputFileError for a
    damaged file or index, and for letters that the alphabet cannot hold.
    """
    with open_index(path) as index:
        if index is not None and _is_cheap(index, roi):
            yield from _fetched(path, index, roi, alphabet)
            return
    names = set(roi)
    for pieces in read_fasta_pieces(path, alphabet):
        chosen = np.array([name in names for name in pieces.contig])
        if chosen.any():
            yield pieces.take(chosen)


def fasta_sizes(path: FilePath) -> dict[str, int]:
    """Return contig -> length in bp, in file order.

    From a .fai that is not older than the file, compared with it; else from one pass over the text. Raises
    InputFileError and TruncatedFileError as `read_fasta`, but does not look at the letters; InputFileError, which names
    the .fai, where that does not describe the file.
    """
    with open_index(path) as index:
        if index is not None:
            return {name: entry.length for name, entry in index.entries.items()}
    sizes: dict[str, int] = {}
    for batch in batches(path):
        for stretch, letters in zip(batch, letters_in(batch).tolist(), strict=True):
            sizes[stretch.name] = sizes.get(stretch.name, 0) + letters
    return sizes


def ensure_faidx(path: FilePath) -> Path | None:
    """Return the .fai beside a FASTA, made where it is missing or old; None for plain gzip.

    Plain gzip cannot be indexed; it is read from its beginning. None also where the folder cannot be
    written.
    """
    index = index_path(path)
    if has_index(path):
        return index
    if is_gzipped(path) and not is_bgzf(path):
        return None
    try:
        with replacing(index) as temporary:
            gzi = ["--gzi-idx", f"{path}.gzi"] if is_gzipped(path) else []
            pysam.faidx(str(path), "--fai-idx", str(temporary), *gzi, "--output", "/dev/null")
    except (OSError, pysam.SamtoolsError):
        return None
    return index


def require_letters(path: FilePath, name: str, letters: bytes, alphabet: Alphabet) -> None:
    """Raise InputFileError where `letters` holds one that the alphabet cannot."""
    place = letters.translate(alphabet.strict).find(FOREIGN)
    if place >= 0:
        raise InputFileError(path, foreign_letter(name, letters[place : place + 1], alphabet))


def write_fasta(path: FilePath, records: Iterable[tuple[str, NDArray[np.uint8] | str]], width: int = 60) -> None:
    """Write records, codes or letters, in lines of `width` letters."""
    with replacing(path) as temporary, open(temporary, "w", encoding="ascii") as out:
        for name, sequence in records:
            letters = sequence if isinstance(sequence, str) else decode(sequence)
            lines = (letters[i : i + width] for i in range(0, len(letters), width))
            out.write(f">{name}\n" + "\n".join(lines) + "\n")


def _number(stretch: Stretch) -> int:
    return stretch.number


def _joined(path: FilePath, parts: Iterable[Stretch], alphabet: Alphabet) -> tuple[str, NDArray[np.uint8]]:
    name = ""
    # it grows in place, so that a contig is in memory once
    codes = bytearray()
    for part in parts:
        name = part.name
        codes += to_codes(path, part, alphabet)
    return name, np.frombuffer(codes, dtype=np.uint8)


def _is_cheap(index: Index, roi: Roi) -> bool:
    """Tell whether reading the regions by place takes less than one pass over the file."""
    own = [roi[name] for name in index.entries if name in roi]
    count = sum(map(len, own))
    bases = sum(int((bounds[:, 1] - bounds[:, 0]).sum()) for bounds in own)
    return count * index.places.seek_cost + bases < index.places.size


def _fetched(path: FilePath, index: Index, roi: Roi, alphabet: Alphabet) -> Iterator[Pieces]:
    for name, entry in index.entries.items():
        for start, end in roi.get(name, np.empty((0, 2), np.int64)).tolist():
            for low in range(start, min(end, entry.length), _PIECE):
                letters = index.letters(name, low, min(low + _PIECE, end, entry.length))
                require_letters(path, name, letters, alphabet)
                codes = np.frombuffer(bytearray(letters.translate(alphabet.strict)), dtype=np.uint8)
                yield Pieces.one(name, low, codes)
