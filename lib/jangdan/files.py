"""Files on disk: written whole or not at all, opened plain or gzipped, known by their content."""

import gzip
import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jangdan.errors import InputFileError, MissingFileError, TruncatedFileError

GZIP_MAGIC = b"\x1f\x8b"
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that complete bgzip files, and BAMs, end with."""
BGZF_HEADER_BYTES = 18
BAD_GZIP = (EOFError, OSError, zlib.error)
"""What damaged compressed data raise."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # bytes that are no UTF-8 are read as surrogates


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path in the folder of `path`; rename it to `path` at the end.

    An error inside removes the temporary file and leaves what stood at `path` alone. The suffix of
    `path` is kept, because writers choose a format by it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    suffix = "".join(target.suffixes[-2:])
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes files private; a result is readable like any other file
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` to `path` in UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def existing(path: str | os.PathLike[str]) -> Path:
    """Return `path` as a Path; raise MissingFileError where there is no file."""
    found = Path(path)
    if not found.is_file():
        raise MissingFileError(path, "is a folder, not a file" if found.is_dir() else "no such file; check the path")
    return found


def is_gzipped(path: str | os.PathLike[str]) -> bool:
    """Tell by its first bytes whether a file is gzip or bgzip, whatever its name says."""
    with open(existing(path), "rb") as stream:
        return stream.read(2) == GZIP_MAGIC


def is_bgzf(path: str | os.PathLike[str]) -> bool:
    """Tell by its first bytes whether a file is bgzip: blocks of gzip, as of BAM."""
    with open(existing(path), "rb") as stream:
        return is_bgzf_head(stream.read(BGZF_HEADER_BYTES))


def is_bgzf_head(head: bytes) -> bool:
    """Tell whether a block of bgzip begins with these bytes."""
    return head[:4] == b"\x1f\x8b\x08\x04" and head[12:14] == b"BC"


def require_bgzf_end(path: str | os.PathLike[str]) -> None:
    """Raise TruncatedFileError where a file does not end with the marker of complete bgzip files."""
    size = existing(path).stat().st_size
    with open(path, "rb") as stream:
        stream.seek(max(size - len(BGZF_END), 0))
        if stream.read() != BGZF_END:
            raise TruncatedFileError(path, "ends without the BGZF end marker; copy or download it again")


def require_text(path: str | os.PathLike[str], text: str, line: int = 1) -> str:
    """Return `text`, which begins at `line`; raise InputFileError where it holds NUL or bytes that are no UTF-8."""
    foreign = _NO_TEXT.search(text)
    if foreign:
        raise InputFileError(path, "is no text file", line=text.count("\n", 0, foreign.start()) + line)
    return text


def open_text(path: str | os.PathLike[str]) -> IO[str]:
    """Open a text file, plain, gzip or bgzip, for reading in UTF-8; raise TruncatedFileError for a cut bgzip."""
    if is_bgzf(path):
        require_bgzf_end(path)
    if is_gzipped(path):
        return gzip.open(path, "rt", encoding="utf-8", errors="surrogateescape")
    return open(path, encoding="utf-8", errors="surrogateescape")


def read_text(path: str | os.PathLike[str]) -> str:
    """Return the whole text of a file, plain, gzip or bgzip.

    Raises InputFileError where the compressed data are damaged or end too early.
    """
    try:
        with open_text(path) as stream:
            return stream.read()
    except BAD_GZIP as error:
        if isinstance(error, InputFileError):
            raise
        raise InputFileError(path, f"cannot be decompressed ({error}); copy or download it again") from error


def digest(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    with open(existing(path), "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_digests(paths: Iterable[str | os.PathLike[str]], memo: str | os.PathLike[str]) -> list[str]:
    """Return the SHA-256 of each file; a file is read again only where its size, dates or inode changed.

    memo: a JSON file that remembers them. Raises MissingFileError where a file is not there.
    """
    known = _read_memo(memo)
    digests: list[str] = []
    before = dict(known)
    for path in paths:
        stat = os.stat(existing(path))
        key = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        entry = known.get(os.path.abspath(path))
        if entry is None or entry[:-1] != key:
            entry = known[os.path.abspath(path)] = [*key, digest(path)]
        digests.append(str(entry[-1]))
    if known != before:
        write_text(memo, json.dumps(known))
    return digests


def _read_memo(path: str | os.PathLike[str]) -> dict[str, list[object]]:
    try:
        known = dict(json.loads(Path(path).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return {}
    return {name: entry for name, entry in known.items() if isinstance(entry, list) and entry}


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
