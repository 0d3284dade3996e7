"""BGZF, the blocked gzip of BAM: inflated block after block, each checked, in bounded memory."""

from collections.abc import Iterator
from os import SEEK_SET, PathLike
from typing import IO

from isal import isal_zlib

from jangdan.errors import InputFileError, TruncatedFileError
from jangdan.files import BGZF_END, BGZF_HEADER_BYTES, existing, is_bgzf_head

MAX_BLOCK = 1 << 16
"""Inflated bytes that a block holds at most."""
_TRAILER_BYTES = 8
_READ_AHEAD = 1 << 20  # compressed bytes


def blocks(path: str | PathLike[str], start: int = 0, *, read_ahead: int = _READ_AHEAD) -> Iterator[tuple[int, bytes]]:
    """Yield (byte of the file where a block begins, its inflated content) from the block at byte `start` on.

    read_ahead: compressed bytes read from the file at once. Raises InputFileError where there is no
    BGZF block or one is damaged (its CRC-32 and length are compared), TruncatedFileError where the
    file ends inside a block, or without the end marker that complete files have.
    """
    size = existing(path).stat().st_size
    at, last = start, b""
    with open(path, "rb", buffering=read_ahead) as stream:
        stream.seek(start, SEEK_SET)
        while at < size:
            last = _raw_block(path, stream, at)
            yield at, _inflated(path, last, at)
            at += len(last)
    if last != BGZF_END:
        raise _cut(path)


class BgzfReader:
    """BGZF from a stream, which need not be seekable, inflated into a buffer of the caller's."""

    def __init__(self, path: str | PathLike[str], stream: IO[bytes]) -> None:
        self.path, self.stream = path, stream
        self.at, self.last = 0, b""

    def read_into(self, buffer: bytearray, end: int) -> int:
        """Write the next blocks behind byte `end` of `buffer`, as many as fit; return where they end.

        Nothing is written at the end of the file. Raises InputFileError and TruncatedFileError as `blocks` does.
        """
        while end + MAX_BLOCK <= len(buffer):
            head = self.stream.read(1)
            if not head:
                if self.last != BGZF_END:
                    raise _cut(self.path)
                break
            self.last = _raw_block(self.path, self.stream, self.at, head=head)
            data = _inflated(self.path, self.last, self.at)
            buffer[end : end + len(data)] = data
            self.at += len(self.last)
            end += len(data)
        return end


def _raw_block(path: str | PathLike[str], stream: IO[bytes], at: int, head: bytes = b"") -> bytes:
    """Return the block at byte `at`, of which `head` is read already."""
    head += stream.read(BGZF_HEADER_BYTES - len(head))
    if len(head) == BGZF_HEADER_BYTES and not is_bgzf_head(head):
        raise InputFileError(path, f"holds no BGZF block at byte {at:,}; it is damaged, or of another kind")
    length = int.from_bytes(head[16:18], "little") + 1
    if len(head) == BGZF_HEADER_BYTES and length < BGZF_HEADER_BYTES + _TRAILER_BYTES:
        raise InputFileError(path, f"block at byte {at:,} is damaged (it claims {length} bytes); copy it again")
    block = head + stream.read(max(length - BGZF_HEADER_BYTES, 0))
    if len(block) < max(length, BGZF_HEADER_BYTES):
        raise TruncatedFileError(path, f"ends inside a compressed block at byte {at:,}; copy or download it again")
    return block


def _inflated(path: str | PathLike[str], block: bytes, at: int) -> bytes:
    crc, length = (int.from_bytes(block[i : i + 4], "little") for i in (-8, -4 + len(block)))
    body = memoryview(block)[BGZF_HEADER_BYTES:-_TRAILER_BYTES]
    try:
        # a block holds 64 KiB at most: a damaged length must not become a large buffer
        data = bytes(isal_zlib.decompress(body, -15, min(max(length, 1), MAX_BLOCK)))
    except isal_zlib.error as error:
        raise InputFileError(path, f"block at byte {at:,} is damaged ({error}); copy it again") from error
    if len(data) != length or isal_zlib.crc32(data) != crc:
        raise InputFileError(path, f"block at byte {at:,} is damaged (its checksum differs); copy it again")
    return data


def _cut(path: str | PathLike[str]) -> TruncatedFileError:
    return TruncatedFileError(path, "ends without the BGZF end marker; copy or download it again")
