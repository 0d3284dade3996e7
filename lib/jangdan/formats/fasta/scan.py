"""FASTA in one linear pass and bounded memory: stretches of raw text, each with the record that it belongs to."""

import gzip
import zlib
from collections.abc import Iterator
from os import PathLike
from typing import NamedTuple

import numpy as np
from isal import igzip
from isal.igzip_lib import IsalError

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.files import existing, is_bgzf, is_gzipped
from jangdan.formats.bgzf import blocks
from jangdan.sequence.alphabet import FOREIGN, WHITESPACE, Alphabet

_CHUNK = 1 << 20  # bytes of text at a time
_MAX_HEADER = 1 << 20  # bytes; a longer header line means that the file is no text


class Stretch(NamedTuple):
    """Part of a record's sequence: its number in the file, its name, raw text with line breaks, the text's place."""

    number: int
    name: str
    text: bytes
    place: int


def stretches(path: str | PathLike[str], *, unique: bool = True) -> Iterator[Stretch]:
    """Yield the sequences of a FASTA in stretches of about a megabyte, at least one a record.

    The name is the header's first word. Raises InputFileError for a file that is empty or no FASTA, a
    record without a name or a sequence, and, where `unique`, a name that comes twice;
    TruncatedFileError for compressed data that end too early.
    """
    seen: set[str] = set()
    name, number, filled = "", -1, True
    for header, text, place in _lines(path):
        if header is None:
            if number < 0 and not text.isspace():
                raise InputFileError(path, "does not start with '>'; it is no FASTA", line=1)
            if not text.isspace():
                filled = True
                yield Stretch(number, name, text, place)
            continue
        _require_filled(path, name, filled)
        name, number, filled = _name(path, header), number + 1, False
        if unique and name in seen:
            raise InputFileError(path, f"contig {name!r} comes twice; rename or remove one")
        seen.add(name)
    if number < 0:
        raise InputFileError(path, "is empty; expected FASTA records")
    _require_filled(path, name, filled)


def to_codes(path: str | PathLike[str], stretch: Stretch, alphabet: Alphabet) -> bytes:
    """Return the codes of a stretch's letters, a byte each; raise InputFileError, with the line, for foreign ones."""
    codes = stretch.text.translate(alphabet.strict, WHITESPACE)
    if FOREIGN in codes:
        at = stretch.text.translate(alphabet.strict).index(FOREIGN)
        line = _line(path, stretch.place + at)
        raise InputFileError(path, foreign_letter(stretch.name, stretch.text[at : at + 1], alphabet), line=line)
    return codes


def count_letters(text: bytes) -> int:
    """Return the number of letters of raw text, whatever they are."""
    return len(text) - int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) <= ord(" ")))


def foreign_letter(name: str, letter: bytes, alphabet: Alphabet) -> str:
    """Return what to say of a letter that the alphabet does not know."""
    found = letter.decode("ascii", "replace")
    hint = "protein letters? give seqtype='protein'" if found.isalpha() and alphabet.paired else "is it a text FASTA?"
    return f"contig {name!r} holds {found!r}, expected {alphabet.name} letters; {hint}"


def chunks(path: str | PathLike[str]) -> Iterator[bytes]:
    """Yield the text of a file, plain, gzip or BGZF, in chunks of about a megabyte.

    Raises InputFileError where the compressed data are damaged, TruncatedFileError where they end too early.
    """
    if not is_gzipped(path):
        with open(existing(path), "rb", buffering=0) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    elif is_bgzf(path):
        yield from _gathered(data for _, data in blocks(path))
    else:
        yield from _gunzipped(path)


def _gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    pending: list[bytes] = []
    length = 0
    for part in parts:
        pending.append(part)
        length += len(part)
        if length >= _CHUNK:
            yield b"".join(pending)
            pending, length = [], 0
    if length:
        yield b"".join(pending)


def _gunzipped(path: str | PathLike[str]) -> Iterator[bytes]:
    try:
        with igzip.open(path, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except EOFError as error:
        raise TruncatedFileError(path, "ends inside its compressed data; copy or download it again") from error
    except (gzip.BadGzipFile, zlib.error, IsalError) as error:
        raise InputFileError(path, f"its compressed data are damaged ({error}); copy or download it again") from error


def _lines(path: str | PathLike[str]) -> Iterator[tuple[bytes | None, bytes, int]]:
    """Yield (header without '>', b"", place) and (None, text between headers, place), text in chunks."""
    header: bytes | None = None
    place, before = 0, b"\n"
    for chunk in chunks(path):
        at = 0
        while at < len(chunk):
            if header is not None:
                end = chunk.find(b"\n", at) + 1
                header += chunk[at : end or len(chunk)]
                if len(header) > _MAX_HEADER:
                    raise InputFileError(path, f"holds a header line of more than {_MAX_HEADER:,} bytes; is it a text?")
                if end:
                    yield header, b"", place + at
                    header = None
                at = end or len(chunk)
            else:
                mark = _header_mark(chunk, at, before)
                if mark > at:
                    yield None, chunk[at:mark], place + at
                if mark < len(chunk):
                    header = b""
                at = mark + 1
        place, before = place + len(chunk), chunk[-1:]
    if header is not None:
        yield header, b"", place


def _header_mark(chunk: bytes, at: int, before: bytes) -> int:
    """Return where the next '>' begins a line, at or after `at`; the chunk's length where none does."""
    mark = chunk.find(b">", at)
    while mark >= 0 and (chunk[mark - 1 : mark] if mark else before) != b"\n":
        mark = chunk.find(b">", mark + 1)
    return mark if mark >= 0 else len(chunk)


def _name(path: str | PathLike[str], header: bytes) -> str:
    words = header.split(None, 1)
    if not words:
        raise InputFileError(path, "has a header line without a name; give each record one")
    return words[0].decode("utf-8", "replace")


def _require_filled(path: str | PathLike[str], name: str, filled: bool) -> None:
    if not filled:
        raise InputFileError(path, f"contig {name!r} has no sequence; remove it")


def _line(path: str | PathLike[str], place: int) -> int:
    """Return the line, 1-based, of a byte of the text; for an error, so the text is read once more."""
    line = 1
    for chunk in chunks(path):
        if place < len(chunk):
            return line + chunk.count(b"\n", 0, place)
        place -= len(chunk)
        line += chunk.count(b"\n")
    return line
