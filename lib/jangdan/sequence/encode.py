"""Sequences as integer codes: letters to codes, order-k codes, reverse complement.

The order-k code of position i is the number whose digits, in base `len(alphabet)`, are the codes of
letters i .. i + k - 1, the first letter being the most significant digit. A stretch of L letters has
L - k + 1 of them. A code that contains an unknown letter is unknown.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import OptionError
from jangdan.sequence.alphabet import DNA, UNKNOWN, Alphabet
from jangdan.sequence.onehot import one_hot

__all__ = [
    "Codes",
    "code_dtype",
    "complement_permutation",
    "decode",
    "encode",
    "higher_order",
    "one_hot",
    "reverse_complement",
    "unknown_code",
]

Codes = NDArray[np.integer]

UNKNOWN_INT16 = -1
_MAX_INT16_CODES = 1 << 15
_MAX_ORDER = 15  # of two letters, the shortest alphabet; an order beyond is refused without computing its power
_CHUNK = 1 << 16  # codes at a time: what they need stays in the processor's cache


def encode(letters: str | bytes, alphabet: Alphabet = DNA) -> NDArray[np.uint8]:
    """Return the codes, shape (length,), uint8, of a text.

    >>> encode("ACGTn").tolist()
    [0, 1, 2, 3, 255]
    """
    raw = letters.encode("ascii", "replace") if isinstance(letters, str) else letters
    # of a bytearray, so that the array can be written
    return np.frombuffer(bytearray(raw).translate(alphabet.to_code.tobytes()), dtype=np.uint8)


def decode(codes: Codes, alphabet: Alphabet = DNA) -> str:
    """Return the letters of order-1 codes, shape (length,); unknown ones as N (X for proteins)."""
    return codes.astype(np.uint8).tobytes().translate(alphabet.to_letter.tobytes()).decode("ascii")


def code_dtype(order: int, n_letters: int = 4) -> type[np.uint8] | type[np.int16]:
    """Return the smallest dtype for order-k codes: uint8 (unknown 255), else int16 (unknown -1).

    Raises OptionError where the codes do not fit into 15 bits, or `order` is no whole number of at least 1.
    """
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or order < 1:
        raise OptionError(f"order={order!r}: expected a whole number of at least 1")
    n_codes = n_letters ** min(int(order), _MAX_ORDER)
    if n_codes <= UNKNOWN:
        return np.uint8
    if n_codes < _MAX_INT16_CODES:
        return np.int16
    raise OptionError(
        f"order={order} gives more codes for {n_letters} letters than the {_MAX_INT16_CODES - 1} that fit; lower it"
    )


def unknown_code(order: int, n_letters: int = 4) -> int:
    """Return the code that stands for "unknown" among order-k codes."""
    return UNKNOWN if code_dtype(order, n_letters) is np.uint8 else UNKNOWN_INT16


def higher_order(codes: NDArray[np.uint8], order: int, n_letters: int = 4) -> Codes:
    """Turn order-1 codes, shape (..., length), into order-k codes, shape (..., length - order + 1).

    Raises OptionError for an order that does not fit into the code type, or is longer than the sequences.

    >>> higher_order(encode("ACGT"), 2).tolist()
    [1, 6, 11]
    """
    dtype = code_dtype(order, n_letters)
    if order == 1:
        return codes
    length = codes.shape[-1] - order + 1
    if length < 1:
        raise OptionError(f"order={order} needs at least {order} letters, found {codes.shape[-1]}")
    # All rows as one: words that reach over a row's end are computed, and cut away with the last columns.
    flat = np.ascontiguousarray(codes).reshape(-1)
    words = np.empty(flat.size, dtype=dtype)
    last = flat.size - order + 1
    for start in range(0, last, _CHUNK):
        stop = min(start + _CHUNK, last)
        _combine(flat[start : stop + order - 1], order, n_letters, words[start:stop])
    return words.reshape(codes.shape)[..., :length]


def reverse_complement(codes: NDArray[np.uint8], n_letters: int = 4) -> NDArray[np.uint8]:
    """Return the reverse complement of order-1 codes, shape (..., length); unknown stays unknown.

    >>> decode(reverse_complement(encode("AACGN")))
    'NCGTT'
    """
    if codes.size == 0:
        return codes.astype(np.uint8)
    flat = np.ascontiguousarray(codes, dtype=np.uint8).reshape(-1)
    result = np.empty_like(flat)
    for start in range(0, flat.size, _CHUNK):
        piece = flat[start : start + _CHUNK]
        other = np.uint8(n_letters - 1) - piece
        other |= _all_bits(piece >= n_letters, np.uint8)
        _put_reversed(other, result[flat.size - start - len(piece) : flat.size - start])
    # what was reversed as one has its rows in reverse order, too
    return np.ascontiguousarray(result.reshape(-1, codes.shape[-1])[::-1]).reshape(codes.shape)


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


def _combine(codes: NDArray[np.uint8], order: int, n_letters: int, words: NDArray[Any]) -> None:
    """Fill `words` with the order-k codes of `codes`, which are order - 1 more."""
    letters = codes.astype(words.dtype, copy=False)
    words[:] = letters[: len(words)]
    largest = words.copy()
    for i in range(1, order):
        digit = letters[i : i + len(words)]
        # unknown letters overflow here; their words are set below
        np.multiply(words, words.dtype.type(n_letters), out=words)
        np.add(words, digit, out=words)
        np.maximum(largest, digit, out=largest)
    words |= _all_bits(largest >= n_letters, words.dtype)


def _all_bits(where: NDArray[np.bool_], dtype: Any) -> NDArray[Any]:
    """Return a number with all bits set, which is the unknown code of its type, where true; else 0."""
    return np.negative(where.astype(dtype))


def _put_reversed(codes: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
    """Write `codes` backwards: eight at a time as integers of the other byte order, ten times as fast as one by one."""
    rest = len(codes) % 8
    target[len(codes) - rest :] = codes[:rest][::-1]
    target[: len(codes) - rest].view(">u8")[:] = codes[rest:].view("<u8")[::-1]
