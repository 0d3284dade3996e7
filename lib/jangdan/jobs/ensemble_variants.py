"""Effects of variants by all folds and seeds of a model together."""

import logging
from collections.abc import Sequence
from os import PathLike

import h5py
import numpy as np
import pandas as pd

from jangdan.errors import InputFileError
from jangdan.files import replacing

log = logging.getLogger(__name__)

_COLUMNS = ("chrom", "pos", "id", "ref", "alt", "kind", "status")


def ensemble_effects(arrays: Sequence[str | PathLike[str]], output: str | PathLike[str]) -> None:
    """Write the mean effect and its standard deviation over several runs of a model on one VCF.

    arrays: the runs' effects.h5 (`score_variants`). Columns of the table: chrom, pos (1-based), id, ref, alt, kind,
    status, and for each condition `<condition>.effect` and `<condition>.sd` (over runs, with n - 1); a variant that
    a run cannot score has neither. Raises InputFileError where a run has other variants.
    """
    variants, first, conditions = _read(arrays[0])
    effects = [first]
    for path in arrays[1:]:
        others, effect, _ = _read(path)
        if not others.drop(columns="status").equals(variants.drop(columns="status")):
            raise InputFileError(path, f"holds other variants than {arrays[0]}; run score_variants again")
        effects.append(effect)
        # what one run has not stored, the ensemble cannot say
        variants["status"] = variants["status"].where(others["status"] == "scored", others["status"])
    log.info("%d variants, %d runs", len(variants), len(effects))
    stacked = np.stack(effects).astype(np.float64)
    mean, spread = stacked.mean(axis=0), stacked.std(axis=0, ddof=1)
    for i, condition in enumerate(conditions):
        variants[f"{condition}.effect"], variants[f"{condition}.sd"] = mean[:, i], spread[:, i]
    variants["pos"] += 1
    with replacing(output) as temporary:
        variants.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")


def _read(path: str | PathLike[str]) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    with h5py.File(path) as file:
        effect = file["alternative"][()] - file["reference"][()]
        columns = {name: file[f"variants/{name}"][()] for name in _COLUMNS}
        conditions = [str(name) for name in file.attrs["conditions"]]
    decoded = {name: values.astype(str) if values.dtype.kind == "S" else values for name, values in columns.items()}
    return pd.DataFrame(decoded), effect, conditions
