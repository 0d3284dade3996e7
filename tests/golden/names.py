"""Where results are: the one place to edit when a result is renamed or a kind of result is added.

Golden files keep the names of the day they were recorded. A renamed result gets a line in RENAMED, a new one in ADDED.
"""

import re
from pathlib import Path

RENAMED: tuple[tuple[str, str], ...] = ((r"^regions/roi\.tsv$", "regions/roi.bed"),)
"""(regular expression, replacement): from a name in a run today to its name in the golden files."""

ADDED: tuple[str, ...] = (r"regions/.*/splits\.bed",)
"""Regular expressions: results that are in a run today and were not recorded."""

FOLD = re.compile(r"regions/(.*)/(training|test)\.tsv")
"""A table of a fold's regions, which were recorded as one file per split."""

SPLITS = {"training": ("train", "validation"), "test": ("test",)}
"""Name of the table -> the splits that it holds."""

IGNORED = (r"logs/", r"benchmarks/", r"simulated/.*\.(bai|fai|gzi)$", r"report\.html$")
"""Regular expressions: files that are not results, or that only some ways of running create."""

KINDS = {
    "regions": r"regions/.*",
    "datasets": r"(sequence|coverage|normalized/.*)/[^/]*\.h5",
    "normalizers": r"normalized/.*\.json",
    "predictions": r"evaluation/.*/predictions\.h5",
    "tracks": r"(tracks|attribution)/.*\.bw",
    "attributions": r"attribution/.*\.h5",
    "effects": r"variants/.*/effects\.tsv",
    "tables": r"(check/inputs|models/.*/history|evaluation/.*/metrics|comparison(_means)?|summary|figures/.*)\.tsv",
}
"""Kind of golden file -> golden names of the results that it records."""


def results_in(folder: Path) -> dict[str, Path]:
    """Return golden name -> path of each result in a run's folder, sorted by name."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(re.match(pattern, name) for pattern in (*IGNORED, *ADDED)):
            found |= dict.fromkeys(golden_names(name), path)
    return dict(sorted(found.items()))


def golden_names(name: str) -> list[str]:
    """Return the names that a result had when it was recorded."""
    if fold := FOLD.fullmatch(name):
        return [f"regions/{fold[1]}/{split}.bed" for split in SPLITS[fold[2]]]
    for pattern, replacement in RENAMED:
        name = re.sub(pattern, replacement, name)
    return [name]


def split_of(name: str) -> list[str]:
    """Return the split that a golden file of regions has in its name, nothing for other results."""
    split = Path(name).stem
    known = [each for splits in SPLITS.values() for each in splits]
    return [split] if name.startswith("regions/") and split in known else []


def of_kind(results: dict[str, Path], kind: str) -> dict[str, Path]:
    """Return those of the results that are of a kind."""
    return {name: path for name, path in results.items() if re.fullmatch(KINDS[kind], name)}
