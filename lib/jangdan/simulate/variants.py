"""Variants of the demo that break a bound site, create one, or do neither; each is checked against the motif."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from jangdan.errors import DataError
from jangdan.simulate.edits import Edit, draw_edit
from jangdan.simulate.genome import Genome, oriented
from jangdan.simulate.layout import Layout
from jangdan.simulate.motif import Motif

Codes = NDArray[np.uint8]

MARGIN = 4.0
"""Bits by which a neutral variant stays below the threshold with both alleles."""

_CONTEXT = 16
_NEUTRAL_WIDTH = 40
_OPEN_DISTANCE = 30
_MAX_NEUTRAL_INDEL = 4
_TRIES = 50


def draw_almost_sites(motif: Motif, strands: Iterable[str], rng: Generator) -> list[tuple[Codes, Edit]]:
    """Draw, for each strand, a stretch that is one edit away from a site, and that edit (of the + strand)."""
    strands = list(strands)
    sites = motif.draw(rng, len(strands))
    return [_almost_site(motif, oriented(site, s), rng) for site, s in zip(sites, strands, strict=True)]


def draw_variants(
    layout: Layout, genome: Genome, motif: Motif, almost: list[tuple[Codes, Edit]], *, count: int, rng: Generator
) -> pd.DataFrame:
    """Draw `count` variants, a third of each effect, at most one a slot, in genome order.

    `almost` holds what stands at the slots of that kind, in order. The table has the columns chrom,
    pos (0-based), id, ref, alt, effect (break, create, neutral) and slot (its row in `layout.slots`).
    Raises DataError where there are too few sites to choose from.
    """
    search = _Search(layout, genome, motif, rng)
    n_break, n_create = count // 3, count // 3
    bound = rng.permutation(layout.of_kind("bound").index.to_numpy())
    pairs = list(zip(layout.of_kind("almost").index.tolist(), almost, strict=True))
    spare = [pairs[i] for i in rng.permutation(len(pairs))]
    rows = search.take("break", n_break, ((i, search.breaking(i)) for i in bound))
    used = {row["slot"] for row in rows}
    rows += search.take("create", n_create, ((i, search.creating(i, edit)) for i, (_, edit) in spare))
    n_open = (count - n_break - n_create) // 2
    flanks = [i for i in bound if i not in used]
    rows += search.take("neutral", n_open, ((i, search.neutral(i, beside=True)) for i in flanks))
    closed = rng.permutation(layout.of_kind("closed").index.to_numpy())
    n_closed = count - len(rows)
    rows += search.take("neutral", n_closed, ((i, search.neutral(i, beside=False)) for i in closed))
    return _in_genome_order(pd.DataFrame(rows), layout)


def best_scores(genome: Genome, motif: Motif, chrom: str, edit: Edit) -> tuple[float, float]:
    """Return the best score around an edit of a chromosome, without and with it, in bits."""
    start = max(0, edit.offset - _CONTEXT)
    around = genome[chrom][start : edit.offset + len(edit.before) + _CONTEXT]
    return motif.best(around), motif.best(edit.shifted(-start).apply(around))


class _Search:
    """Draws edits at slots until one has the effect that was asked for."""

    def __init__(self, layout: Layout, genome: Genome, motif: Motif, rng: Generator) -> None:
        self.genome, self.motif, self.rng = genome, motif, rng
        self.chrom = layout.slots["chrom"].tolist()
        self.site = layout.slots["site"].tolist()

    def take(self, effect: str, n: int, found: Iterable[tuple[int, Edit | None]]) -> list[dict[str, object]]:
        """Return the first `n` rows of what was found; raises DataError where there are fewer."""
        rows: list[dict[str, object]] = []
        for slot, edit in found:
            if len(rows) == n:
                return rows
            if edit is not None:
                alleles = {"pos": edit.offset, "ref": edit.before, "alt": edit.after}
                rows.append({"chrom": self.chrom[slot], **alleles, "effect": effect, "slot": slot})
        if len(rows) < n:
            raise DataError(f"the demo has room for {len(rows)} variants of effect {effect!r}, not {n}; lower variants")
        return rows

    def breaking(self, slot: int) -> Edit | None:
        return self._first(slot, self.site[slot], width=len(self.motif), goal=(True, False))

    def creating(self, slot: int, edit: Edit) -> Edit | None:
        placed = edit.shifted(self.site[slot])
        return placed if self._states(slot, placed) == (False, True) else None

    def neutral(self, slot: int, *, beside: bool) -> Edit | None:
        start = self.site[slot]
        if beside:
            right = self.rng.random() < 0.5
            start += len(self.motif) + _OPEN_DISTANCE if right else -_OPEN_DISTANCE - _NEUTRAL_WIDTH
        return self._first(slot, start, width=_NEUTRAL_WIDTH, goal=(False, False))

    def _first(self, slot: int, start: int, *, width: int, goal: tuple[bool, bool]) -> Edit | None:
        stretch = self.genome[self.chrom[slot]][start : start + width]
        max_indel = _MAX_NEUTRAL_INDEL if goal == (False, False) else 1
        for _ in range(_TRIES):
            edit = draw_edit(stretch, self.rng, max_indel=max_indel).shifted(start)
            if self._states(slot, edit) == goal:
                return edit
        return None

    def _states(self, slot: int, edit: Edit) -> tuple[bool | None, bool | None]:
        """Tell for both alleles whether there is a site; None where it is too close to call."""
        limit = self.motif.threshold
        before, after = best_scores(self.genome, self.motif, self.chrom[slot], edit)
        if before < limit and after < limit and max(before, after) > limit - MARGIN:
            return None, None
        return before >= limit, after >= limit


def _almost_site(motif: Motif, site: Codes, rng: Generator) -> tuple[Codes, Edit]:
    for _ in range(_TRIES):
        edit = draw_edit(site, rng)
        changed = edit.apply(site)
        if motif.best(changed) < motif.threshold:
            return changed, edit.reversed()
    raise DataError(f"motif {motif.name!r}: no edit breaks a site; raise its threshold")


def _in_genome_order(variants: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    order = {chrom: i for i, chrom in enumerate(layout.chromsizes)}
    variants = variants.assign(rank=variants["chrom"].map(order)).sort_values(["rank", "pos"], ignore_index=True)
    variants.insert(2, "id", [f"demo{i + 1:04d}" for i in range(len(variants))])
    return variants.drop(columns="rank")
