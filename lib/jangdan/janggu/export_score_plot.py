"""Curves of a Scorer as a figure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jangdan.errors import DataError, OptionError
from jangdan.files import replacing
from jangdan.janggu.results import Curve, Key, Results, is_undefined, labels, named, output_path, require_results
from jangdan.plots.style import DPI, GREY, PALETTE, SMALL, colour, new_figure, save, tidy

FORMS = ("png", "svg", "pdf", "eps")
SIDE = 3.8
"""Side of the figure in inches, without a legend beside it."""

MOST_NAMED = 20
"""Curves that get a legend entry each; more are drawn alike and summed up in one entry."""

MOST_INSIDE, LONGEST_INSIDE, LONGEST_LABEL = 4, 28, 48
"""Entries, and letters of one, up to which the legend fits into the panel; letters that are printed."""

MOST_MARKED = 12
"""Points up to which each has a marker."""


class ExportScorePlot:
    """Draw curves, one a model, layer and condition, as `<name>.<fform>`.

    Values are (x, y) or (x, y, label), x and y of shape (point,); a number as label is printed as such, with three
    digits. figsize: (width, height) in inches, default a square panel and the room that the legend needs. xlabel,
    ylabel: of the axes. fform: 'png' (default), 'svg', 'pdf' or 'eps'. legend: the title of the legend. reference:
    a dashed line, 'diagonal', or 'first': at the first y of each curve (of a precision-recall curve, the prevalence).
    A curve that is not defined is listed as n/a.
    """

    def __init__(
        self,
        figsize: tuple[float, float] | None = None,
        xlabel: str | None = None,
        ylabel: str | None = None,
        fform: str | None = None,
        *,
        legend: str | None = None,
        reference: Literal["diagonal", "first"] | None = None,
    ) -> None:
        if reference not in (None, "diagonal", "first"):
            raise OptionError(f"reference={reference!r}: expected 'diagonal', 'first' or None")
        self.figsize, self.fform = figsize, figure_form(fform)
        self.xlabel, self.ylabel = xlabel or "", ylabel or ""
        self.legend, self.reference = legend, reference

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the figure; raises DataError where a value is no curve."""
        require_results("ExportScorePlot", results)
        curves = {key: _curve(key, result["value"]) for key, result in results.items()}
        path = output_path(output_dir, name, self.fform)
        save_figure(self.draw(curves, title=name), path)
        return [path]

    def draw(self, curves: Mapping[Key, Curve | None], *, title: str = "") -> Figure:
        """Return the figure; None is a curve that is not defined."""
        figure = new_figure(*(self.figsize or (SIDE, SIDE)))
        ax = figure.add_subplot()
        known = [curve for curve in curves.values() if curve is not None]
        if self.reference == "diagonal":
            ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.8, zorder=1)
        elif self.reference == "first":
            _levels(ax, known)
        _draw(ax, curves)
        _bounds(ax, known)
        tidy(ax, xlabel=self.xlabel, ylabel=self.ylabel, title=title)
        self._add_legend(figure, ax)
        return figure

    def _add_legend(self, figure: Figure, ax: Axes) -> None:
        """Put the legend into the panel where it is small, else beside it."""
        handles, entries = ax.get_legend_handles_labels()
        options: dict[str, Any] = {"title": self.legend, "fontsize": SMALL, "title_fontsize": SMALL}
        longest = max(len(line) for entry in entries for line in entry.splitlines())
        if "\n" not in entries[0] and len(entries) <= MOST_INSIDE and longest <= LONGEST_INSIDE:
            ax.legend(**options, facecolor="white", edgecolor="none")
            return
        figure.legend(handles, entries, **options, frameon=False, loc="outside right upper")
        if self.figsize is None:
            figure.set_size_inches(SIDE + 0.7 + 0.07 * longest, max(SIDE, 0.6 + 0.17 * len(entries)))


