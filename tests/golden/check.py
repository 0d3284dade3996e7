"""A finished run against its golden files."""

import json
from pathlib import Path

from tests.golden.compare import differences, tolerance_of
from tests.golden.record import FOLDER, machine, read, tables_of


def report(run: str, results: Path) -> list[str]:
    """Return a line for each difference between the results of a run and its golden files."""
    golden, found = read(FOLDER / run), tables_of(results)
    same_machine = json.loads((FOLDER / run / "machine.json").read_text()) == machine()
    lost, new = sorted(set(golden) - set(found)), sorted(set(found) - set(golden))
    lines = [f"{name}: not there today" for name in lost] + [f"{name}: not in the golden files" for name in new]
    for name in sorted(set(golden) & set(found)):
        tolerance = tolerance_of(name, same_machine)
        lines += [f"{name}: {line}" for line in differences(golden[name], found[name], tolerance)]
    return lines
