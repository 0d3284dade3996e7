"""One table of all results: what each is, where it lies, and its key figure."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jangdan.files import replacing
from jangdan.storage.dataset_file import load

_KEY_METRICS = ("auroc", "auprc", "pearson", "mse")


def summarize(inputs: Mapping[str, Any], output: str | PathLike[str]) -> None:
    """Write columns result, path, figure, one row a result file."""
    rows = []
    for kind, describe in _KINDS.items():
        for path in _as_list(inputs.get(kind, [])):
            rows.append({"result": kind, "path": path, "figure": describe(path)})
    with replacing(output) as temporary:
        pd.DataFrame(rows, columns=["result", "path", "figure"]).to_csv(temporary, sep="\t", index=False)


def _as_list(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _check(path: str) -> str:
    status = pd.read_csv(path, sep="\t")["status"].value_counts()
    return ", ".join(f"{n} {s}" for s, n in status.items())


def _metrics(path: str) -> str:
    table = pd.read_csv(path, sep="\t")
    words = []
    for condition, rows in table.groupby("condition", sort=False):
        values = dict(zip(rows["metric"], rows["value"], strict=True))
        scores = " ".join(f"{m} {values[m]:.3f}" for m in _KEY_METRICS if m in values)
        words.append(f"{condition}: {scores}")
    return "; ".join(words)


def _attribution(path: str) -> str:
    array = load(path)
    worst = np.abs(array.meta["residual"]) / np.maximum(np.abs(array.meta["output"]), 1e-9)
    return f"{len(worst)} windows, sums agree within {worst.max():.2%} of the output"


def _variants(path: str) -> str:
    table = pd.read_csv(path, sep="\t", keep_default_na=False, usecols=["status"])
    return ", ".join(f"{n:,} {s}" for s, n in table["status"].value_counts().items())


def _size(path: str) -> str:
    return f"{Path(path).stat().st_size / 1e3:,.0f} kB"


_KINDS: dict[str, Callable[[str], str]] = {
    "check": _check,
    "metrics": _metrics,
    "curves": _size,
    "comparison": _size,
    "figures": _size,
    "attribution": _attribution,
    "variants": _variants,
    "tracks": _size,
    "plots": _size,
}
