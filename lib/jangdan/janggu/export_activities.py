"""Activities of inner layers, or predictions, of many regions as figures: clustered, or embedded in two dimensions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from jangdan.errors import DataError, OptionError, whole_number
from jangdan.janggu.clustermap import Matrix, draw_clustermap, scaled
from jangdan.janggu.embedding import draw_embedding
from jangdan.janggu.export_score_plot import figure_form, save_figure
from jangdan.janggu.results import Results, labels, named, output_path, require_results, vector

MOST_CLUSTERED, MOST_EMBEDDED = 2000, 5000
"""Rows that are drawn; of more, so many are drawn at random, which the title says."""

LEAST_EMBEDDED = 5
"""Rows below which an embedding says nothing."""

Annotation = Mapping[str, Sequence[Any]]
Size = tuple[float, float]


class ExportClustermap:
    """Draw values, a row an entry (such as a region) and a column a result, in the order of a hierarchical clustering.

    Meant for Scorer(name, exporter=ExportClustermap()) with `predict(layername=...)`. method: linkage of scipy.
    z_score: standardize each row (0), each column (1), or nothing (None). annot: name -> labels, one a row, drawn as
    colours beside the rows. row_names: written where there is room. figsize: (width, height) in inches. fform:
    'png' (default), 'svg', 'pdf' or 'eps'. The figure is `<name>.<fform>`.
    """

    def __init__(
        self,
        method: str = "ward",
        z_score: Literal[0, 1] | None = None,
        annot: Annotation | None = None,
        row_names: Sequence[Any] | None = None,
        figsize: Size | None = None,
        fform: str | None = None,
    ) -> None:
        if method not in ("ward", "average", "complete", "single"):
            raise OptionError(f"method={method!r}: expected 'ward', 'average', 'complete' or 'single'")
        if z_score not in (None, 0, 1):
            raise OptionError(f"z_score={z_score!r}: expected 0 (rows), 1 (columns) or None")
        self.method, self.z_score, self.figsize = method, z_score, figsize
        self.annot, self.row_names = _annotation(annot), row_names
        self.fform = figure_form(fform)

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the figure; raises DataError where the values are no finite numbers, as many in each result."""
        matrix, title = _drawn("ExportClustermap", name, results, (self.annot, self.row_names), MOST_CLUSTERED)
        matrix.values = scaled(matrix.values, self.z_score)
        path = output_path(output_dir, name, self.fform)
        save_figure(draw_clustermap(matrix, self.method, self.figsize, title), path)
        return [path]


class ExportTsne:
    """Draw each row of the values, such as a region, as a dot in two dimensions; alike ones lie together.

    annot: name -> labels or numbers, one a row, that colour the dots, a panel each. method: 'tsne' or 'pca'.
    perplexity: of t-SNE, about the number of neighbours; less where there are few rows. seed: of t-SNE. figsize:
    (width, height) in inches. fform: 'png' (default), 'svg', 'pdf' or 'eps'. The figure is `<name>.<fform>`.
    """

    def __init__(
        self,
        annot: Annotation | None = None,
        method: Literal["tsne", "pca"] = "tsne",
        perplexity: float = 30.0,
        seed: int = 0,
        figsize: Size | None = None,
        fform: str | None = None,
    ) -> None:
        if method not in ("tsne", "pca"):
            raise OptionError(f"method={method!r}: expected 'tsne' or 'pca'")
        if not perplexity > 0:
            raise OptionError(f"perplexity={perplexity!r}: expected a positive number")
        self.annot, self.method, self.perplexity = _annotation(annot), method, perplexity
        self.seed, self.figsize = whole_number("seed", seed, 0), figsize
        self.fform = figure_form(fform)

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the figure; raises DataError where the values are no finite numbers, or too few."""
        matrix, title = _drawn("ExportTsne", name, results, (self.annot, None), MOST_EMBEDDED)
        rows, columns = matrix.values.shape
        if rows < LEAST_EMBEDDED or columns < 2:
            raise DataError(
                f"ExportTsne: {rows} rows of {columns} values; expected at least {LEAST_EMBEDDED} rows of 2 values"
            )
        path = output_path(output_dir, name, self.fform)
        axes = "t-SNE" if self.method == "tsne" else "PC"
        save_figure(draw_embedding(self.embed(matrix.values), matrix.annot, axes, self.figsize, title), path)
        return [path]

    def embed(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the places of rows, shape (row, 2), of values of shape (row, column)."""
        if self.method == "pca":
            return PCA(2, svd_solver="full").fit_transform(values)
        if not np.ptp(values, axis=0).any():
            raise DataError("ExportTsne: all rows are equal; there is nothing to tell apart")
        perplexity = min(self.perplexity, (len(values) - 1) / 3)
        return TSNE(2, perplexity=perplexity, init="pca", random_state=self.seed).fit_transform(values)


def _annotation(annot: Annotation | None) -> Annotation:
    if annot is not None and not isinstance(annot, Mapping):
        raise OptionError(f"annot: found {type(annot).__name__}, expected a dict of name -> labels, one a row")
    return annot or {}


def _drawn(
    exporter: str, name: str, results: Results, beside: tuple[Annotation, Sequence[Any] | None], most: int
) -> tuple[Matrix, str]:
    """Return what is drawn and the title: all rows, or `most` of them drawn at random."""
    values = _matrix(exporter, results)
    rows = len(values)
    annot, row_names = beside
    columns: dict[str, NDArray[Any]] = {str(k): np.asarray(v).reshape(-1) for k, v in annot.items()}
    names = None if row_names is None else np.array([str(row) for row in row_names], dtype=object)
    entries = [(f"annot[{k!r}]", v) for k, v in columns.items()] + ([] if names is None else [("row_names", names)])
    for what, found in entries:
        if len(found) != rows:
            raise OptionError(f"{what}: {len(found)} entries for {rows} rows of values")
    title = name
    kept: Any = slice(None)
    if rows > most:
        kept = np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
        title = f"{name}: {most:,} of {rows:,} rows, drawn at random"
    annotation = {k: v[kept] for k, v in columns.items()}
    return Matrix(values[kept], labels(results), annotation, None if names is None else names[kept]), title


def _matrix(exporter: str, results: Results) -> NDArray[np.float64]:
    """Return the values, shape (row, result), float64."""
    require_results(exporter, results)
    columns = {key: vector(exporter, key, result["value"]) for key, result in results.items()}
    first = next(iter(columns))
    for key, values in columns.items():
        bad = int(np.sum(~np.isfinite(values.astype(np.float64))))
        if bad:
            raise DataError(f"{exporter}: {bad} of {len(values)} values for {named(key)} are NaN or infinite")
        if len(values) != len(columns[first]):
            raise DataError(
                f"{exporter}: {len(values)} values for {named(key)}, but {len(columns[first])} for {named(first)}; "
                "expected one length"
            )
    matrix = np.stack([values.astype(np.float64) for values in columns.values()], axis=1)
    if not matrix.size:
        raise DataError(f"{exporter}: {named(first)} has no values")
    return matrix
