"""What in the inputs a prediction comes from, on the genome."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from jangdan.datasets.batches import read_inputs
from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.cover import Cover
from jangdan.datasets.dataset import Dataset
from jangdan.datasets.genomic import PADDED, GenomicDataset
from jangdan.datasets.wrappers import indexer_of, innermost, is_placed
from jangdan.errors import DataError, IntervalError, OptionError, whole_number
from jangdan.genome.interval import Interval
from jangdan.interpret.attribution import differentiable, letter_scores
from jangdan.interpret.integrated_gradients import along_path
from jangdan.interpret.on_genome import bins_forward, letters_forward, mean_on_genome
from jangdan.janggu.fit_predict import as_list
from jangdan.janggu.layer_matching import Datasets, by_name, inputs_of, require_regions
from jangdan.janggu.model import Janggu

log = logging.getLogger(__name__)

_TOLERANCE = 0.05


def input_attribution(  # noqa: PLR0913 (the documented arguments, and what is explained)
    model: Janggu,
    inputs: Datasets,
    chrom: str | None = None,
    start: int | None = None,
    end: int | None = None,
    index: int | Sequence[int] | None = None,
    *,
    output: str | None = None,
    condition: int | None = None,
    steps: int = 50,
) -> list[Cover]:
    """Attribute predictions to the inputs, by integrated gradients from zeros (Sundararajan, Taly and Yan 2017).

    The windows of the datasets that overlap chrom:start-end (0-based, half-open; without start and end, the whole
    chromosome), or those at `index`, or all. What is explained is the sum of the predictions, of one `output` (by its
    layer's name) and one `condition` (its number on the last axis) where these are given; the scores of a window add
    up to it, less what is predicted for zeros. `steps`: points of the path.

    Returns a Cover for each dataset, in their order, over the windows with their flanks; where windows overlap, the
    mean counts. Of a Bioseq: resolution 1, the letters as conditions (`SeqTrack` draws them); words of several
    letters are shared out among these. Of a Cover: as the Cover. Of one value a window: so, without flanks. Raises
    OptionError for a dataset without a place on the genome, or a wrapper that changes its axes; IntervalError where no
    window overlaps.
    """
    network = model.kerasmodel
    datasets = inputs_of(network, inputs)
    require_regions(datasets)
    for name, dataset in datasets.items():
        if not is_placed(dataset):
            raise OptionError(f"inputs: dataset {name!r} has no place on the genome, where attributions could lie")
    chosen = _chosen(next(iter(datasets.values())), chrom, start, end, index)
    parts = {name: dataset.subset(chosen) for name, dataset in datasets.items()}
    scores = _scores(network, parts, _pick(network, output, condition), whole_number("steps", steps, 1))
    return [_on_genome(parts[name], scores[name]) for name in by_name(inputs, "inputs")]


def _chosen(
    dataset: Dataset, chrom: str | None, start: int | None, end: int | None, index: int | Sequence[int] | None
) -> NDArray[np.int64]:
    """Return the numbers of the windows that are asked for."""
    windows = indexer_of(dataset)
    if index is not None and chrom is not None:
        raise OptionError("index: give chrom, start and end, or index")
    if index is not None:
        return np.arange(len(windows))[np.atleast_1d(np.asarray(index))]
    if chrom is None and (start is not None or end is not None):
        raise OptionError("start, end: give chrom, too")
    place = chrom if start is None and end is None else Interval(str(chrom), start or 0, 2**40 if end is None else end)
    found = windows.with_flank(0).idx_by_region(None if place is None else [place])
    if not len(found):
        raise IntervalError(f"{place}: none of the {len(windows)} windows of dataset {dataset.name!r} overlaps")
    return found


def _pick(network: keras.Model, output: str | None, condition: int | None) -> Callable[[Any], Any]:
    """Return what makes the one number that is explained of a model's outputs."""
    names, chosen = list(network.output_names), range(len(network.outputs))
    if output is not None:
        if output not in names:
            raise OptionError(f"output={output!r}: the model's outputs are {', '.join(names)}")
        chosen = range(names.index(output), names.index(output) + 1)
    for i in chosen:
        count = network.outputs[i].shape[-1]
        if condition is not None and not 0 <= whole_number("condition", condition) < count:
            raise OptionError(f"condition={condition}: output {names[i]!r} has {count}; expected 0 to {count - 1}")

    def pick(outputs: Any) -> Any:
        values = [as_list(outputs)[i] for i in chosen]
        return sum(ops.sum(each if condition is None else each[..., condition]) for each in values)

    return pick


def _scores(
    network: keras.Model, parts: dict[str, Dataset], pick: Callable[[Any], Any], steps: int
) -> dict[str, NDArray[np.float64]]:
    """Return name -> scores of the one-hot of sequences, and of values as they are fed."""
    count = len(next(iter(parts.values())))
    arrays = read_inputs(parts, np.arange(count))
    body, encoders = differentiable(network, network.outputs)
    names = [tensor.name for tensor in network.inputs]
    for tensor in body.inputs:
        if "float" not in str(tensor.dtype):
            raise OptionError(
                f"input {tensor.name!r} takes {tensor.dtype}, of which there is no gradient; feed one-hot"
            )
    points = [encoders[name](arrays[name]) for name in names]
    rows, largest = [], 0.0
    for i in range(count):
        point = [each[i : i + 1] for each in points]
        rows.append(along_path(body, point, pick, steps))
        change = _number(body, pick, point) - _number(body, pick, [np.zeros_like(each) for each in point])
        residual = sum(each.sum() for each in rows[-1]) - change
        largest = max(largest, float(abs(residual)) / max(abs(change), 1e-6))
    if largest > _TOLERANCE:
        log.warning(
            "attributions differ from the change of the prediction by up to %.0f %%: raise steps", 100 * largest
        )
    return {name: np.stack(parts) for name, parts in zip(names, zip(*rows, strict=True), strict=True)}


def _number(body: keras.Model, pick: Callable[[Any], Any], point: list[NDArray[Any]]) -> float:
    return float(ops.convert_to_numpy(pick(body(point, training=False))))


def _on_genome(dataset: Dataset, scores: NDArray[np.float64]) -> Cover:
    inner = innermost(dataset)
    assert isinstance(inner, GenomicDataset)
    windows = indexer_of(dataset)
    if isinstance(inner, Bioseq):
        letters = letters_forward(_letters(inner, scores), windows)
        return _cover(inner, letters[:, :, None, :], tuple(inner.alphabet.letters), 1)
    values = _four_axes(dataset, inner, scores)
    if values.shape[1] == 1 and (inner.garray.resolution or 0) != inner.window:
        plain = windows.with_flank(0)
        return Cover.create_from_array(inner.name, values, plain, conditions=_names(dataset, values))
    resolution = inner.garray.resolution
    assert resolution is not None
    return _cover(inner, bins_forward(values, windows), _names(dataset, values), resolution)


def _letters(dataset: Bioseq, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores of single letters, (window, position, letter), of those of the one-hot in any arrangement."""
    if scores.ndim == 4:
        scores = (scores if dataset.channel_last else np.moveaxis(scores, 1, -1))[:, :, 0, :]
    return letter_scores(scores, dataset.letters(slice(None)), dataset.order, len(dataset.alphabet))


def _four_axes(dataset: Dataset, inner: GenomicDataset, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    if scores.ndim == 2:
        return scores[:, None, None, :]
    if scores.shape != (len(scores), *inner.shape[1:]):
        raise OptionError(
            f"dataset {dataset.name!r}: {type(dataset).__name__} shows {inner.shape[1:]} as {scores.shape[1:]}, which "
            "cannot be laid on the genome; give the Cover itself, or reduce it to one value a condition"
        )
    return scores if inner.channel_last else np.moveaxis(scores, 1, -1)


def _names(dataset: Dataset, values: NDArray[Any]) -> tuple[str, ...]:
    names = dataset.conditions or ()
    return tuple(names) if len(names) == values.shape[3] else tuple(f"Cond_{i}" for i in range(values.shape[3]))


def _cover(dataset: GenomicDataset, values: NDArray[Any], conditions: tuple[str, ...], resolution: int) -> Cover:
    if not dataset.garray.continuous or dataset.gindexer.windows.collapse:
        raise DataError(f"dataset {dataset.name!r} has windows of several lengths; attributions need one length")
    garray = mean_on_genome(values, dataset.gindexer, dataset.garray.contigs, conditions, resolution)
    garray.meta = {PADDED: True}
    return Cover(dataset.name, garray, dataset.gindexer)
