"""What the letters of a Bioseq are made of: a genome, or a set of sequences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.build import Place, build_sequence, store
from jangdan.datasets.genomic import read_intervals, read_lengths, require_on_genome
from jangdan.datasets.storing import Recipe
from jangdan.formats.genome import Genome
from jangdan.genome.contigs import Contigs
from jangdan.genome.indexer import GenomicIndexer
from jangdan.sequence.alphabet import UNKNOWN, Alphabet
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.values import DenseValues


@dataclass(frozen=True)
class GenomeLetters(Recipe):
    """Letters of a genome: all of them (roi: None), or those of windows."""

    genome: Genome
    roi: GenomicIndexer | None

    @property
    def paths(self) -> list[str]:
        """The files that are read."""
        return self.genome.paths

    def options(self) -> Any:
        """Return the windows, and the letters that are not in files."""
        i = self.roi
        places = None if i is None else [i.contigs.digest, i.chrom, i.start, i.flank, read_lengths(i)]
        return ["genome", self.genome.key(), places]

    def build(self, path: Path | None, sparse: bool) -> GenomicArray:
        """Return the array, in a dataset file at `path` if there is one. Raises where a window is not on the genome."""
        contigs, roi = Contigs.of_sizes(self.genome.sizes(), source=", ".join(self.genome.paths)), None
        if self.roi is not None:
            require_on_genome(self.roi, contigs)
            roi = read_intervals(self.roi, contigs)
        return build_sequence(self.genome, Place(contigs, roi, 1, "uint8", path, sparse))


@dataclass(frozen=True)
class SequenceLetters(Recipe):
    """Letters of sequences of one length, each a contig of its own: codes of shape (sequences, length)."""

    names: Sequence[str]
    codes: NDArray[np.uint8]
    alphabet: Alphabet

    def options(self) -> Any:
        """Return the letters."""
        return ["sequences", self.names, self.codes, self.alphabet.name]

    def build(self, path: Path | None, sparse: bool) -> GenomicArray:
        """Return the array, in a dataset file at `path` if there is one."""
        layout = Layout.of_genome({name: int(self.codes.shape[1]) for name in self.names})
        values = DenseValues(self.codes.reshape(-1, 1, 1))
        array = GenomicArray(layout, values, (self.alphabet.name,), UNKNOWN)
        store(array, path, sparse=sparse)
        return array
