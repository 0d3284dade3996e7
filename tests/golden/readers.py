"""Results read by other libraries than the one under test, and summed up as rows of text and numbers."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pyBigWig

Row = dict[str, Any]


def regions(path: Path, split: str | None = None) -> Iterator[Row]:
    """Give a row for all regions of a table, or of one split, and one for each contig."""
    table = pd.read_csv(path, sep="\t", dtype=str)
    table = table if split is None else table[table["split"] == split].copy()
    table["bases"] = table["end"].astype(int) - table["start"].astype(int)
    digest = hashlib.sha256(table[["contig", "start", "end"]].to_csv(index=False, header=False).encode()).hexdigest()
    yield {"contig": "all", "regions": len(table), "bases": table["bases"].sum(), "sha256": digest}
    for contig, rows in table.groupby("contig", sort=True):
        yield {"contig": contig, "regions": len(rows), "bases": rows["bases"].sum(), "sha256": "-"}


def dataset(path: Path) -> Iterator[Row]:
    """Give a row for the values of a dataset file; whole numbers get a digest, others depend on the CPU's last bit."""
    with h5py.File(path) as file:
        values = file["data"][()]
        placed = {f"{group}/{name}": part[()] for group in ("regions", "segments") if group in file
                  for name, part in file[group].items()}  # fmt: skip
    row = {"part": "data", "shape": "x".join(map(str, values.shape)), "dtype": str(values.dtype)}
    finite = values[np.isfinite(values)]
    whole = len(finite) == values.size and bool((values == np.round(values)).all())
    yield row | {"sha256": _digest(values) if whole else "-", "missing": values.size - len(finite)} | _moments(finite)
    for part, own in placed.items():
        row = {"part": part, "shape": str(len(own)), "dtype": str(own.dtype), "sha256": _digest(own), "missing": 0}
        yield row | _moments(own)


def normalizer(path: Path) -> Iterator[Row]:
    """Give a row for each parameter of the fitted normalizers of a JSON file."""
    document = json.loads(path.read_text())
    for step, state in enumerate(document["normalizers"]):
        for parameter, value in sorted(state.items()):
            for place, each in enumerate(np.atleast_1d(np.asarray(value, dtype=object)).ravel()):
                yield {"step": step, "parameter": parameter, "place": place, "value": each}


def predictions(path: Path) -> Iterator[Row]:
    """Give a row for predicted and observed values of each condition, by its number.

    What was observed stands in the target's file alone; the digest is of float32.
    """
    predicted, places = rows_of(path)
    stored, there = rows_of(_target(path))
    row = {place: number for number, place in enumerate(there)}
    observed = stored[[row[place] for place in places]].astype(np.float32)
    for condition in range(predicted.shape[1]):
        for column, values in {"predicted": predicted, "observed": observed}.items():
            own = values[:, condition]
            digest = _digest(own) if column == "observed" else "-"
            yield {"condition": condition, "column": column, "regions": len(own), "sha256": digest} | _moments(own)


def track(path: Path) -> Iterator[Row]:
    """Give a row for each chromosome of a bigWig that has values."""
    with pyBigWig.open(str(path)) as file:
        for contig, length in sorted(file.chroms().items()):
            intervals = file.intervals(contig) or ()
            if not intervals:
                continue
            starts, ends, values = (np.array(column, dtype=np.float64) for column in zip(*intervals, strict=True))
            bases = ends - starts
            yield {
                "contig": contig,
                "length": length,
                "intervals": len(starts),
                "bases": int(bases.sum()),
                "sum": float((bases * values).sum()),
                "mean": float((bases * values).sum() / bases.sum()),
                "min": values.min(),
                "max": values.max(),
            }


def attribution(path: Path) -> Iterator[Row]:
    """Give a row for each stretch that has attributions: the sum of each letter, and of absolute values."""
    with h5py.File(path) as file:
        names = contig_names(file)
        contig, start, end = (file[f"segments/{column}"][()] for column in ("chrom", "start", "end"))
        values = file["data"][:, 0].astype(np.float64)
    offset = np.concatenate([[0], np.cumsum(end - start)])
    for i in np.lexsort((start, contig)):
        own = values[offset[i] : offset[i + 1]]
        row = {"contig": names[contig[i]], "start": start[i], "end": end[i]}
        sums = {f"sum_{letter}": own[:, column].sum() for column, letter in enumerate("ACGT")}
        yield row | sums | {"absolute": np.abs(own).sum()}


def effects(path: Path) -> Iterator[Row]:
    """Give a row for each column of the table of variant effects: what it holds over all rows."""
    table = pd.read_csv(path, sep="\t", dtype={"chrom": str, "id": str, "ref": str, "alt": str}, keep_default_na=False)
    for column in table:
        numbers = pd.to_numeric(table[column].replace("NA", np.nan), errors="coerce")
        kept = numbers.dropna().to_numpy(dtype=np.float64)
        row = {"column": column, "rows": len(table), "numbers": len(kept)}
        if column in ("chrom", "pos", "id", "ref", "alt", "kind", "status"):
            text = "\n".join(table[column].astype(str)).encode()
            yield row | {"sha256": hashlib.sha256(text).hexdigest()}
        else:
            yield row | {"sha256": "-"} | _moments(kept)


def rows_of(path: Path) -> tuple[np.ndarray, list[tuple[str, int, int]]]:
    """Return the first strand of a file of one value per region, (region, condition), and the regions."""
    with h5py.File(path) as file:
        names = contig_names(file)[file["regions/chrom"][()]]
        places = zip(names, file["regions/start"][()].tolist(), file["regions/end"][()].tolist(), strict=True)
        return file["data"][:, 0], list(places)


def contig_names(file: h5py.File) -> np.ndarray:
    """Return the names of an open dataset file's contigs, by their number."""
    return np.array(file["contigs/names"][()].tobytes().decode().split("\n"))


def _target(predictions: Path) -> Path:
    """Return the dataset file of the target that a model of the demo was trained on."""
    results = next(folder.parent for folder in predictions.parents if folder.name == "evaluation")
    run = predictions.parent.relative_to(results / "evaluation")
    description = json.loads((results / "models" / run / "description.json").read_text())
    return results / "coverage" / f"{description['target']}.h5"


def thinned(path: Path, most: int) -> pd.DataFrame:
    """Return a table as text, of long ones `most` rows at equal distances."""
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    step = max(-(-len(table) // most), 1)
    return table.iloc[::step].reset_index(drop=True)


def _moments(values: np.ndarray) -> Row:
    if not values.size:
        return {}
    own = values.astype(np.float64)
    return {"mean": own.mean(), "std": own.std(), "min": own.min(), "max": own.max()}


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
