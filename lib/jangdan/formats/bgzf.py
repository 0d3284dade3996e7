"""BGZF, the blocked gzip of BAM: inflated block after block, each checked, in bounded memory."""

import zlib
from collections.abc import Iterator
from os import PathLike
from typing import IO

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.files import existing

EOF_BLOCK = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_HEADER_BYTES = 18
_CHUNK = 1 << 24  # inflated bytes handed out at once


def inflate(path: str | PathLike[str]) -> Iterator[bytes]:
    """Yield the inflated content in chunks of about 16 MiB.

    Raises InputFileError where the file is no BGZF or a block is damaged (its CRC-32 is compared),
    TruncatedFileError where it ends inside a block, or without the end marker that complete files have.
    """
    size = existing(path).stat().st_size
    pending: list[bytes] = []
    length, last = 0, b""
    with open(path, "rb", buffering=1 << 20) as stream:
        while stream.tell() < size:
            last = _raw_block(path, stream, size)
            pending.append(_inflated(path, last, stream.tell()))
            length += len(pending[-1])
            if length >= _CHUNK:
                yield b"".join(pending)
                pending, length = [], 0
    if pending:
        yield b"".join(pending)
    if last != EOF_BLOCK:
        raise TruncatedFileError(path, "ends without the BGZF end marker; copy or download it again")


def _raw_block(path: str | PathLike[str], stream: IO[bytes], size: int) -> bytes:
    at = stream.tell()
    head = stream.read(_HEADER_BYTES)
    if at + _HEADER_BYTES > size:
        raise TruncatedFileError(path, f"ends inside a compressed block at byte {at:,}; copy or download it again")
    if head[:4] != b"\x1f\x8b\x08\x04" or head[12:14] != b"BC":
        raise InputFileError(path, f"holds no BGZF block at byte {at:,}; it is damaged, or no BAM")
    length = int.from_bytes(head[16:18], "little") + 1
    if at + length > size:
        raise TruncatedFileError(path, f"ends inside a compressed block at byte {at:,}; copy or download it again")
    return head + stream.read(length - _HEADER_BYTES)


def _inflated(path: str | PathLike[str], block: bytes, end: int) -> bytes:
    crc, length = (int.from_bytes(block[i : i + 4], "little") for i in (-8, -4 + len(block)))
    try:
        data = zlib.decompress(memoryview(block)[_HEADER_BYTES:-8], wbits=-15, bufsize=max(length, 1))
    except zlib.error as error:
        raise InputFileError(path, f"block before byte {end:,} is damaged ({error}); copy it again") from error
    if len(data) != length or zlib.crc32(data) != crc:
        raise InputFileError(path, f"block before byte {end:,} is damaged (its checksum differs); copy it again")
    return data
