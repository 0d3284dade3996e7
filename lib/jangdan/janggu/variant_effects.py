"""Predictions for both alleles of variants, from the letters around them."""

import logging
import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.datasets.bioseq import Bioseq
from jangdan.errors import DataError, OptionError, whole_number
from jangdan.formats.vcf import read_variants
from jangdan.interpret.effect_files import write_effect_arrays, write_effect_bed
from jangdan.interpret.variants import NOT_STORED, SCORED, allele_windows, classify, is_stored, window_starts
from jangdan.storage.any_array import AnyArray
from jangdan.training.out_of_memory import memory_named

log = logging.getLogger(__name__)


def variant_effects(  # noqa: PLR0913 (the documented arguments, and the model)
    model: keras.Model,
    name: str,
    bioseq: Bioseq,
    variants: str | PathLike[str],
    conditions: Sequence[str],
    output_folder: str | PathLike[str],
    condition_filter: str | None,
    batch_size: int,
) -> tuple[Path, Path]:
    """Write the predictions of a model for both alleles of variants, see `Janggu.predict_variant_effect`."""
    whole_number("batch_size", batch_size, 1)
    length = _require_fit(model, bioseq)
    kept = _kept(model, conditions, condition_filter)
    genome = bioseq.garray
    if not genome.continuous:
        raise OptionError(f"bioseq: dataset {bioseq.name!r} is no genome; take Bioseq.create_from_refgenome")
    table = _scored(read_variants(variants), genome, length, variants)
    starts = window_starts(table["pos"].to_numpy(), length, 1)
    scores = np.zeros((2, len(table), len(kept)), dtype=np.float32)
    for pair in allele_windows(table, genome, starts, length, batch_size):
        for allele, codes in enumerate((pair.reference, pair.alternative)):
            fed = codes if len(model.inputs[0].shape) == 2 else bioseq.encoded(codes)
            with memory_named(batch_size):
                predicted = np.asarray(keras.ops.convert_to_numpy(model([fed], training=False)))
            scores[allele, pair.index] = predicted.reshape(len(codes), -1)[:, kept]
    folder = Path(output_folder)
    folder.mkdir(parents=True, exist_ok=True)
    arrays, bed = folder / "variants.h5", folder / "variants.bed"
    write_effect_arrays(arrays, table, scores, [conditions[i] for i in kept], name)
    write_effect_bed(bed, table, scores[1] - scores[0])
    return arrays, bed


def _require_fit(model: keras.Model, bioseq: Bioseq) -> int:
    """Return the length in bp of what a model reads; raises OptionError where its input is not of such a sequence."""
    if not isinstance(bioseq, Bioseq):
        raise OptionError(f"bioseq: found {type(bioseq).__name__}, expected a Bioseq")
    names = [tensor.name for tensor in model.inputs]
    if names != [bioseq.name]:
        raise OptionError(f"bioseq: named {bioseq.name!r}, the model's inputs are {', '.join(names)}; name it so")
    shape = tuple(model.inputs[0].shape)
    one_hot = (None, 1, bioseq.n_codes) if bioseq.channel_last else (bioseq.n_codes, None, 1)
    axis = 1 if len(shape) == 2 or bioseq.channel_last else 2
    fits = len(shape) == 2 or (len(shape) == 4 and all(b in (None, a) for a, b in zip(shape[1:], one_hot, strict=True)))
    if not fits or shape[axis] is None:
        raise OptionError(
            f"bioseq: {bioseq.name!r} has the order {bioseq.order}, which the model's input of shape {shape[1:]} does "
            "not fit; give the genome with the order that the model was made with"
        )
    return int(shape[axis]) + (0 if len(shape) == 2 else bioseq.order - 1)


def _kept(model: keras.Model, conditions: Sequence[str], condition_filter: str | None) -> list[int]:
    """Return the numbers of the conditions in which the filter is found, or of all."""
    shape = tuple(model.output_shape) if len(model.outputs) == 1 else ()
    if not shape or any(n != 1 for n in shape[1:-1]):
        found = "several outputs" if not shape else f"an output of shape {shape[1:]}"
        raise OptionError(f"predict_variant_effect: the model has {found}, expected one with one value a condition")
    if isinstance(conditions, str) or len(conditions) != shape[-1]:
        raise OptionError(f"conditions={conditions!r}: expected {shape[-1]} names, one for each value of the output")
    try:
        pattern = re.compile(condition_filter or "")
    except re.error as error:
        raise OptionError(f"condition_filter={condition_filter!r}: is no regular expression: {error}") from None
    kept = [i for i, name in enumerate(conditions) if pattern.search(name)]
    if not kept:
        raise OptionError(f"condition_filter={condition_filter!r}: found in none of {', '.join(conditions)}")
    return kept


def _scored(table: pd.DataFrame, genome: AnyArray, length: int, path: Any) -> pd.DataFrame:
    """Return the variants that can be scored, as the file has them; the log counts the others."""
    variants = classify(table, genome)
    rows = np.flatnonzero(variants["status"] == SCORED)
    position: NDArray[np.int64] = variants["pos"].to_numpy()[rows]
    kept = is_stored(genome, variants["chrom"].iloc[rows], window_starts(position, length, 1), length)
    variants.loc[variants.index[rows[~kept]], "status"] = NOT_STORED
    counts = ", ".join(f"{status} {n}" for status, n in variants["status"].value_counts().items())
    scored = variants[variants["status"] == SCORED]
    if scored.empty:
        raise DataError(f"{path}: none of {len(variants)} alleles can be scored: {counts}")
    log.info("%d alleles: %s", len(variants), counts)
    return scored.reset_index(drop=True)
