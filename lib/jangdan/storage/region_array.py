"""RegionArray: one value a region, for regions of any length (resolution=None)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import ContigError, DataError, IntervalError
from jangdan.storage.layout import Ints


@dataclass
class RegionArray:
    """Values by (region, strand, condition).

    chroms: contig names; chrom: a place in them, start, end: bounds in bp, each of shape (regions,).
    data: shape (regions, strands, conditions).
    """

    chroms: tuple[str, ...]
    chrom: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    data: NDArray[Any] = field(repr=False)
    conditions: tuple[str, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.data.shape[0] != len(self.start) or self.data.shape[2] != len(self.conditions):
            raise DataError(
                f"data of shape {self.data.shape} do not fit {len(self.start)} regions, "
                f"{len(self.conditions)} conditions"
            )

    @property
    def strands(self) -> int:
        """1, or 2 (forward, reverse)."""
        return self.data.shape[1]

    @cached_property
    def _sorted(self) -> tuple[Ints, list[Ints]]:
        order = np.lexsort((self.end, self.start, self.chrom))
        return order, [c[order] for c in (self.chrom, self.start, self.end)]

    def number(self, chrom: str) -> int:
        """Return a contig's number; raises ContigError for an unknown one."""
        if chrom not in self.chroms:
            raise ContigError(f"contig {chrom!r} has no region in this dataset")
        return self.chroms.index(chrom)

    def gather(self, chrom: Ints, start: Ints, end: Ints) -> NDArray[Any]:
        """Return the values of regions, shape (regions, 1, strands, conditions).

        Raises IntervalError where a region is not exactly one of those stored.
        """
        return self.data[self._find(chrom, start, end)][:, None]

    def _find(self, chrom: Ints, start: Ints, end: Ints) -> Ints:
        order, columns = self._sorted
        keys, wanted = _records(columns), _records([chrom, start, end])
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        missing = np.flatnonzero(keys[place] != wanted)
        if len(missing):
            c, s, e = wanted[missing[0]]
            raise IntervalError(
                f"region {self.chroms[c]}:{s}-{e} is not one of the {len(keys)} regions of this dataset; "
                "build it over the regions that are read"
            )
        return order[place]


def _records(columns: list[Ints]) -> NDArray[Any]:
    """Return (chrom, start, end) as one array of records, which sort and compare as a whole."""
    records = np.empty(len(columns[0]), dtype=[("chrom", np.int64), ("start", np.int64), ("end", np.int64)])
    for name, column in zip(("chrom", "start", "end"), columns, strict=True):
        records[name] = column
    return records
