"""The truth of the demo as tables: which sites are bound, what each variant does."""

from pathlib import Path

import numpy as np
import pandas as pd

from jangdan.files import write_text
from jangdan.simulate.layout import Layout

SITE_KINDS = ("bound", "decoy", "almost")


def write_truth_sites(layout: Layout, widths: dict[int, int], path: str | Path) -> None:
    """Write all planted stretches: chrom, start, end (0-based, half-open), strand, bound (0 or 1), kind.

    `widths` gives the width in bp of each planted slot.
    """
    slots = layout.of_kind(*SITE_KINDS)
    table = pd.DataFrame({"chrom": slots["chrom"], "start": slots["site"]})
    table["end"] = slots["site"] + [widths[i] for i in slots.index]
    table["strand"] = slots["strand"]
    table["bound"] = np.where(slots["kind"] == "bound", 1, 0)
    table["kind"] = slots["kind"]
    _write(table, path)


def write_truth_variants(variants: pd.DataFrame, path: str | Path) -> None:
    """Write chrom, pos (1-based, as in the VCF), start (0-based), id, ref, alt, effect of each variant."""
    table = variants.assign(start=variants["pos"], pos=variants["pos"] + 1)
    _write(table[["chrom", "pos", "start", "id", "ref", "alt", "effect"]], path)


def _write(table: pd.DataFrame, path: str | Path) -> None:
    write_text(path, table.to_csv(sep="\t", index=False, lineterminator="\n"))
