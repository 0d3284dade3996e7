"""A run's results as golden files: name -> table of texts."""

import json
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from tests.golden import readers
from tests.golden.names import of_kind, results_in, split_of

FOLDER = Path(__file__).parent

DATA = ("regions", "datasets", "normalizers", "tables/check/inputs")
"""Golden files of what is there before any training."""

_MOST_ROWS = 400

_READERS: dict[str, Callable[..., Iterator[readers.Row]]] = {
    "regions": readers.regions,
    "datasets": readers.dataset,
    "normalizers": readers.normalizer,
    "predictions": readers.predictions,
    "tracks": readers.track,
    "attributions": readers.attribution,
    "effects": readers.effects,
}


def tables_of(results: Path) -> dict[str, pd.DataFrame]:
    """Return name of a golden file, without suffix -> its table, of texts, of a finished run."""
    found = results_in(results)
    tables = {"files": pd.DataFrame({"file": list(found)})}
    for kind, reader in _READERS.items():
        named = of_kind(found, kind).items()
        rows = [{"file": name, **row} for name, path in named for row in reader(path, *split_of(name))]
        tables[kind] = pd.DataFrame(rows).map(_printed)
    for kind in ("tables", "effects"):
        for name, path in of_kind(found, kind).items():
            tables[f"tables/{name.removesuffix('.tsv')}"] = readers.thinned(path, _MOST_ROWS)
    return tables


def data_of(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return those of the golden files that are of data."""
    return {name: table for name, table in tables.items() if name in DATA}


def write(results: Path, target: Path, *, data_only: bool = False) -> None:
    """Write the golden files of a run, and the CPU and versions that made it."""
    tables = tables_of(results)
    for name, table in (data_of(tables) if data_only else tables).items():
        path = target / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, sep="\t", index=False, lineterminator="\n")
    (target / "machine.json").write_text(json.dumps(machine(), indent=1) + "\n")


def read(target: Path) -> dict[str, pd.DataFrame]:
    """Return the golden files of a folder, as `tables_of` gives them."""
    paths = sorted(target.rglob("*.tsv"))
    return {
        path.relative_to(target).with_suffix("").as_posix(): pd.read_csv(
            path, sep="\t", dtype=str, keep_default_na=False
        )
        for path in paths
    }


def machine() -> dict[str, str]:
    """Return what the last bits of a training depend on: the CPU's type and the versions of what computes."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else platform.processor()
    keys = ("vendor_id", "cpu family", "model\t", "model name", "flags")
    first = [line for line in info.split("\n\n")[0].splitlines() if line.startswith(keys)]
    flags = [flag for line in first for flag in line.split() if flag.startswith(("avx", "amx", "fma", "sse"))]
    named = [line.split(":")[1].strip() for line in first if not line.startswith("flags")]
    versions = {name: version(name) for name in ("tensorflow-cpu", "keras", "numpy", "numba")}
    return {"cpu": " ".join([*named, *sorted(flags)]), **versions}


def _printed(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.9g}"
    return str(value)
