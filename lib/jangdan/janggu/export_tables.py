"""Results as text: strict JSON, and tables."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jangdan.errors import DataError, OptionError
from jangdan.files import replacing, write_text
from jangdan.janggu.results import (
    Results,
    is_scalar,
    is_undefined,
    named,
    output_path,
    require_results,
    suffix_named,
    vector,
)

Annotation = Mapping[str, Sequence[Any]]


class _Rows:
    """Names and annotation of rows, and the file's suffix: what ExportJson and ExportTsv share."""

    def __init__(
        self, filesuffix: str, annot: Annotation | None = None, row_names: Sequence[Any] | None = None
    ) -> None:
        if annot is not None and not isinstance(annot, Mapping):
            raise OptionError(f"annot: found {type(annot).__name__}, expected a dict of name -> labels, one a row")
        self.filesuffix = suffix_named("filesuffix", filesuffix)
        self.annot = annot
        self.row_names = row_names

    def _row_columns(self, rows: int) -> dict[str, list[Any]]:
        """Return name -> values of the columns before the values; raises OptionError where they do not fit."""
        columns = {} if self.row_names is None else {"row": [str(name) for name in self.row_names]}
        columns |= {str(name): np.asarray(labels).tolist() for name, labels in (self.annot or {}).items()}
        for name, values in columns.items():
            if len(values) != rows:
                what = "row_names" if name == "row" and self.row_names is not None else f"annot[{name!r}]"
                raise OptionError(f"{what}: {len(values)} entries for {rows} rows of results")
        return columns


class ExportJson(_Rows):
    """Write results as strict JSON, `<name>.<filesuffix>`.

    An object with `name`, and `results`: a list of objects with model, layer, condition, date, value, tags, and
    `reason` where a score is not defined. NaN and infinite numbers are null. annot: name -> labels, one a row of
    the values. row_names: one a row. Both are written beside the results.
    """

    def __init__(
        self, filesuffix: str = "json", annot: Annotation | None = None, row_names: Sequence[Any] | None = None
    ) -> None:
        super().__init__(filesuffix, annot, row_names)

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the file; raises DataError where a value is nothing that JSON knows."""
        require_results("ExportJson", results)
        document: dict[str, Any] = {"name": name, "results": [_record(*item) for item in results.items()]}
        if self.row_names is not None:
            document["row_names"] = [str(row) for row in self.row_names]
        if self.annot is not None:
            document["annot"] = {str(key): _plain(np.asarray(labels)) for key, labels in self.annot.items()}
        short = all(is_scalar(result["value"]) for result in results.values())
        path = output_path(output_dir, name, self.filesuffix)
        write_text(path, json.dumps(document, allow_nan=False, indent=2 if short else None, ensure_ascii=False) + "\n")
        return [path]


class ExportTsv(_Rows):
    """Write results as a table separated by tabs, `<name>.<filesuffix>`; what is missing is NA.

    Numbers: a row a result, with the columns model, layer, condition, value, reason (why it is not defined), tags,
    date. Lists of numbers, such as predictions: a row an entry, a column a result, `<model>.<layer>.<condition>`.
    row_names: the column `row` before them. annot: column -> labels, one a row, such as the true labels.
    """

    def __init__(
        self, filesuffix: str = "tsv", annot: Annotation | None = None, row_names: Sequence[Any] | None = None
    ) -> None:
        super().__init__(filesuffix, annot, row_names)

    def __call__(self, output_dir: str, name: str, results: Results) -> list[Path]:
        """Write the file; raises DataError where values are neither numbers nor lists of one length."""
        require_results("ExportTsv", results)
        scalars = all(is_scalar(result["value"]) or is_undefined(result["value"]) for result in results.values())
        table = _long(results) if scalars else _wide(results)
        before = pd.DataFrame(self._row_columns(len(table)), index=table.index)
        both = set(map(str, before)) & set(map(str, table))
        if both:
            raise OptionError(f"annot: {min(both)!r} is also a column of the results; give it another name")
        path = output_path(output_dir, name, self.filesuffix)
        with replacing(path) as temporary:
            pd.concat([before, table], axis=1).to_csv(
                temporary, sep="\t", index=False, na_rep="NA", lineterminator="\n"
            )
        return [path]


def _record(key: tuple[Any, ...], result: Mapping[str, Any]) -> dict[str, Any]:
    places = dict(zip(("model", "layer", "condition"), key, strict=True))
    try:
        return {**places, **{name: _plain(value) for name, value in result.items()}}
    except TypeError as error:
        raise DataError(f"ExportJson: the value of {named(key)} is no JSON: {error}") from error


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; raises TypeError where it does not."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        finite = np.isfinite(value)
        if finite.all():
            return value.tolist()
        known = value.astype(object)
        known[~finite] = None
        return known.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, pd.DataFrame):
        return _plain(value.to_dict("list"))
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    raise TypeError(f"found a {type(value).__name__}, expected numbers, texts, lists or dicts")


def _long(results: Results) -> pd.DataFrame:
    rows = [
        {
            **dict(zip(("model", "layer", "condition"), key, strict=True)),
            "value": result["value"],
            "reason": result.get("reason"),
            "tags": ",".join(result["tags"] or []),
            "date": result["date"],
        }
        for key, result in results.items()
    ]
    return pd.DataFrame(rows)


def _wide(results: Results) -> pd.DataFrame:
    known = {k: vector("ExportTsv", k, r["value"]) for k, r in results.items() if not is_undefined(r["value"])}
    lengths = {len(values): key for key, values in known.items()}
    if len(lengths) > 1:
        (n, one), (m, other) = list(lengths.items())[:2]
        raise DataError(f"ExportTsv: {n} values for {named(one)}, but {m} for {named(other)}; expected one length")
    missing = np.full(next(iter(lengths)), np.nan)
    columns = [pd.Series(known.get(key, missing)) for key in results]
    return pd.concat(columns, axis=1, keys=[".".join(map(str, key)) for key in results])
