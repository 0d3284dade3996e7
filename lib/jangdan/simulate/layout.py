"""What lies where in the demo genome, before there are letters: gaps, excluded regions, slots for sites."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.errors import OptionError
from jangdan.simulate.settings import DemoSettings

SLOT = 500
"""Width of a slot in bp; each slot holds at most one site."""

KINDS = ("bound", "decoy", "almost", "open", "closed")
OPEN_KINDS = ("bound", "open")

_JITTER = 90
_OPEN_SHARE = 0.4
_SPARE_SHARE = 1.5
_EXCLUDED_SLOTS = 3
_EXCLUDED_SITES_A_CHROM = 2


@dataclass(frozen=True, eq=False)
class Layout:
    """The plan of the demo genome; coordinates are 0-based and half-open.

    `gaps` (runs of N) and `exclusion` have the columns chrom, start, end. `slots` has chrom, start (of
    the slot), site (start of what is planted), strand, kind (one of KINDS) and strength: the relative
    openness, 0 for closed kinds.
    """

    chromsizes: dict[str, int]
    gaps: pd.DataFrame
    exclusion: pd.DataFrame
    slots: pd.DataFrame

    def of_kind(self, *kinds: str) -> pd.DataFrame:
        """Return the slots of these kinds, in genome order, with their place in `slots` as index."""
        return self.slots[self.slots["kind"].isin(kinds)]


def plan_layout(settings: DemoSettings, rng: Generator) -> Layout:
    """Lay out gaps, excluded regions and slots.

    Raises OptionError where `sites` and `variants` do not fit into the genome.
    """
    chromsizes = settings.chromsizes
    gaps = pd.concat([_gaps(c, n, rng) for c, n in chromsizes.items()], ignore_index=True)
    free = pd.concat([_free_slots(c, n, gaps) for c, n in chromsizes.items()], ignore_index=True)
    exclusion, free = _take_excluded(free, rng)
    kinds = _kinds(settings, len(free))
    slots = free.assign(
        site=free["start"] + SLOT // 2 + rng.integers(-_JITTER, _JITTER + 1, len(free)),
        strand=rng.choice(["+", "-"], len(free)),
        kind=rng.permutation(kinds),
    )
    is_open = slots["kind"].isin(OPEN_KINDS)
    slots["strength"] = np.where(is_open, 0.4 + rng.gamma(2.0, 0.3, len(slots)), 0.0)
    return Layout(chromsizes, gaps, exclusion, slots)


def spans_of(table: pd.DataFrame, chrom: str) -> list[tuple[int, int]]:
    """Return (start, end) of each row of `table` that lies on `chrom`."""
    own = table[table["chrom"] == chrom]
    return list(zip(own["start"].tolist(), own["end"].tolist(), strict=True))


def _gaps(chrom: str, length: int, rng: Generator) -> pd.DataFrame:
    """Runs of N at both ends and one inside."""
    end, inner = length // 300, length // 150
    start = int(rng.integers(length // 4, 3 * length // 4))
    starts = [0, start, length - end]
    ends = [end, start + inner, length]
    return pd.DataFrame({"chrom": chrom, "start": starts, "end": ends})


def _free_slots(chrom: str, length: int, gaps: pd.DataFrame) -> pd.DataFrame:
    start = np.arange(0, length - SLOT + 1, SLOT)
    own = gaps[gaps["chrom"] == chrom]
    touched = (start[:, None] < own["end"].to_numpy()) & (start[:, None] + SLOT > own["start"].to_numpy())
    return pd.DataFrame({"chrom": chrom, "start": start[~touched.any(axis=1)]})


def _take_excluded(free: pd.DataFrame, rng: Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn runs of neighbouring slots into excluded regions; return these and the remaining slots."""
    regions: list[dict[str, Any]] = []
    taken: list[NDArray[np.int64]] = []
    width = _EXCLUDED_SLOTS * SLOT
    for chrom, own in free.groupby("chrom", sort=False):
        parts = np.array_split(own.index.to_numpy(), _EXCLUDED_SITES_A_CHROM)
        for part in parts:
            rows = part[int(rng.integers(len(part) - _EXCLUDED_SLOTS)) :][:_EXCLUDED_SLOTS]
            start = int(free["start"][rows[0]])
            # a run across a gap is shortened to what stands before the gap
            rows = rows[free["start"][rows] < start + width]
            regions.append({"chrom": chrom, "start": start, "end": start + len(rows) * SLOT})
            taken.append(rows)
    return pd.DataFrame(regions), free[~free.index.isin(np.concatenate(taken))].reset_index(drop=True)


def _kinds(settings: DemoSettings, n_slots: int) -> NDArray[np.object_]:
    counts = {
        "bound": settings.sites,
        "decoy": settings.sites,
        "almost": int(_SPARE_SHARE * settings.variants / 3) + 4,
        "open": int(_OPEN_SHARE * settings.sites),
    }
    closed = n_slots - sum(counts.values())
    if closed < settings.variants:
        raise OptionError(
            f"sites={settings.sites} and variants={settings.variants} do not fit into {n_slots} slots of {SLOT} bp; "
            "lower them, or raise chroms or chrom_length"
        )
    counts["closed"] = closed
    return np.repeat(np.array(list(counts), dtype=object), list(counts.values()))
