"""The .fai index of a FASTA: read, compared with the file that it describes, and used to read letters by place.

A line holds name, length (letters), offset (byte of the first letter), linebases (letters a line) and
linewidth (bytes a line); see faidx(5). Nothing of it is believed unseen: the records must follow each other without a
gap, from the file's first byte to its last, and line breaks must stand where the widths say.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from jangdan.errors import InputFileError
from jangdan.files import existing
from jangdan.formats.random_access import Places, open_places
from jangdan.sequence.alphabet import WHITESPACE

_COLUMNS = 5
_MAX_BETWEEN = 1 << 20  # bytes of a header with the line breaks before it
_LONG_LINE = 1 << 12  # letters; shorter lines are read whole, so that both their ends are seen
_BETWEEN = re.compile(rb"(\s*)>([^\n]*)\n")


@dataclass(frozen=True)
class Entry:
    """A line of a .fai, with its number, 1-based."""

    line: int
    name: str
    length: int
    offset: int
    linebases: int
    linewidth: int

    def place(self, base: int) -> int:
        """Return the byte of a base, 0-based."""
        return self.offset + base // self.linebases * self.linewidth + base % self.linebases

    @property
    def end(self) -> int:
        """The byte behind the last base."""
        return self.place(self.length - 1) + 1

    def whole_lines(self, start: int, end: int) -> tuple[int, int]:
        """Return [start, end), in bases, grown to whole lines unless lines are long."""
        if self.linebases > _LONG_LINE:
            return start, end
        return start // self.linebases * self.linebases, min(-(-end // self.linebases) * self.linebases, self.length)


@dataclass(frozen=True)
class Index:
    """The verified index of a FASTA, and the text by place. entries: in the order of the file."""

    path: Path
    entries: dict[str, Entry]
    places: Places

    def letters(self, contig: str, start: int, end: int) -> bytes:
        """Return the letters [start, end) of a contig, in bp, 0-based, inside the contig.

        Raises InputFileError where the lines read do not end where the index says.
        """
        entry = self.entries[contig]
        low, high = entry.whole_lines(start, end)
        return _letters(self, entry, low, high)[start - low : end - low]


def index_path(path: str | PathLike[str]) -> Path:
    """Return where the index of a FASTA stands."""
    return Path(f"{path}.fai")


def has_index(path: str | PathLike[str]) -> bool:
    """Tell whether a FASTA has an index that is not older."""
    index = index_path(path)
    return index.is_file() and index.stat().st_mtime >= existing(path).stat().st_mtime


@contextmanager
def open_index(path: str | PathLike[str]) -> Iterator[Index | None]:
    """Give the verified index of a FASTA.

    None where there is none that is not older, the file is plain gzip, or the records are so many and short
    that comparing them all costs more than reading the file. Raises InputFileError, which names the
    .fai and its line, where it does not describe the file.
    """
    if not has_index(path):
        yield None
        return
    with open_places(path) as places:
        entries = _parsed(index_path(path))
        if places is None or len(entries) * 2 * places.seek_cost > places.size:
            yield None
            return
        index = Index(index_path(path), {e.name: e for e in sorted(entries, key=lambda e: e.offset)}, places)
        _verify(index)
        yield index


def _parsed(index: Path) -> list[Entry]:
    entries: list[Entry] = []
    seen: set[str] = set()
    for number, line in enumerate(index.read_bytes().removesuffix(b"\n").split(b"\n"), start=1):
        name, *columns = line.rstrip(b"\r").split(b"\t")
        if not name.strip() or len(columns) != _COLUMNS - 1 or not all(c.isdigit() and len(c) < 19 for c in columns):
            raise _damaged(index, number, "does not hold a name and four whole numbers")
        entry = Entry(number, name.decode("utf-8", "replace"), *(int(c) for c in columns))
        if entry.name in seen:
            raise _damaged(index, number, f"names contig {entry.name!r} again")
        if not (entry.length and entry.linebases < entry.linewidth and entry.linebases):
            raise _damaged(index, number, f"gives contig {entry.name!r} lengths that cannot be")
        seen.add(entry.name)
        entries.append(entry)
    return entries


def _verify(index: Index) -> None:
    """Compare every header, and every record's first and last line, with the file."""
    at, line = 0, 1
    for entry in index.entries.values():
        line = entry.line
        if not at < entry.offset <= at + _MAX_BETWEEN or entry.end > index.places.size:
            raise _damaged(index.path, line, f"places contig {entry.name!r} where the file has no room for it")
        between = _BETWEEN.fullmatch(index.places.read(at, entry.offset))
        words = between[2].split(None, 1) if between else []
        if not between or (at and b"\n" not in between[1]) or _text(words) != entry.name:
            raise _damaged(index.path, line, f"places contig {entry.name!r} at byte {entry.offset:,}, not its header")
        _letters(index, entry, *entry.whole_lines(0, 1))
        _letters(index, entry, *entry.whole_lines(entry.length - 1, entry.length))
        at = entry.end
    if index.places.size - at > _MAX_BETWEEN or index.places.read(at, index.places.size).strip():
        raise _damaged(index.path, line, "is the last, but the file goes on behind its contig")


def _text(words: list[bytes]) -> str:
    return words[0].decode("utf-8", "replace") if words else ""


def _letters(index: Index, entry: Entry, start: int, end: int) -> bytes:
    """Return the letters [start, end), of which line breaks, and nothing else, are taken away."""
    first, last = entry.place(start), entry.place(end - 1) + 1
    raw = index.places.read(first - 1, last + 1)
    text, after = raw[1 : 1 + last - first], raw[1 + last - first :]
    letters = text.translate(None, WHITESPACE)
    if (
        len(letters) != end - start
        or (start % entry.linebases == 0 and raw[:1] != b"\n")
        or ((end == entry.length or end % entry.linebases == 0) and after not in (b"", b"\n", b"\r", b" ", b"\t"))
        or not _breaks_fit(text, entry, start % entry.linebases)
    ):
        raise _damaged(index.path, entry.line, f"gives lines of contig {entry.name!r} that the file does not have")
    return letters


def _breaks_fit(text: bytes, entry: Entry, column: int) -> bool:
    """Tell whether each line of `text`, the first one cut by `column` letters, ends in white space and a newline."""
    if column + len(text) <= entry.linebases:
        return True
    raw = np.frombuffer(text, dtype=np.uint8)
    ends = [raw[i - column :: entry.linewidth] for i in range(entry.linebases, entry.linewidth)]
    return bool((ends[-1] == ord("\n")).all()) and all(not e.tobytes().strip(WHITESPACE) for e in ends[:-1])


def _damaged(index: Path, line: int, found: str) -> InputFileError:
    return InputFileError(index, f"{found}; delete it and let samtools faidx write it again", line=line)
