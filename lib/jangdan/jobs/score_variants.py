"""Score the variants of a VCF with a trained model."""

import logging
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.datasets.batches import read_inputs
from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError, OptionError
from jangdan.files import replacing
from jangdan.formats.region_table import region_table
from jangdan.formats.vcf import read_variants
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.regions import rename_contigs
from jangdan.interpret.effect_files import write_effect_arrays, write_effect_bed
from jangdan.interpret.variants import NOT_STORED, SCORED, allele_windows, classify, is_stored, window_starts
from jangdan.jobs.model_inputs import Files, OpenFiles, open_files, open_inputs
from jangdan.models.folder import load_model
from jangdan.models.predict import logit_model, predict_arrays
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.storage.any_array import AnyArray

log = logging.getLogger(__name__)

Path = str | PathLike[str]


def score_variants(
    model: Mapping[str, Path], files: Files, vcf: Path, outputs: Mapping[str, Path], *, aliases: Mapping[str, str]
) -> None:
    """Write the effect of every variant: TSV and BED for people, HDF5 with both outputs.

    Effects are differences of logits (or of the linear output, or of a profile's log total), alternative
    minus reference. A variant that cannot be scored is listed with its reason and empty scores. outputs: table,
    arrays, bed.
    """
    description = ModelDescription.read(model["description"])
    sequence = _sequence_input(description)
    arrays = open_files(files, [each.name for each in description.inputs])
    genome = _position_array(arrays[sequence.name], "sequence")
    variants = classify(rename_contigs(read_variants(vcf), aliases), genome)
    variants = _mark_unstored(variants, description, arrays)
    scored = variants[variants["status"] == SCORED]
    if scored.empty:
        raise DataError(f"{vcf}: none of {len(variants)} alleles can be scored: {_counts(variants)}")
    log.info("%d alleles: %s", len(variants), _counts(variants))
    logits = np.full((2, len(variants), len(description.conditions)), np.nan, dtype=np.float32)
    rows = np.flatnonzero(variants["status"] == SCORED)
    logits[:, rows] = _score(load_model(model["model"]), description, arrays, genome, scored)
    _write(variants, logits, description, outputs)


def _score(
    network: Any, description: ModelDescription, opened: OpenFiles, genome: AnyArray, scored: pd.DataFrame
) -> NDArray[Any]:
    sequence = _sequence_input(description)
    body = logit_model(network)
    resolution = max(each.resolution or 1 for each in description.inputs)
    bins = window_starts(scored["pos"].to_numpy(), description.binsize, resolution)
    length = description.binsize + 2 * sequence.flank
    result = np.zeros((2, len(scored), len(description.conditions)), dtype=np.float32)
    for pair in allele_windows(scored, genome, bins - sequence.flank, length):
        arrays = _coverage(description, opened, scored.iloc[pair.index], bins[pair.index])
        for allele, codes in enumerate((pair.reference, pair.alternative)):
            result[allele, pair.index] = predict_arrays(body, {**arrays, sequence.name: codes})
    return result


def _coverage(
    description: ModelDescription, opened: OpenFiles, variants: pd.DataFrame, bins: NDArray[np.int64]
) -> dict[str, Any]:
    """Return the coverage inputs around variants; they are the same for both alleles."""
    kept = {each.name for each in description.inputs if each.kind == "coverage"}
    if not kept:
        return {}
    table = region_table(variants["chrom"], bins, bins + description.binsize)
    inputs: dict[str, Dataset] = open_inputs(
        description, opened, GenomicIndexer.create_from_file(table, description.binsize)
    )
    return read_inputs({n: d for n, d in inputs.items() if n in kept}, np.arange(len(variants)))


def _mark_unstored(variants: pd.DataFrame, description: ModelDescription, opened: OpenFiles) -> pd.DataFrame:
    """Mark variants around which an input is not stored (storage: whole_genome: false)."""
    marked = variants.copy()
    rows = np.flatnonzero(marked["status"] == SCORED)
    for each in description.inputs:
        array = _position_array(opened[each.name], each.name)
        start = marked["pos"].to_numpy()[rows] - description.binsize // 2 - each.flank
        length = description.binsize + 2 * each.flank
        missing = rows[~is_stored(array, marked["chrom"].iloc[rows], start, length)]
        marked.loc[marked.index[missing], "status"] = NOT_STORED
    return marked


def _write(
    variants: pd.DataFrame, logits: NDArray[Any], description: ModelDescription, outputs: Mapping[str, Path]
) -> None:
    effect = logits[1] - logits[0]
    table = variants[["chrom", "pos", "id", "ref", "alt", "kind", "status"]].copy()
    table["pos"] += 1  # as in the VCF, 1-based
    for i, condition in enumerate(description.conditions):
        table[f"{condition}.ref"], table[f"{condition}.alt"] = logits[0, :, i], logits[1, :, i]
        table[f"{condition}.effect"] = effect[:, i]
    write_effect_arrays(outputs["arrays"], variants, logits, description.conditions, description.name)
    kept = (variants["status"] == SCORED).to_numpy()
    write_effect_bed(outputs["bed"], variants[kept], effect[kept])
    with replacing(outputs["table"]) as temporary:
        table.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")


def _sequence_input(description: ModelDescription) -> InputDescription:
    found = [each for each in description.inputs if each.kind == "sequence"]
    if len(found) != 1:
        raise OptionError(f"variants: model {description.name!r} has {len(found)} sequence inputs, expected 1")
    return found[0]


def _position_array(array: AnyArray, name: str) -> AnyArray:
    if not array.continuous:
        raise OptionError(f"datasets: {name}: resolution: null gives no values along the genome")
    return array


def _counts(variants: pd.DataFrame) -> str:
    return ", ".join(f"{status} {n}" for status, n in variants["status"].value_counts().items())
