"""Codes, words and complements against Biopython and plain loops."""

import pytest
from Bio.Seq import Seq
from hypothesis import given
from hypothesis import strategies as st

from jangdan.errors import OptionError
from jangdan.sequence.alphabet import PROTEIN, RNA, UNKNOWN
from jangdan.sequence.encode import (
    complement_permutation,
    decode,
    encode,
    higher_order,
    one_hot,
    reverse_complement,
    unknown_code,
)

letters = st.text(alphabet="ACGTNacgtnRYU", min_size=6, max_size=60)


@given(letters)
def test_letters_come_back(text: str) -> None:
    expected = "".join(c if c in "ACGT" else "N" for c in text.upper().replace("U", "T"))
    assert decode(encode(text)) == expected


@given(st.text(alphabet="ACGTN", min_size=1, max_size=60))
def test_the_reverse_complement_is_that_of_biopython(text: str) -> None:
    assert decode(reverse_complement(encode(text))) == str(Seq(text).reverse_complement())


@given(letters, st.integers(1, 5))
def test_words_are_those_of_a_plain_loop(text: str, order: int) -> None:
    codes = encode(text)
    expected = []
    for i in range(len(text) - order + 1):
        word = 0
        for code in codes[i : i + order]:
            word = unknown_code(order) if UNKNOWN in codes[i : i + order] else word * 4 + int(code)
        expected.append(word)
    assert higher_order(codes, order).tolist() == expected


@given(st.text(alphabet="ACGT", min_size=6, max_size=40), st.integers(1, 4))
def test_words_are_complemented_by_the_permutation(text: str, order: int) -> None:
    forward = higher_order(encode(text), order)
    backward = higher_order(reverse_complement(encode(text)), order)
    assert complement_permutation(order)[forward[::-1]].tolist() == backward.tolist()


def test_unknown_words_are_zeros() -> None:
    rows = one_hot(higher_order(encode("ACNGT"), 2), 16)
    assert rows.sum(axis=1).tolist() == [1, 0, 0, 1]
    assert rows[0, 1] == rows[3, 11] == 1


def test_other_alphabets() -> None:
    assert encode("ACGU", RNA).tolist() == encode("ACGT", RNA).tolist() == [0, 1, 2, 3]
    assert len(set(encode("ACDEFGHIKLMNPQRSTVWY", PROTEIN).tolist())) == 20
    assert encode("B", PROTEIN).tolist() == [UNKNOWN]


def test_an_order_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OptionError, match="order=8"):
        higher_order(encode("ACGT" * 5), 8)
    with pytest.raises(OptionError, match="order=0"):
        higher_order(encode("ACGT"), 0)
