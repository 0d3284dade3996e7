"""Sequences of an array over windows, without the readers that the array is built with: jobs read dataset files."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import STILL, Index, Indices, Jitter, resolve_index
from jangdan.datasets.genomic import GenomicDataset
from jangdan.errors import OptionError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.sequence.alphabet import DNA, Alphabet, alphabet_of
from jangdan.sequence.encode import Codes, code_dtype, higher_order, one_hot, reverse_complement
from jangdan.storage.any_array import AnyArray


class StoredBioseq(GenomicDataset):
    """Sequences over the windows of an indexer, as order-1 codes inside, one-hot outside.

    A window on the reverse strand gives its reverse complement. Unknown letters, and what lies past a
    chromosome's ends, are all zeros.
    """

    def __init__(
        self,
        name: str,
        garray: AnyArray,
        gindexer: GenomicIndexer | None,
        alphabet: Alphabet | str = DNA,
        channel_last: bool = True,
        order: int = 1,
    ) -> None:
        super().__init__(name, garray, gindexer, channel_last)
        alphabet = alphabet_of(alphabet) if isinstance(alphabet, str) else alphabet
        code_dtype(order, len(alphabet))  # refuses an order that does not fit
        self.alphabet, self.order = alphabet, order
        if gindexer is not None and self.window < order:
            raise OptionError(
                f"order={order}: windows of {self.window} letters are too short; expected at least {order}"
            )

    @property
    def n_codes(self) -> int:
        """Number of different codes, letters ** order."""
        return len(self.alphabet) ** self.order

    @property
    def conditions(self) -> tuple[str, ...]:
        """The words (letters, for order 1) of the last axis."""
        letters, words = self.alphabet.letters, [""]
        for _ in range(self.order):
            words = [w + letter for w in words for letter in letters]
        return tuple(words)

    @property
    def shape(self) -> tuple[int, ...]:
        """(region, length - order + 1, 1, letters ** order)."""
        return self._arranged_shape((len(self), self.window - self.order + 1, 1, self.n_codes))

    def letters(self, index: Index, jitter: Jitter = STILL) -> NDArray[np.uint8]:
        """Return order-1 codes, shape (region, length), uint8, 255 for unknown letters."""
        return self._letters(resolve_index(index, len(self)), jitter)

    def codes(self, index: Index) -> Codes:
        """Return order-k codes, shape (region, length - order + 1)."""
        return higher_order(self.letters(index), self.order, len(self.alphabet))

    def encoded(self, letters: NDArray[np.uint8]) -> NDArray[Any]:
        """Return order-1 codes, shape (region, length), as the one-hot that the dataset gives of them."""
        codes = higher_order(letters, self.order, len(self.alphabet))
        return self._arrange(one_hot(codes, self.n_codes)[:, :, None, :])

    def _letters(self, indices: Indices, jitter: Jitter) -> NDArray[np.uint8]:
        codes = self._gather(indices, jitter.shift)[:, :, 0, 0]
        reverse = self._is_reverse(indices, jitter)
        if reverse is not None and reverse.any():
            self._require_paired()
            codes[reverse] = reverse_complement(codes[reverse], len(self.alphabet))
        return codes

    def _require_paired(self) -> None:
        if not self.alphabet.paired:
            raise OptionError(f"dataset {self.name!r}: {self.alphabet.name} sequences have no reverse complement")

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        return self.encoded(self._letters(indices, jitter))
