"""Codes to one-hot rows: copied from a table of rows, or ones set among zeros where the table would be large."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_CHUNK = 1 << 14  # codes at a time: numpy turns them into 8-byte indices, which then stay in the cache
_TABLE_CODES = 255  # a table of more rows is slower than setting ones, and for order 7 a gigabyte
_PAIR_ROW = 4  # bytes of a row that are few enough for a table of pairs


def one_hot(codes: NDArray[np.integer], n_codes: int, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Return one-hot rows, shape (..., n_codes); codes outside 0 .. n_codes - 1 are all zeros.

    codes: of any shape and integer type. dtype: of the rows.
    """
    flat = _unsigned(codes, n_codes).reshape(-1)
    kind = np.dtype(dtype)
    if n_codes > _TABLE_CODES:
        rows = np.zeros((flat.size, n_codes), dtype=kind)
        _set_ones(flat, rows)
    else:
        rows = np.empty((flat.size, n_codes), dtype=kind)
        paired = _copy_pairs(flat, rows) if flat.dtype == np.uint8 and n_codes * kind.itemsize == _PAIR_ROW else 0
        _copy_rows(flat[paired:], rows[paired:])
    return rows.reshape(*codes.shape, n_codes)


def _unsigned(codes: NDArray[np.integer], n_codes: int) -> NDArray[np.unsignedinteger]:
    """Return codes as small unsigned integers, in which negative ones are large."""
    if codes.dtype.kind in "iu" and codes.dtype.itemsize <= 2:
        return np.ascontiguousarray(codes).view(f"u{codes.dtype.itemsize}")
    known = (codes >= 0) & (codes < n_codes)
    return np.where(known, codes, n_codes).astype(np.uint32)


def _copy_rows(codes: NDArray[np.unsignedinteger], rows: NDArray[Any]) -> None:
    """Copy a row of the table for each code; mode "clip" gives its last, zeros, to those that are too large."""
    table = _rows_table(rows.shape[1], rows.dtype)
    for start in range(0, len(codes), _CHUNK):
        np.take(table, codes[start : start + _CHUNK], axis=0, out=rows[start : start + _CHUNK], mode="clip")


def _copy_pairs(codes: NDArray[np.unsignedinteger], rows: NDArray[Any]) -> int:
    """Copy two rows of four bytes at once; return the number of codes done, which is even."""
    n_pairs = len(codes) // 2
    table = _pairs_table(rows.shape[1], rows.dtype)
    pairs, targets = codes[: 2 * n_pairs].view(np.uint16), rows[: 2 * n_pairs].reshape(-1).view(np.uint64)
    for start in range(0, n_pairs, _CHUNK):
        np.take(table, pairs[start : start + _CHUNK], out=targets[start : start + _CHUNK], mode="clip")
    return 2 * n_pairs


def _set_ones(codes: NDArray[np.unsignedinteger], rows: NDArray[Any]) -> None:
    n_codes = rows.shape[1]
    for start in range(0, len(codes), _CHUNK):
        piece = codes[start : start + _CHUNK]
        known = piece < n_codes
        target = rows[start : start + _CHUNK]
        target[np.arange(len(piece)), np.where(known, piece, 0)] = known


@lru_cache
def _rows_table(n_codes: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.eye(n_codes + 1, n_codes, dtype=dtype)


@lru_cache
def _pairs_table(n_codes: int, dtype: np.dtype[Any]) -> NDArray[np.uint64]:
    """Return, for two codes as the uint16 that they are in memory, their two rows as a uint64; shape (65536,)."""
    pairs = np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    return _rows_table(n_codes, dtype)[np.minimum(pairs, n_codes)].reshape(len(pairs), -1).view(np.uint64)[:, 0].copy()
