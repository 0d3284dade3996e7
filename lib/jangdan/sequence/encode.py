"""Sequences as integer codes: letters to codes, order-k codes, one-hot, reverse complement.

The order-k code of position i is the number whose digits, in base `len(alphabet)`, are the codes of
letters i .. i + k - 1, the first letter being the most significant digit. A stretch of L letters has
L - k + 1 of them. A code that contains an unknown letter is unknown.
"""

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import OptionError
from jangdan.sequence.alphabet import DNA, UNKNOWN, Alphabet

Codes = NDArray[np.integer]

UNKNOWN_INT16 = -1
_MAX_INT16_CODES = 1 << 15


def encode(letters: str | bytes, alphabet: Alphabet = DNA) -> NDArray[np.uint8]:
    """Return the codes, shape (length,), uint8, of a text.

    >>> encode("ACGTn").tolist()
    [0, 1, 2, 3, 255]
    """
    raw = letters.encode("ascii", "replace") if isinstance(letters, str) else letters
    return alphabet.to_code[np.frombuffer(raw, dtype=np.uint8)]


def decode(codes: Codes, alphabet: Alphabet = DNA) -> str:
    """Return the letters of order-1 codes, shape (length,); unknown ones as N (X for proteins)."""
    return alphabet.to_letter[codes.astype(np.uint8)].tobytes().decode("ascii")


def code_dtype(order: int, n_letters: int = 4) -> type[np.uint8] | type[np.int16]:
    """Return the smallest dtype for order-k codes: uint8 (unknown 255), else int16 (unknown -1).

    Raises OptionError where the codes do not fit into 15 bits.
    """
    if order < 1:
        raise OptionError(f"order={order}: expected a whole number of at least 1")
    n_codes = n_letters**order
    if n_codes <= UNKNOWN:
        return np.uint8
    if n_codes < _MAX_INT16_CODES:
        return np.int16
    raise OptionError(
        f"order={order} gives {n_codes} codes for {n_letters} letters, more than {_MAX_INT16_CODES - 1}; lower it"
    )


def unknown_code(order: int, n_letters: int = 4) -> int:
    """Return the code that stands for "unknown" among order-k codes."""
    return UNKNOWN if code_dtype(order, n_letters) is np.uint8 else UNKNOWN_INT16


def higher_order(codes: NDArray[np.uint8], order: int, n_letters: int = 4) -> Codes:
    """Turn order-1 codes, shape (..., length), into order-k codes, shape (..., length - order + 1).

    >>> higher_order(encode("ACGT"), 2).tolist()
    [1, 6, 11]
    """
    dtype = code_dtype(order, n_letters)
    if order == 1:
        return codes
    length = codes.shape[-1] - order + 1
    if length < 1:
        raise OptionError(f"order={order} needs at least {order} letters, found {codes.shape[-1]}")
    total = np.zeros((*codes.shape[:-1], length), dtype=np.int16)
    unknown = np.zeros(total.shape, dtype=bool)
    for i in range(order):
        digit = codes[..., i : i + length]
        unknown |= digit == UNKNOWN
        total = total * np.int16(n_letters) + digit.astype(np.int16)
    total[unknown] = unknown_code(order, n_letters)
    return total.astype(dtype, copy=False)


def one_hot(codes: Codes, n_codes: int, dtype: type = np.float32) -> NDArray[np.floating]:
    """Return one-hot rows, shape (..., n_codes); codes outside 0 .. n_codes - 1 are all zeros."""
    table: NDArray[np.floating] = np.zeros((n_codes + 1, n_codes), dtype=dtype)
    np.fill_diagonal(table, 1)
    known = (codes >= 0) & (codes < n_codes)
    return table[np.where(known, codes, n_codes)]


def reverse_complement(codes: NDArray[np.uint8], n_letters: int = 4) -> NDArray[np.uint8]:
    """Return the reverse complement of order-1 codes, shape (..., length); unknown stays unknown.

    >>> decode(reverse_complement(encode("AACGN")))
    'NCGTT'
    """
    table = np.full(256, UNKNOWN, dtype=np.uint8)
    table[:n_letters] = np.arange(n_letters)[::-1]
    return table[codes[..., ::-1]]


def complement_permutation(order: int, n_letters: int = 4) -> NDArray[np.int64]:
    """Return, for each order-k code, the code of its reverse complement; shape (n_letters ** order,).

    A one-hot sequence of any order is reverse-complemented by reversing its positions and permuting
    its last axis by this.
    """
    code = np.arange(n_letters**order)
    result = np.zeros_like(code)
    for _ in range(order):
        code, digit = np.divmod(code, n_letters)
        result = result * n_letters + (n_letters - 1 - digit)
    return result
