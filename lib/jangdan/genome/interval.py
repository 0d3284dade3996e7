"""One stretch of a chromosome. `start` is 0-based and `end` exclusive, here and everywhere in jangdan."""

import re
from dataclasses import dataclass

from jangdan.errors import IntervalError

STRANDS = (".", "+", "-")
_TEXT = re.compile(r"(?P<chrom>[^:\s]+):(?P<start>[\d,]+)-(?P<end>[\d,]+)(?::(?P<strand>[.+-]))?")


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a chromosome, `[start, end)`, 0-based.

    `start` may be negative and `end` may lie past the chromosome: a window with flanks reaches over
    the edge, and what is not there is read as padding. Raises IntervalError where `end <= start`, or
    where the strand is not one of ``.``, ``+``, ``-``.

    >>> len(Interval("chr1", 100, 300))
    200
    """

    chrom: str
    start: int
    end: int
    strand: str = "."

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise IntervalError(f"interval {self}: end {self.end} is not after start {self.start}")
        if self.strand not in STRANDS:
            raise IntervalError(f"interval {self}: strand {self.strand!r} is not one of '.', '+', '-'")

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read ``chr1:1000-2000`` or ``chr1:1,000-2,000:+``; 0-based, half-open as everywhere."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise IntervalError(f"region {text!r}: expected chrom:start-end, such as chr1:1000-2000")
        start, end = (int(match[g].replace(",", "")) for g in ("start", "end"))
        return cls(match["chrom"], start, end, match["strand"] or ".")

    def __len__(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"{self.chrom}:{self.start}-{self.end}" + (f":{self.strand}" if self.strand != "." else "")
