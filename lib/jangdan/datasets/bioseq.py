"""Bioseq: sequences as one-hot, shape (region, length - order + 1, 1, letters ** order), kept as codes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.letters import GenomeLetters, SequenceLetters
from jangdan.datasets.stored_bioseq import StoredBioseq
from jangdan.datasets.storing import Keeping
from jangdan.errors import DataError, OptionError, whole_number
from jangdan.formats.genome import Genome, read_records
from jangdan.formats.region_table import region_table
from jangdan.genome.indexer import GenomicIndexer
from jangdan.sequence.alphabet import DNA, UNKNOWN, alphabet_named
from jangdan.sequence.encode import code_dtype


class Bioseq(StoredBioseq):
    """Sequences over the windows of an indexer, as order-1 codes inside, one-hot outside.

    A window on the reverse strand gives its reverse complement. Unknown letters, and what lies past a
    chromosome's ends, are all zeros.
    """

    @classmethod
    def create_from_refgenome(
        cls,
        name: str,
        refgenome: Any,
        roi: Any = None,
        binsize: int | None = None,
        stepsize: int | None = None,
        flank: int = 0,
        order: int = 1,
        storage: str = "ndarray",
        datatags: Sequence[str] | None = None,
        cache: bool = False,
        overwrite: bool = False,
        channel_last: bool = True,
        random_state: int | None = None,
        store_whole_genome: bool = False,
        zero_padding: bool = True,
    ) -> "Bioseq":
        """Read windows of a genome: a FASTA path (plain, gzip or bgzip), a list of them, or Bio.SeqRecord objects.

        `roi` and what cuts it into windows are as of `Cover`; None is the whole genome. The genome is kept
        as letter codes of one byte, whatever the `order`; `storage`, `cache`, `overwrite` and `datatags` are as of
        `datasets.keeping`. Raises ContigError where a region's contig is not in the genome.
        """
        code_dtype(order, len(DNA))
        indexer = None
        if roi is not None:
            indexer = GenomicIndexer.create_from_file(roi, binsize, stepsize, flank, zero_padding, False, random_state)
        recipe = GenomeLetters(Genome(refgenome), None if store_whole_genome else indexer)
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        return cls(name, keeping.kept(recipe), indexer, DNA, channel_last, order)

    @classmethod
    def create_from_seq(
        cls,
        name: str,
        fastafile: Any,
        storage: str = "ndarray",
        seqtype: str = "dna",
        order: int = 1,
        fixedlen: int | None = None,
        datatags: Sequence[str] | None = None,
        cache: bool = False,
        channel_last: bool = True,
        overwrite: bool = False,
    ) -> "Bioseq":
        """Read sequences of a FASTA file, a list of files, or a list of Bio.SeqRecord: a region each.

        `seqtype` is "dna", "rna" or "protein". `fixedlen` cuts or zero-pads all of them to that length. Raises
        DataError where lengths differ without it.
        """
        alphabet = alphabet_named(seqtype)
        code_dtype(order, len(alphabet))
        if fixedlen is not None and whole_number("fixedlen", fixedlen) < order:
            raise OptionError(f"fixedlen={fixedlen}: expected at least order={order} letters")
        names, codes = _same_length(read_records(fastafile, alphabet), fixedlen)
        length = codes.shape[1]
        indexer = GenomicIndexer.create_from_file(region_table(names, [0] * len(names), [length] * len(names)))
        keeping = Keeping(name, storage, cache, overwrite, datatags)
        garray = keeping.kept(SequenceLetters(names, codes, alphabet))
        return cls(name, garray, indexer, alphabet, channel_last, order)


def _same_length(
    records: Sequence[tuple[str, NDArray[np.uint8]]], fixedlen: int | None
) -> tuple[list[str], NDArray[np.uint8]]:
    """Return names made different by their numbers, and codes of shape (records, length)."""
    lengths = sorted({len(codes) for _, codes in records})
    if fixedlen is None and len(lengths) > 1:
        raise DataError(f"sequences are of {lengths[0]} to {lengths[-1]} letters; give fixedlen to cut and pad them")
    length = lengths[0] if fixedlen is None else fixedlen
    codes = np.full((len(records), length), UNKNOWN, dtype=np.uint8)
    for row, (_, sequence) in zip(codes, records, strict=True):
        row[: len(sequence)] = sequence[:length]
    return [f"{i}:{name}" for i, (name, _) in enumerate(records)], codes
