"""Files of variant effects: both alleles' scores in HDF5, places in BED."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.files import replacing
from jangdan.formats.bed import write_bed
from jangdan.formats.region_table import region_table
from jangdan.storage.hdf5 import add_group, new_file

Path = str | PathLike[str]


def write_effect_arrays(
    path: Path, variants: pd.DataFrame, scores: NDArray[Any], conditions: Sequence[str], model: str
) -> None:
    """Write the scores of alleles, shape (2, variant, condition), reference first, with the table of variants.

    The file holds `reference` and `alternative`, (variant, condition), `variants/chrom`, `pos` (0-based), `id`, `ref`,
    `alt`, `kind` and `status`, and the attributes `conditions` and `model`.
    """
    with replacing(path) as temporary, new_file(temporary) as file:
        file.attrs["conditions"], file.attrs["model"] = list(conditions), model
        file["reference"], file["alternative"] = scores
        for column in ("chrom", "id", "ref", "alt", "kind", "status"):
            add_group(file, "variants")[column] = variants[column].to_numpy(dtype="S")
        add_group(file, "variants")["pos"] = variants["pos"].to_numpy()


def write_effect_bed(path: Path, variants: pd.DataFrame, effect: NDArray[Any]) -> None:
    """Write variants with the largest absolute effect of any condition, of shape (variant, condition), as score."""
    score = np.abs(effect).max(axis=1, initial=0)
    name = variants["chrom"] + ":" + (variants["pos"] + 1).astype(str) + "_" + variants["ref"] + "/" + variants["alt"]
    end = variants["pos"] + variants["ref"].str.len()
    write_bed(region_table(variants["chrom"], variants["pos"], end, name=name, score=score), path)
