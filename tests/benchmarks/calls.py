"""How much of the library one array of coverage passes through: distinct functions, their modules, the deepest call.

python -m tests.benchmarks.calls BAM ROI [cache] [normalize]
"""

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import jangdan
from jangdan.data import Cover

_ROOT = str(Path(jangdan.__file__).parent) + os.sep


class Calls:
    """Counts the calls of functions of jangdan; comprehensions and generator expressions are part of their function."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.deepest = self._depth = 0

    def of(self, call: Callable[[], Any]) -> None:
        """Note what is called by `call`."""
        sys.setprofile(self._note)
        try:
            call()
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        file, name = frame.f_code.co_filename, frame.f_code.co_qualname
        if event not in ("call", "return") or not file.startswith(_ROOT):
            return
        self._depth += 1 if event == "call" else -1
        self.deepest = max(self.deepest, self._depth)
        if event == "call" and not name.endswith(("comp>", "genexpr>")):
            self.seen[file.removeprefix(_ROOT), name] += 1


def main() -> None:
    """Print the number of functions and modules, in all and by folder."""
    bam, roi, *flags = sys.argv[1:]
    options = {"binsize": 200, "resolution": 50, "cache": "cache" in flags, "overwrite": True}
    options["normalizer"] = "tpm" if "normalize" in flags else None
    Cover.create_from_bam("calls", bam, roi, **options)
    calls = Calls()
    calls.of(lambda: Cover.create_from_bam("calls", bam, roi, **options))
    modules = {file for file, _ in calls.seen}
    print(f"{len(calls.seen)} functions in {len(modules)} modules, {calls.deepest} calls deep")
    for folder, count in sorted(Counter(file.split(os.sep)[0] for file, _ in calls.seen).items()):
        print(f"{count:5} {folder}")


if __name__ == "__main__":
    main()
