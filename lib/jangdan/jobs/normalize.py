"""Normalized dataset files from raw ones."""

import json
import logging
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from jangdan.files import write_text
from jangdan.jobs.windows import indexer_of
from jangdan.normalize.apply import fit, write_normalized
from jangdan.normalize.chain import normalizers_of
from jangdan.storage.dataset_file import load

log = logging.getLogger(__name__)

Path = str | PathLike[str]


def normalized_file(
    raw: Path, regions: Path, steps: Sequence[Any], windows: Mapping[str, Any], outputs: Mapping[str, Path]
) -> None:
    """Fit normalizers on the training regions; write dataset and parameters.

    steps: names, or mappings of name and parameters. outputs: dataset (HDF5) and parameters (JSON).
    """
    array, indexer = load(raw), indexer_of(regions, windows, "train")
    chain = normalizers_of(list(steps))
    fit(chain, array, indexer)
    states = [normalizer.state() for normalizer in chain]
    log.info("fitted on the training regions of %s: %s", regions, json.dumps(states))
    write_normalized(chain, array, outputs["dataset"])
    write_text(outputs["parameters"], json.dumps({"fitted_on": str(regions), "normalizers": states}, indent=1) + "\n")
