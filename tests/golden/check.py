"""A finished run against its golden files."""

import json
from pathlib import Path

from tests.golden.compare import differences, tolerance_of
from tests.golden.record import FOLDER, data_of, machine, read, tables_of


def report(run: str, results: Path, *, data_only: bool = False) -> list[str]:
    """Return a line for each difference between the results of a run, or only its data, and its golden files."""
    golden, found = read(FOLDER / run), tables_of(results)
    if data_only:
        golden, found = data_of(golden), data_of(found)
    same_machine = json.loads((FOLDER / run / "machine.json").read_text()) == machine()
    lost, new = sorted(set(golden) - set(found)), sorted(set(found) - set(golden))
    lines = [f"{name}: not there today" for name in lost] + [f"{name}: not in the golden files" for name in new]
    for name in sorted(set(golden) & set(found)):
        tolerance = tolerance_of(name, same_machine)
        lines += [f"{name}: {line}" for line in differences(golden[name], found[name], tolerance)]
    return lines
