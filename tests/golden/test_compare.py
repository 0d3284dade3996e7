"""The comparison finds what it should, and lets pass what it should."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pytest

from tests.golden.compare import APART, EXACT, REPEATED, TRAINED, Tolerance, differences, tolerance_of
from tests.golden.names import KINDS
from tests.golden.readers import normalizer, regions, thinned, track
from tests.golden.record import DATA, FOLDER, read

GOLDEN = pd.DataFrame({"file": ["a", "b"], "regions": ["10", "20"], "mean": ["0.5", ""], "sha256": ["x", "-"]})


def _changed(column: str, value: str) -> pd.DataFrame:
    found = GOLDEN.copy()
    found.loc[0, column] = value
    return found


@pytest.mark.parametrize(
    ("column", "value", "tolerance", "same"),
    [
        ("mean", "0.5", EXACT, True),
        ("mean", "0.5000001", EXACT, True),
        ("mean", "0.50001", EXACT, False),
        ("mean", "0.5001", REPEATED, True),
        ("mean", "0.51", REPEATED, False),
        ("mean", "0.59", Tolerance(0, 0.1), True),
        ("mean", "NA", Tolerance(0, np.inf), False),
        ("mean", "9", Tolerance(0, np.inf), True),
        ("regions", "11", Tolerance(1, 1), False),
        ("sha256", "y", Tolerance(1, 1), False),
        ("file", "c", Tolerance(1, 1), False),
    ],
)
def test_a_cell_that_differs_is_found(column: str, value: str, tolerance: Tolerance, same: bool) -> None:
    assert (differences(GOLDEN, _changed(column, value), tolerance) == []) is same


def test_rows_and_columns_that_differ_are_found() -> None:
    assert differences(GOLDEN, GOLDEN.iloc[:1], REPEATED)[0] == "1 rows, golden 2"
    assert differences(GOLDEN, GOLDEN.drop(columns="mean"), REPEATED)[0].startswith("columns")
    loose = Tolerance(0, np.inf, rows=False)
    assert differences(GOLDEN, pd.concat([GOLDEN, GOLDEN]), loose) == []
    assert differences(GOLDEN, GOLDEN.iloc[:1], loose) == ["files lost: b"]


def test_every_kind_of_trained_result_has_a_tolerance_for_other_cpus() -> None:
    assert set(APART) == set(TRAINED)
    assert tolerance_of("datasets", same_machine=False) == tolerance_of("datasets", same_machine=True) == EXACT
    assert tolerance_of("tables/models/m/history", same_machine=True) == REPEATED


def test_readers_sum_up_what_files_hold(tmp_path: Path) -> None:
    header, rows = "contig\tstart\tend\tsplit\n", "chr1\t10\t20\ta\nchr2\t5\t10\ta\nchr1\t30\t31\tb\n"
    (tmp_path / "r.tsv").write_text(header + rows)
    assert [(row["contig"], row["regions"], row["bases"]) for row in regions(tmp_path / "r.tsv")] == [
        ("all", 3, 16), ("chr1", 2, 11), ("chr2", 1, 5)
    ]  # fmt: skip
    assert [row["bases"] for row in regions(tmp_path / "r.tsv", "b")] == [1, 1]
    with pyBigWig.open(str(tmp_path / "t.bw"), "w") as out:
        out.addHeader([("chr1", 100), ("chr2", 50)])
        out.addEntries(["chr1", "chr1"], [0, 20], ends=[10, 25], values=[1.0, 4.0])
    (row,) = track(tmp_path / "t.bw")
    assert (row["contig"], row["intervals"], row["bases"], row["sum"], row["mean"]) == ("chr1", 2, 15, 30, 2)
    (tmp_path / "n.json").write_text('{"normalizers": [{"name": "zscore", "mean": [1.5, 2.5]}], "checksum": 1}')
    assert [(row["parameter"], row["value"]) for row in normalizer(tmp_path / "n.json")] == [
        ("mean", 1.5), ("mean", 2.5), ("name", "zscore")
    ]  # fmt: skip
    pd.DataFrame({"x": range(1000)}).to_csv(tmp_path / "x.tsv", sep="\t", index=False)
    assert thinned(tmp_path / "x.tsv", 100)["x"].tolist() == [str(i) for i in range(0, 1000, 10)]


@pytest.mark.parametrize("run", [path.name for path in sorted(FOLDER.iterdir()) if (path / "machine.json").is_file()])
def test_the_golden_files_hold_results_of_every_kind(run: str) -> None:
    tables = read(FOLDER / run)
    assert set(DATA) <= set(tables)
    if set(DATA) == set(tables):
        return
    files = set(tables["files"]["file"])
    for kind, pattern in KINDS.items():
        named = {name for name in files if re.fullmatch(pattern, name)}
        assert named, kind
        if kind != "tables":
            assert set(tables[kind]["file"]) == named
