"""Sizes, colours and files of all figures, in one place."""

from os import PathLike
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jangdan.errors import OptionError
from jangdan.files import replacing

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours told apart with any colour vision (Okabe and Ito 2008, without the yellow that paper swallows)."""

LETTER_COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00", "U": "#D55E00"}
OTHER_LETTER = "#666666"
GREY = "#8C8C8C"
FAINT = "#E3E3E3"
SEQUENTIAL = "viridis"

SMALL, NORMAL, LARGE = 8.0, 9.0, 11.0
"""Font sizes in points: tick labels, text and labels, titles."""

DPI = 150

# without a date, and without the version of the library, the same figure is the same file
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def colour(index: int) -> str:
    """Return the colour of the `index`-th line; the palette repeats."""
    return PALETTE[index % len(PALETTE)]


def new_figure(width: float, height: float) -> Figure:
    """Make an empty figure of that size in inches, whose parts are laid out without overlap."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")


def tidy(ax: Axes, *, xlabel: str = "", ylabel: str = "", title: str = "") -> None:
    """Label an axis, set its font sizes, and take away the frame's upper and right sides."""
    ax.set_xlabel(xlabel, fontsize=NORMAL)
    ax.set_ylabel(ylabel, fontsize=NORMAL)
    ax.set_title(title, fontsize=LARGE, loc="left")
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)


def save(figure: Figure, path: str | PathLike[str]) -> None:
    """Write a figure as PNG (150 dpi), SVG or PDF, by the suffix of `path`, whole or not at all.

    The same figure gives the same bytes. Raises OptionError for another suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _METADATA:
        raise OptionError(f"figure {path}: expected a name that ends in {', '.join(_METADATA)}")
    # ids in an SVG are random without a salt
    with replacing(path) as temporary, mpl.rc_context({"svg.hashsalt": "jangdan"}):
        figure.savefig(temporary, format=suffix[1:], dpi=DPI, metadata=_METADATA[suffix])
