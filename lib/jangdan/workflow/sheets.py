"""Sample sheets: a dataset's conditions and files as a table. Standard library only: the Snakefile imports it."""

import csv
from collections.abc import Mapping
from typing import Any

from jangdan.errors import InputFileError

COLUMNS = ("condition", "file", "url", "sha256", "md5", "group")


def with_sheets(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config with `files` and `groups` (condition -> group) in place of each dataset's `sheet`.

    Rows with a url become `downloads`, unless the config has one of that path. What is not as it should be stays as it
    is, for the checks to find. Raises InputFileError, one sentence, for a sheet that cannot be read.
    """
    datasets, downloads = config.get("datasets"), config.get("downloads", {})
    if not isinstance(datasets, Mapping) or not isinstance(downloads, Mapping):
        return dict(config)
    expanded, found = {}, dict(downloads)
    for name, options in datasets.items():
        if not _has_sheet(options):
            expanded[name] = options
            continue
        rows = read_sheet(options["sheet"])
        kept = {key: value for key, value in options.items() if key != "sheet"}
        groups = {row["condition"]: row["group"] for row in rows if row["group"]}
        expanded[name] = {"groups": groups, **kept, "files": {row["condition"]: row["file"] for row in rows}}
        for row in rows:
            if row["url"]:
                found.setdefault(row["file"], {k: row[k] or None for k in ("url", "sha256", "md5")})
    return {**config, "datasets": expanded} | ({"downloads": found} if found else {})


def _has_sheet(options: Any) -> bool:
    return isinstance(options, Mapping) and isinstance(options.get("sheet"), str) and "files" not in options


def read_sheet(path: str) -> list[dict[str, str]]:
    """Return the rows of a tab-separated sheet with a header, "" for what is not given.

    Raises InputFileError where it is not there, lacks a column, holds an unknown one, or names a condition twice.
    """
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            lines = (line for line in stream if not line.startswith("#"))
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
            _require_header(path, list(reader.fieldnames or []))
            rows = [{key: (row.get(key) or "").strip() for key in COLUMNS} | {"extra": row.get(None)} for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        message = f"the sheet cannot be read ({error}); give its path from the working folder"
        raise InputFileError(path, message) from None
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if not row["condition"] or not row["file"] or row.pop("extra"):
            message = f"row {number}: expected condition, file and no more fields than the header has"
            raise InputFileError(path, message)
        if row["condition"] in seen:
            raise InputFileError(path, f"row {number}: condition {row['condition']!r} comes twice")
        seen.add(row["condition"])
    if not rows:
        raise InputFileError(path, "holds no row; expected one per condition")
    return rows


def _require_header(path: str, found: list[str]) -> None:
    missing = [name for name in COLUMNS[:2] if name not in found]
    unknown = [name for name in found if name not in COLUMNS]
    if missing or unknown:
        problem = f"lacks the column {missing[0]!r}" if missing else f"has an unknown column {unknown[0]!r}"
        header = "condition, file, and perhaps url, sha256, md5, group, tabs between"
        raise InputFileError(path, f"{problem}; the header is {header}")
