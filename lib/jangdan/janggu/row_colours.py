"""Colours of rows by their annotation: labels in colours of their own, numbers along a scale."""

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize, to_rgb
from numpy.typing import NDArray

from jangdan.plots.style import PALETTE, SEQUENTIAL

MOST_LABELS = 12
"""Labels that get a colour each; the rarer ones of more are drawn alike, as 'other'."""

OTHER = "other"
_MORE = ("#999999", "#8C564B", "#BCBD22", "#9467BD", "#17BECF")


@dataclass
class Colouring:
    """rgb: a colour a row, shape (row, 3). named: label -> colour, of labels. scale: bounds, of numbers."""

    rgb: NDArray[np.float64]
    named: dict[str, tuple[float, float, float]]
    scale: Normalize | None = None


def coloured(entries: NDArray[Any]) -> Colouring:
    """Colour entries of shape (row,): more than 12 different numbers by a scale, all else by label."""
    if entries.dtype.kind in "iuf" and len(np.unique(entries)) > MOST_LABELS:
        finite = entries[np.isfinite(entries)]
        scale = Normalize(float(finite.min()), float(finite.max()))
        return Colouring(np.asarray(mpl.colormaps[SEQUENTIAL](scale(entries)))[:, :3], {}, scale)
    texts = np.array([_text(entry) for entry in entries], dtype=object)
    found, counts = np.unique(texts.astype(str), return_counts=True)
    kept = found
    if len(found) > MOST_LABELS:
        kept = np.sort(found[np.argsort(-counts, kind="stable")[: MOST_LABELS - 1]])
    named = {str(label): to_rgb(c) for label, c in zip(kept, (*PALETTE, *_MORE), strict=False)}
    if len(kept) < len(found):
        named[OTHER] = to_rgb("#DDDDDD")
    rgb = np.array([named.get(text, named.get(OTHER)) for text in texts])
    return Colouring(rgb, named)


def _text(entry: Any) -> str:
    return f"{entry:g}" if isinstance(entry, (float, np.floating)) else str(entry)
