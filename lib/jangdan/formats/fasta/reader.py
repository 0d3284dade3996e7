"""FASTA, plain, gzip or bgzip: to integer codes, whole in one linear pass, or by place through its index."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from os import PathLike
from pathlib import Path

import numpy as np
import pysam
from numpy.typing import NDArray

from jangdan.errors import InputFileError
from jangdan.files import is_bgzf, is_gzipped, replacing
from jangdan.formats.fasta.faidx import Index, has_index, index_path, open_index
from jangdan.formats.fasta.scan import Stretch, count_letters, foreign_letter, stretches, to_codes
from jangdan.sequence.alphabet import DNA, FOREIGN, Alphabet
from jangdan.sequence.encode import decode

FilePath = str | PathLike[str]
_PIECE = 1 << 22  # bp read by place at once
Piece = tuple[str, int, NDArray[np.uint8]]
"""Contig, start in bp, order-1 codes from there on."""


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


def read_fasta_pieces(path: FilePath, alphabet: Alphabet = DNA) -> Iterator[Piece]:
    """Yield every contig in pieces (contig, start in bp, order-1 codes) of about a megabyte; raise as `read_fasta`."""
    for _, parts in groupby(stretches(path), key=_number):
        start = 0
        for part in parts:
            codes = to_codes(path, part, alphabet)
            yield part.name, start, np.frombuffer(codes, dtype=np.uint8)
            start += len(codes)


def fetch_codes(path: FilePath, wanted: Mapping[str, NDArray[np.int64]], alphabet: Alphabet = DNA) -> Iterator[Piece]:
    """Yield pieces (contig, start in bp, order-1 codes, uint8) that cover the wanted stretches, contigs in file order.

    wanted: contig -> sorted stretches [start, end) in bp, shape (n, 2), apart from each other; an end may lie past
    the contig's. Through the index the stretches only; without one, or where so much is wanted that a linear pass costs
    less, whole contigs; both in pieces of some megabytes at most. Raises InputFileError for a damaged file or index,
    and for letters that the alphabet cannot hold.
    """
    with open_index(path) as index:
        if index is not None and _is_cheap(index, wanted):
            yield from _fetched(path, index, wanted, alphabet)
            return
    for piece in read_fasta_pieces(path, alphabet):
        if piece[0] in wanted:
            yield piece


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
    for stretch in stretches(path):
        sizes[stretch.name] = sizes.get(stretch.name, 0) + count_letters(stretch.text)
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


def _is_cheap(index: Index, wanted: Mapping[str, NDArray[np.int64]]) -> bool:
    """Tell whether reading the stretches by place takes less than one pass over the file."""
    stretches_wanted = [wanted[name] for name in index.entries if name in wanted]
    count = sum(len(s) for s in stretches_wanted)
    bases = sum(int((s[:, 1] - s[:, 0]).sum()) for s in stretches_wanted)
    return count * index.places.seek_cost + bases < index.places.size


def _fetched(
    path: FilePath, index: Index, wanted: Mapping[str, NDArray[np.int64]], alphabet: Alphabet
) -> Iterator[Piece]:
    for name, entry in index.entries.items():
        for start, end in wanted.get(name, np.empty((0, 2), np.int64)).tolist():
            for low in range(start, min(end, entry.length), _PIECE):
                letters = index.letters(name, low, min(low + _PIECE, end, entry.length))
                require_letters(path, name, letters, alphabet)
                yield name, low, np.frombuffer(bytearray(letters.translate(alphabet.strict)), dtype=np.uint8)
