"""FASTA in one linear pass and bounded memory: stretches of raw text, each with the record that it belongs to."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from os import PathLike
from typing import NamedTuple

import numpy as np
from isal import igzip
from isal.igzip_lib import IsalError
from numpy.typing import NDArray

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


def batches(path: str | PathLike[str], *, unique: bool = True) -> Iterator[list[Stretch]]:
    """Yield the sequences of a FASTA in stretches of about a megabyte, at least one a record; many short ones together.

    The name is the header's first word. Raises InputFileError for a file that is empty or no FASTA, a
    record without a name or a sequence, and, where `unique`, a name that comes twice;
    TruncatedFileError for compressed data that end too early.
    """
    seen: set[str] = set()
    name, number, filled = "", -1, True
    for block in _blocks(path):
        found = []
        for header, first, last in block.parts():
            if header is not None:
                _require_filled(path, name, filled)
                name, number, filled = _name(path, header), number + 1, False
                if unique and name in seen:
                    raise InputFileError(path, f"contig {name!r} comes twice; rename or remove one")
                seen.add(name)
            text = block.text[first:last]
            if not text or text.isspace():
                continue
            if number < 0:
                raise InputFileError(path, "does not start with '>'; it is no FASTA", line=1)
            filled = True
            found.append(Stretch(number, name, text, block.place + first))
        if found:
            yield found
    if number < 0:
        raise InputFileError(path, "is empty; expected FASTA records")
    _require_filled(path, name, filled)


def stretches(path: str | PathLike[str], *, unique: bool = True) -> Iterator[Stretch]:
    """Yield the stretches of `batches` one by one."""
    return chain.from_iterable(batches(path, unique=unique))


def batch_codes(path: str | PathLike[str], batch: Sequence[Stretch], alphabet: Alphabet) -> bytes:
    """Return the codes of stretches, end to end; raise as `to_codes`."""
    if len(batch) == 1:
        return to_codes(path, batch[0], alphabet)
    codes = b"".join(stretch.text for stretch in batch).translate(alphabet.strict, WHITESPACE)
    if FOREIGN in codes:
        for stretch in batch:
            to_codes(path, stretch, alphabet)  # tells where it is
    return codes


def letters_in(batch: Sequence[Stretch]) -> NDArray[np.int64]:
    """Return the number of letters of each stretch, whatever they are."""
    size = np.fromiter((len(stretch.text) for stretch in batch), dtype=np.int64, count=len(batch))
    text = b"".join(stretch.text for stretch in batch) if len(batch) > 1 else batch[0].text
    letter = np.frombuffer(text, dtype=np.uint8) > ord(" ")
    if len(batch) == 1:
        return np.array([np.count_nonzero(letter)])
    return np.add.reduceat(letter, np.cumsum(size) - size, dtype=np.int64)


def to_codes(path: str | PathLike[str], stretch: Stretch, alphabet: Alphabet) -> bytes:
    """Return the codes of a stretch's letters, a byte each; raise InputFileError, with the line, for foreign ones."""
    codes = stretch.text.translate(alphabet.strict, WHITESPACE)
    if FOREIGN in codes:
        at = stretch.text.translate(alphabet.strict).index(FOREIGN)
        line = _line(path, stretch.place + at)
        raise InputFileError(path, foreign_letter(stretch.name, stretch.text[at : at + 1], alphabet), line=line)
    return codes


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


class _Block(NamedTuple):
    """Text of which no header line is cut, its place in the file, and the byte before it."""

    text: bytes
    place: int
    before: bytes

    def parts(self) -> Iterator[tuple[bytes | None, int, int]]:
        """Yield (header without '>', bounds of the text that follows it); first None for what goes on."""
        mark, behind = self._headers()
        headers = (self.text[low + 1 : high] for low, high in zip(mark, behind, strict=True))
        return zip(chain([None], headers), [0, *behind], [*mark, len(self.text)], strict=True)

    def _headers(self) -> tuple[list[int], list[int]]:
        """Return where header lines begin, and where the text behind them does."""
        if b">" not in self.text:
            return [], []
        raw = np.frombuffer(self.text, dtype=np.uint8)
        mark, ends = np.flatnonzero(raw == ord(">")), np.flatnonzero(raw == ord("\n"))
        mark = mark[np.where(mark > 0, raw[mark - 1] == ord("\n"), self.before == b"\n")]
        behind = np.append(ends + 1, len(raw))[np.searchsorted(ends, mark)]
        return mark.tolist(), behind.tolist()


def _blocks(path: str | PathLike[str]) -> Iterator[_Block]:
    """Yield the text in about the chunks in which it comes; a header line that a chunk cuts waits for the next one."""
    held, place, before = b"", 0, b"\n"
    for chunk in chunks(path):
        text = held + chunk
        cut = _open_header(text, before)
        if len(text) - cut > _MAX_HEADER:
            raise InputFileError(path, f"holds a header line of more than {_MAX_HEADER:,} bytes; is it a text?")
        held = text[cut:]
        if cut:
            yield _Block(text[:cut], place, before)
            place, before = place + cut, text[cut - 1 : cut]
    if held:
        yield _Block(held, place, before)


def _open_header(text: bytes, before: bytes) -> int:
    """Return where a header line begins that does not end in the text; the text's length where none does."""
    line = text.rfind(b"\n") + 1
    begins = line > 0 or before == b"\n"
    return line if begins and text[line : line + 1] == b">" else len(text)


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