def figure_form(fform: str | None) -> str:
    """Return a figure's suffix, 'png' for None; raises OptionError for one that is not written."""
    form = "png" if fform is None else str(fform).lower().lstrip(".")
    if form not in FORMS:
        raise OptionError(f"fform={fform!r}: expected one of {', '.join(FORMS)}")
    return form


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, SVG, PDF or EPS, by its suffix, whole or not at all."""
    if path.suffix != ".eps":
        save(figure, path)
        return
    with replacing(path) as temporary, mpl.rc_context({"ps.fonttype": 42}):
        figure.savefig(temporary, format="eps", dpi=DPI)


def _curve(key: Key, value: Any) -> Curve | None:
    if is_undefined(value):
        return None
    if isinstance(value, (tuple, list)) and len(value) in (2, 3):
        try:
            x, y = (np.asarray(part, dtype=np.float64) for part in value[:2])
        except (TypeError, ValueError):
            x, y = np.zeros(0), np.zeros(1)
        if x.ndim == 1 and x.shape == y.shape:
            # thresholds, which scikit-learn's curves have as third part, are not drawn
            label = value[2] if len(value) == 3 and np.ndim(value[2]) == 0 else ""
            return Curve(x, y, label)
    raise DataError(
        f"ExportScorePlot: the value of {named(key)} is a {type(value).__name__}; expected (x, y) or (x, y, label) "
        "with lists of one length"
    )


def _draw(ax: Axes, curves: Mapping[Key, Curve | None]) -> None:
    if len(curves) > MOST_NAMED:
        for curve in curves.values():
            ax.plot(*(([], []) if curve is None else curve[:2]), color=colour(0), linewidth=0.6, alpha=0.35)
        ax.lines[-1].set_label(_summary(list(curves.values())))
        return
    for i, (name, curve) in enumerate(zip(labels(curves), curves.values(), strict=True)):
        x, y = (np.zeros(0), np.zeros(0)) if curve is None else curve[:2]
        text = "n/a" if curve is None else _printed(curve.label)
        style = ("-", ":", "--")[i // len(PALETTE) % 3]
        marker = "o" if 0 < np.size(x) <= MOST_MARKED else ""
        label = f"{_short(name)}  {text}".rstrip()
        ax.plot(x, y, color=colour(i), linewidth=1.6, linestyle=style, marker=marker, markersize=3.5, label=label)


def _levels(ax: Axes, curves: list[Curve]) -> None:
    first = [float(np.asarray(curve.y)[0]) for curve in curves if np.size(curve.y)]
    levels = [float(np.median(first))] if len(first) > MOST_NAMED else sorted({round(level, 2) for level in first})
    for level in levels:
        ax.axhline(level, color=GREY, linestyle="--", linewidth=0.8, zorder=1)


def _bounds(ax: Axes, curves: list[Curve]) -> None:
    """Show the unit square where all points lie in it."""
    points = np.concatenate([np.zeros(0), *(np.ravel(part) for curve in curves for part in curve[:2])])
    points = points[np.isfinite(points)]
    if not len(points) or (points.min() >= 0 and points.max() <= 1):
        ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")


def _summary(curves: list[Curve | None]) -> str:
    known = [curve.label for curve in curves if curve is not None]
    text = f"{len(curves)} curves"
    if len(known) < len(curves):
        text += f", {len(curves) - len(known)} not defined"
    numbers = [float(label) for label in known if not isinstance(label, str)]
    if not numbers:
        return text
    low, middle, high = np.percentile(numbers, [0, 50, 100])
    return f"{text}\nmedian {middle:.3f}\n({low:.3f} to {high:.3f})"


def _printed(label: Any) -> str:
    return str(label) if isinstance(label, str) else f"{float(label):.3f}"


def _short(name: str) -> str:
    half = LONGEST_LABEL // 2 - 1
    return name if len(name) <= LONGEST_LABEL else f"{name[:half]}…{name[-half:]}"
