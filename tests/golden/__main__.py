"""`python -m tests.golden record demo|yeast RESULTS_DIR`, and `compare` in place of `record`."""

import argparse
import sys
from pathlib import Path

from tests.golden.check import report
from tests.golden.record import FOLDER, write


def main() -> None:
    """Record or compare a finished run."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("action", choices=["record", "compare"])
    parser.add_argument("run", choices=["demo", "yeast"])
    parser.add_argument("results", type=Path, help="results/<run> of a finished run")
    parser.add_argument("--data", action="store_true", help="only what is there before any training")
    given = parser.parse_args()
    if not given.data and not (given.results / "summary.tsv").is_file():
        sys.exit(f"{given.results}: no summary.tsv here; give the folder results/<run> of a finished run")
    if given.action == "record":
        write(given.results, FOLDER / given.run, data_only=given.data)
        return
    found = report(given.run, given.results, data_only=given.data)
    print("\n".join(found) or "no difference")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
