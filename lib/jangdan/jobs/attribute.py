"""Attribute one condition of a model to its inputs on chosen windows."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from jangdan.datasets.batches import read_inputs
from jangdan.errors import DataError
from jangdan.formats.bigwig.writer import write_bigwig
from jangdan.formats.registry import read_regions
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.intervals import Intervals
from jangdan.interpret.attribution import letter_scores
from jangdan.interpret.on_genome import letters_forward, mean_on_genome
from jangdan.jobs.model_inputs import Files, open_files, open_inputs
from jangdan.jobs.predictions import load_predictions
from jangdan.jobs.profiles import columns_of
from jangdan.models.folder import load_model
from jangdan.networks.description import ModelDescription
from jangdan.plots.logo import plot_attribution_figure
from jangdan.plots.style import save as save_figure
from jangdan.records.kinds import METHODS
from jangdan.records.options import read_options
from jangdan.records.schema import plain
from jangdan.storage.dataset_file import save
from jangdan.storage.genomic_array import GenomicArray

Path = str | PathLike[str]

LETTERS = ("A", "C", "G", "T")


def best_windows(predictions: Path, target: Path, condition: str, most: int, binsize: int) -> pd.DataFrame:
    """Return the test windows with the highest predictions among those that are truly positive, at most `most`.

    target: the target's dataset file. Windows of a continuous target count as positive above its median. Where
    predictions are of bins that are narrower than a window of `binsize` bp: windows around the best bins, inside of
    the test windows, without overlap.
    """
    table = load_predictions(predictions, condition, target)
    positive = table[table["observed"] > min(table["observed"].median(), 0.5)]
    if positive.empty:
        raise DataError(f"attribution: no test window is positive for {condition!r}; give attribution: bed")
    if (table["end"] - table["start"]).max() < binsize:
        positive = _around_bins(positive, table, binsize, most)
    return positive.nlargest(most, "predicted").reset_index(drop=True)


def _around_bins(chosen: pd.DataFrame, table: pd.DataFrame, binsize: int, most: int) -> pd.DataFrame:
    """Return windows of `binsize` bp around some bins of `table`, moved into the stretches that its rows cover."""
    covered, windows = Intervals.of_table(table).merge(), list[pd.Series]()
    within = covered.holding(covered.contigs.find(chosen["chrom"]), chosen["start"].to_numpy())
    centred = (chosen["start"] + chosen["end"]).to_numpy() // 2 - binsize // 2
    start = np.clip(centred, covered.start[within], covered.end[within] - binsize)
    left = chosen.assign(start=start, end=start + binsize)
    left = left.sort_values("predicted", ascending=False, kind="stable")
    while len(left) and len(windows) < most:
        windows.append(best := left.iloc[0])
        overlaps = (left["chrom"] == best["chrom"]) & (left["start"] < best["end"]) & (left["end"] > best["start"])
        left = left[~overlaps]
    return pd.DataFrame(windows)


def attribute(
    model: Mapping[str, Path],
    files: Files,
    windows: pd.DataFrame,
    condition: str,
    outputs: Mapping[str, Path],
    settings: Mapping[str, Any],
) -> None:
    """Write attributions as dataset file (letters by position), bigWig and figure of the first window.

    model: paths of model and description. windows: a region table, best first. outputs: scores,
    track, figure. settings: method and parameters, as of the config's section attribution.
    """
    description = ModelDescription.read(model["description"])
    indexer = GenomicIndexer.create_from_file(windows, description.binsize, zero_padding=False)
    opened = open_files(files, [each.name for each in description.inputs])
    inputs = open_inputs(description, opened, indexer)
    arrays = read_inputs(inputs, np.arange(len(indexer)))
    columns = columns_of(description, condition, indexer)
    method = METHODS[settings["method"]]
    parameters = read_options(method.options, settings["parameters"], "attribution: parameters")
    result = method.build(parameters)(load_model(model["model"]), arrays, columns)
    sequence = next((each for each in description.inputs if each.kind == "sequence"), None)
    if sequence is None:
        raise DataError("attribution: the model has no sequence input; letters need one")
    scores = letter_scores(result.scores[sequence.name], arrays[sequence.name], sequence.order)
    letters = letters_forward(scores, indexer)
    wide = indexer.with_flank(sequence.flank)
    garray = mean_on_genome(letters[:, :, None, :], wide, opened[sequence.name].contigs, LETTERS)
    share = {each.name: float(np.abs(result.scores[each.name]).sum()) for each in description.inputs}
    garray.meta = {
        "method": method.name,
        "parameters": plain(parameters),
        "residual": result.residual.tolist(),
        "output": result.output.tolist(),
        "share": share,
    }
    save(garray, outputs["scores"])
    write_bigwig(outputs["track"], garray.layout.contigs.sizes, _sums(garray))
    first = wide[0]
    title = f"{description.name}: {condition} at {first}"
    save_figure(plot_attribution_figure(letters[0], first.chrom, first.start, title=title), outputs["figure"])


def chosen_windows(bed: Path, binsize: int, most: int) -> pd.DataFrame:
    """Return windows of `binsize` bp centred on the first `most` regions of a file."""
    table = read_regions(bed).head(most)
    start = (table["start"] + table["end"]) // 2 - binsize // 2
    return table.assign(start=start, end=start + binsize)


def _sums(garray: GenomicArray) -> list[tuple[str, Any, Any, Any]]:
    layout, names = garray.layout, garray.layout.contigs.names
    tracks = []
    for i in range(len(layout.start)):
        starts = np.arange(layout.start[i], layout.end[i])
        values = garray.data[layout.offset[i] : layout.offset[i + 1], 0].sum(axis=1)
        tracks.append((names[layout.chrom[i]], starts, starts + 1, values))
    return tracks
