"""Sample sheets: a dataset's conditions and files as a table. Standard library only: the Snakefile imports it."""

import csv
from collections.abc import Mapping
from typing import Any

COLUMNS = ("condition", "file", "url", "sha256", "md5", "group")


def with_sheets(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config with `files` and `groups` (condition -> group) in place of each dataset's `sheet`.

    Rows with a url become `downloads`, unless the config has one of that path; the files of `regions: datasets`
    become sources. Raises ValueError, one sentence, for a sheet that cannot be read.
    """
    datasets, downloads = {}, dict(config.get("downloads", {}))
    for name, options in config["datasets"].items():
        if "sheet" not in options:
            datasets[name] = dict(options)
            continue
        rows = read_sheet(options["sheet"])
        kept = {key: value for key, value in options.items() if key != "sheet"}
        datasets[name] = {**kept, "files": {row["condition"]: row["file"] for row in rows}}
        datasets[name]["groups"] = {row["condition"]: row["group"] for row in rows if row["group"]}
        for row in rows:
            if row["url"]:
                downloads.setdefault(row["file"], {k: row[k] or None for k in ("url", "sha256", "md5")})
    regions = _with_sources(config.get("regions", {}), datasets)
    return {**config, "datasets": datasets, "regions": regions} | ({"downloads": downloads} if downloads else {})


def _with_sources(regions: Mapping[str, Any], datasets: Mapping[str, Any]) -> dict[str, Any]:
    sources = list(regions.get("sources", []))
    for name in regions.get("datasets", []):
        files = datasets.get(name, {}).get("files")
        if files is None:
            raise ValueError(f"regions: datasets: {name!r} is no dataset with files")
        sources += [path for paths in files.values() for path in ([paths] if isinstance(paths, str) else paths)]
    return {**regions, "sources": list(dict.fromkeys(sources))}


def read_sheet(path: str) -> list[dict[str, str]]:
    """Return the rows of a tab-separated sheet with a header, "" for what is not given.

    Raises ValueError where it is not there, lacks a column, holds an unknown one, or names a condition twice.
    """
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            lines = (line for line in stream if not line.startswith("#"))
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
            _require_header(path, list(reader.fieldnames or []))
            rows = [{key: (row.get(key) or "").strip() for key in COLUMNS} | {"extra": row.get(None)} for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: the sheet cannot be read ({error}); give its path from the working folder") from None
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if not row["condition"] or not row["file"] or row.pop("extra"):
            raise ValueError(f"{path}: row {number}: expected condition, file and no more fields than the header has")
        if row["condition"] in seen:
            raise ValueError(f"{path}: row {number}: condition {row['condition']!r} comes twice")
        seen.add(row["condition"])
    if not rows:
        raise ValueError(f"{path}: holds no row; expected one a condition")
    return rows


def _require_header(path: str, found: list[str]) -> None:
    missing = [name for name in COLUMNS[:2] if name not in found]
    unknown = [name for name in found if name not in COLUMNS]
    if missing or unknown:
        problem = f"lacks the column {missing[0]!r}" if missing else f"has an unknown column {unknown[0]!r}"
        raise ValueError(
            f"{path}: {problem}; the header is condition, file, and perhaps url, sha256, md5, group, tabs between"
        )
