"""FASTA, plain, gzip or bgzip: to integer codes, in one linear pass."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import IO, Any

import numpy as np
import pysam
from numpy.typing import NDArray

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.files import existing, is_gzipped, replacing
from jangdan.sequence.alphabet import DNA, Alphabet
from jangdan.sequence.encode import decode, encode

_CHUNK = 1 << 22
_HEADER = re.compile(rb"^>([^\n]*)\n?", re.MULTILINE)
_NUCLEOTIDES = b"ACGTUNRYSWKMBDHVacgtunryswkmbdhv*-."
_RESIDUES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-."
_PATH = (str, PathLike)


def read_fasta(path: str | PathLike[str], alphabet: Alphabet = DNA) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield (contig, order-1 codes of shape (length,)); the contig is the header's first word.

    Raises InputFileError for a file that is empty or no FASTA, a contig that comes twice or has no
    sequence, and letters that the alphabet cannot hold; TruncatedFileError for a broken gzip.
    """
    seen: set[str] = set()
    for name, letters in _records(path):
        if name in seen:
            raise InputFileError(path, f"contig {name!r} comes twice; rename or remove one")
        seen.add(name)
        _require_letters(path, name, letters, alphabet)
        yield name, encode(letters, alphabet)


def fasta_sizes(path: str | PathLike[str]) -> dict[str, int]:
    """Return contig -> length in bp, in file order; from a .fai that is not older than the file, if any."""
    index = Path(f"{path}.fai")
    if index.is_file() and index.stat().st_mtime >= existing(path).stat().st_mtime:
        rows = [line.split("\t") for line in index.read_text().splitlines()]
        return {row[0]: int(row[1]) for row in rows}
    return {name: len(codes) for name, codes in read_fasta(path)}


def read_records(source: Any) -> list[tuple[str, str]]:
    """Return (name, letters) of a FASTA path, a list of paths, or a list of Bio.SeqRecord."""
    if isinstance(source, _PATH):
        return [(name, letters.decode("ascii")) for name, letters in _records(source)]
    records: list[tuple[str, str]] = []
    for item in source:
        records.extend(read_records(item) if isinstance(item, _PATH) else [(item.id, str(item.seq))])
    return records


def ensure_faidx(path: str | PathLike[str]) -> Path | None:
    """Return the .fai beside a FASTA, made where it is missing or old; None for plain gzip.

    Plain gzip cannot be indexed; it is read from its beginning. None also where the folder cannot be
    written.
    """
    index = Path(f"{existing(path)}.fai")
    if index.is_file() and index.stat().st_mtime >= Path(path).stat().st_mtime:
        return index
    if is_gzipped(path) and not is_bgzipped(path):
        return None
    try:
        with replacing(index) as temporary:
            gzi = ["--gzi-idx", f"{path}.gzi"] if is_gzipped(path) else []
            pysam.faidx(str(path), "--fai-idx", str(temporary), *gzi, "--output", "/dev/null")
    except (OSError, pysam.SamtoolsError):
        return None
    return index


def is_bgzipped(path: str | PathLike[str]) -> bool:
    """Tell bgzip (blocks that can be indexed) from plain gzip."""
    with open(existing(path), "rb") as stream:
        head = stream.read(18)
    return head[:4] == b"\x1f\x8b\x08\x04" and head[12:14] == b"BC"


def write_fasta(
    path: str | PathLike[str], records: Iterable[tuple[str, NDArray[np.uint8] | str]], width: int = 60
) -> None:
    """Write records, codes or letters, in lines of `width` letters."""
    with replacing(path) as temporary, open(temporary, "w", encoding="ascii") as out:
        for name, sequence in records:
            letters = sequence if isinstance(sequence, str) else decode(sequence)
            lines = (letters[i : i + width] for i in range(0, len(letters), width))
            out.write(f">{name}\n" + "\n".join(lines) + "\n")


def _records(path: str | PathLike[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (name, letters without line breaks), one contig in memory at a time."""
    name: str | None = None
    parts: list[bytes] = []
    for block in _blocks(path):
        end = 0
        for header in _HEADER.finditer(block):
            parts.append(block[end : header.start()])
            if name is not None:
                yield name, _letters(path, name, parts)
            name, parts, end = _name(path, header[1]), [], header.end()
        parts.append(block[end:])
        if name is None:
            raise InputFileError(path, "does not start with '>'; it is no FASTA", line=1)
    if name is None:
        raise InputFileError(path, "is empty; expected FASTA records")
    yield name, _letters(path, name, parts)


def _blocks(path: str | PathLike[str]) -> Iterator[bytes]:
    """Yield blocks of complete lines."""
    rest = b""
    with _open(path) as stream:
        while chunk := stream.read(_CHUNK):
            lines, newline, after = chunk.rpartition(b"\n")
            if newline:
                yield rest + lines + newline
                rest = after
            else:
                rest += after
    if rest:
        yield rest


@contextmanager
def _open(path: str | PathLike[str]) -> Iterator[IO[bytes]]:
    opened: Callable[..., Any] = gzip.open if is_gzipped(path) else open
    try:
        with opened(path, "rb") as stream:
            yield stream
    except EOFError as error:
        raise TruncatedFileError(path, "ends inside its compressed data; copy or download it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputFileError(path, f"its compressed data are damaged ({error}); copy or download it again") from error


def _name(path: str | PathLike[str], header: bytes) -> str:
    words = header.decode("utf-8", "replace").split()
    if not words:
        raise InputFileError(path, "has a header line without a name")
    return words[0]


def _letters(path: str | PathLike[str], name: str, parts: list[bytes]) -> bytes:
    letters = b"".join(parts).translate(None, b"\r\n \t")
    if not letters:
        raise InputFileError(path, f"contig {name!r} has no sequence")
    return letters


def _require_letters(path: str | PathLike[str], name: str, letters: bytes, alphabet: Alphabet) -> None:
    foreign = letters.translate(None, _NUCLEOTIDES if alphabet.paired else _RESIDUES)
    if foreign:
        found = foreign[:1].decode("ascii", "replace")
        hint = "protein letters? give seqtype='protein'" if found.isalpha() else "is it a text FASTA?"
        raise InputFileError(path, f"contig {name!r} holds {found!r}, expected {alphabet.name} letters; {hint}")
