"""Golden tables against those of a run: what must agree, and how closely.

The tolerances are here and nowhere else. Three cases:

- Regions, datasets and normalizers are arithmetic on the input. Text, counts and digests are equal; fractions agree to
  EXACT, since the last bits of a logarithm or a sum differ between CPUs.
- Results of a training repeat to the bit on one type of CPU with one TensorFlow. There they agree to REPEATED: the
  tables print five digits, and sums may be taken in another order.
- On another CPU the training takes another path, as another seed would: APART. The structure (files, columns, rows,
  names, counts of regions and intervals) is equal, and numbers of the kinds in APART agree so far as given there.
  These widths are estimates: seeds of the yeast run differ by up to 0.1 in auROC (README). A run on such a machine may
  narrow them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Tolerance:
    """A number agrees within `absolute` + `relative` times the golden one; `rows`: the rows are the same ones."""

    relative: float
    absolute: float
    rows: bool = True


EXACT = Tolerance(1e-6, 1e-12)
REPEATED = Tolerance(1e-3, 2e-5)

TRAINED = ("predictions", "tracks", "attributions", "effects", "tables/models", "tables/evaluation", "tables/variants",
           "tables/comparison", "tables/summary", "tables/figures")  # fmt: skip

APART = {
    "predictions": Tolerance(0.2, 0.1),
    "tracks": Tolerance(0.5, 0.2),
    "effects": Tolerance(0.5, 3.0),
    "tables/evaluation": Tolerance(0.1, 0.1),
    "tables/comparison": Tolerance(0.1, 0.1),
    # regions are chosen by their predictions, epochs by the loss, rows of all letters by the network
    "attributions": Tolerance(0, np.inf, rows=False),
    "tables/models": Tolerance(0, np.inf, rows=False),
    "tables/variants": Tolerance(0, np.inf),
    "tables/summary": Tolerance(0, np.inf),
    "tables/figures": Tolerance(0, np.inf),
}

_EXACT_COLUMNS = ("regions", "intervals", "bases", "length", "rows", "numbers", "contig", "start", "end", "sha256")
"""Columns that no training changes."""

_TRAINED_TEXT = ("figure",)
"""Columns of text that holds numbers of a training, compared only on the same type of CPU."""


def tolerance_of(name: str, same_machine: bool) -> Tolerance:
    """Return what holds for a golden file."""
    kind = next((each for each in TRAINED if name.startswith(each)), None)
    if kind is None:
        return EXACT
    return REPEATED if same_machine else APART[kind]


def differences(golden: pd.DataFrame, found: pd.DataFrame, tolerance: Tolerance) -> list[str]:
    """Return a line for each way in which a table differs from the golden one, at most ten."""
    if list(golden) != list(found):
        return [f"columns: {list(found)}, golden {list(golden)}"]
    if not tolerance.rows:
        return _unequal("files", _files(golden), _files(found))
    if len(golden) != len(found):
        return [f"{len(found)} rows, golden {len(golden)}", *_unequal("files", _files(golden), _files(found))][:10]
    return [line for column in golden for line in _in_column(column, golden, found, tolerance)][:10]


def _in_column(column: str, golden: pd.DataFrame, found: pd.DataFrame, tolerance: Tolerance) -> list[str]:
    old, new = golden[column], found[column]
    if column in _TRAINED_TEXT and np.isinf(tolerance.absolute):
        return []
    apart = old != new
    if column not in _EXACT_COLUMNS:
        numbers = pd.to_numeric(old, errors="coerce"), pd.to_numeric(new, errors="coerce")
        close = (numbers[0] - numbers[1]).abs() <= tolerance.absolute + tolerance.relative * numbers[0].abs()
        apart &= ~close
    return [
        f"row {i} ({', '.join(golden.loc[i].astype(str).iloc[:3])}), {column}: {new[i]}, golden {old[i]}"
        for i in np.flatnonzero(apart)
    ]


def _files(table: pd.DataFrame) -> set[str]:
    return set(table["file"]) if "file" in table else set()


def _unequal(what: str, golden: set[str], found: set[str]) -> list[str]:
    lost, new = sorted(golden - found), sorted(found - golden)
    return [f"{what} {word}: {', '.join(names[:5])}" for word, names in (("lost", lost), ("new", new)) if names]
