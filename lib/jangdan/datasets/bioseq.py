"""Bioseq: sequences as one-hot, shape (region, length - order + 1, 1, letters ** order), kept as codes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.build import Place, build_sequence
from jangdan.datasets.dataset import Index, resolve_index
from jangdan.datasets.genomic import GenomicDataset
from jangdan.errors import DataError, OptionError
from jangdan.formats.fasta import fasta_sizes, read_records
from jangdan.formats.table import region_table
from jangdan.genome.indexer import GenomicIndexer
from jangdan.sequence.alphabet import DNA, UNKNOWN, Alphabet, alphabet_named
from jangdan.sequence.encode import Codes, code_dtype, encode, higher_order, one_hot, reverse_complement
from jangdan.storage.dataset_file import AnyArray
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout


class Bioseq(GenomicDataset):
    """Sequences over the windows of an indexer, as order-1 codes inside, one-hot outside.

    A window on the reverse strand gives its reverse complement. Unknown letters, and what lies past a
    chromosome's ends, are all zeros.
    """

    def __init__(
        self,
        name: str,
        garray: AnyArray,
        gindexer: GenomicIndexer | None,
        alphabet: Alphabet = DNA,
        channel_last: bool = True,
        order: int = 1,
    ) -> None:
        super().__init__(name, garray, gindexer, channel_last)
        code_dtype(order, len(alphabet))  # refuses an order that does not fit
        self.alphabet, self.order = alphabet, order

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

    def letters(self, index: Index) -> NDArray[np.uint8]:
        """Return order-1 codes, shape (region, length), uint8, 255 for unknown letters."""
        indices = resolve_index(index, len(self))
        codes = self._gather(indices)[:, :, 0, 0]
        reverse = self._is_reverse(indices)
        if reverse.any():
            codes[reverse] = reverse_complement(codes[reverse], len(self.alphabet))
        return codes

    def codes(self, index: Index) -> Codes:
        """Return order-k codes, shape (region, length - order + 1)."""
        return higher_order(self.letters(index), self.order, len(self.alphabet))

    def _read(self, indices: NDArray[np.int64]) -> NDArray[Any]:
        return self._arrange(one_hot(self.codes(indices), self.n_codes)[:, :, None, :])

    @classmethod
    def create_from_refgenome(
        cls,
        name: str,
        refgenome: str,
        roi: Any = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        order: int = 1,
        channel_last: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
        zero_padding: bool = True,
    ) -> "Bioseq":
        """Read windows of a genome (FASTA, plain, gzip or bgzip).

        Raises OptionError where neither `roi` nor `store_whole_genome` is given.
        """
        if roi is None and not store_whole_genome:
            raise OptionError("roi=None needs store_whole_genome=True")
        indexer = None
        if roi is not None:
            indexer = GenomicIndexer.create_from_file(roi, binsize, stepsize, flank, zero_padding, False, random_state)
        regions = None
        if indexer is not None and not store_whole_genome:
            table = indexer.to_table()
            regions = table.assign(start=table["start"] - flank, end=table["end"] + flank)
        garray = build_sequence(refgenome, Place(fasta_sizes(refgenome), regions, 1, "uint8"), {})
        return cls(name, garray, indexer, DNA, channel_last, order)

    @classmethod
    def create_from_seq(
        cls,
        name: str,
        fastafile: Any,
        seqtype: str = "dna",
        order: int = 1,
        fixedlen: int | None = None,
        channel_last: bool = True,
    ) -> "Bioseq":
        """Read sequences of a FASTA file, a list of files, or a list of Bio.SeqRecord: a region each.

        `fixedlen` cuts or zero-pads all of them to that length. Raises DataError where lengths differ
        without it.
        """
        alphabet = alphabet_named(seqtype)
        records = read_records(fastafile)
        codes = _same_length([encode(letters, alphabet) for _, letters in records], fixedlen)
        names = [f"{i}:{record}" for i, (record, _) in enumerate(records)]
        length = codes.shape[1]
        sizes: dict[str, int] = dict.fromkeys(names, int(length))
        layout = Layout.of_genome(sizes)
        garray = GenomicArray(layout, codes.reshape(-1, 1, 1), (alphabet.name,), UNKNOWN)
        indexer = GenomicIndexer.create_from_file(region_table(names, [0] * len(names), [length] * len(names)))
        return cls(name, garray, indexer, alphabet, channel_last, order)


def _same_length(sequences: Sequence[NDArray[np.uint8]], fixedlen: int | None) -> NDArray[np.uint8]:
    lengths = sorted({len(s) for s in sequences})
    if fixedlen is None and len(lengths) > 1:
        raise DataError(f"sequences are of {lengths[0]} to {lengths[-1]} letters; give fixedlen to cut and pad them")
    length = fixedlen or lengths[0]
    codes = np.full((len(sequences), length), UNKNOWN, dtype=np.uint8)
    for row, sequence in zip(codes, sequences, strict=True):
        row[: len(sequence)] = sequence[:length]
    return codes
