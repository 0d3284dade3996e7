"""Tracks and variant effects of all folds and seeds together."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyBigWig
import pytest

from jangdan.errors import InputFileError
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.jobs.ensemble_variants import ensemble_effects
from jangdan.jobs.export_bigwig import export_track
from jangdan.jobs.predictions import save_predictions


def _effects(path: Path, effect: list[list[float]], status: list[str], pos: tuple[int, int] = (9, 19)) -> Path:
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        file.attrs["conditions"] = ["a", "b"]
        file["reference"] = rng.random((2, 2)).astype(np.float32)
        file["alternative"] = file["reference"][()] + np.array(effect, dtype=np.float32)
        columns = {"chrom": ["c1", "c1"], "id": ["x", "y"], "ref": ["A", "C"], "alt": ["G", "T"]}
        for name, values in {**columns, "kind": ["snv", "snv"], "status": status}.items():
            file[f"variants/{name}"] = np.array(values, dtype="S")
        file["variants/pos"] = np.array(pos)
    return path


def test_effects_are_averaged_and_their_spread_is_told(tmp_path: Path) -> None:
    ok = ["scored", "scored"]
    runs = [_effects(tmp_path / f"{i}.h5", [[i, 1.0], [0.5, -i]], ok) for i in (1, 2, 6)]
    ensemble_effects(runs, tmp_path / "e.tsv")
    table = pd.read_csv(tmp_path / "e.tsv", sep="\t")
    assert table["pos"].tolist() == [10, 20]
    assert table["a.effect"].tolist() == pytest.approx([3, 0.5], abs=1e-5)
    assert table["a.sd"].tolist() == pytest.approx([np.std([1, 2, 6], ddof=1), 0], abs=1e-4)
    assert table["b.effect"].tolist() == pytest.approx([1, -3], abs=1e-5)


def test_what_one_run_cannot_score_has_no_mean(tmp_path: Path) -> None:
    first = _effects(tmp_path / "1.h5", [[1, 1], [2, 2]], ["scored", "scored"])
    second = _effects(tmp_path / "2.h5", [[1, 1], [np.nan, np.nan]], ["scored", "not_stored"])
    ensemble_effects([first, second], tmp_path / "e.tsv")
    table = pd.read_csv(tmp_path / "e.tsv", sep="\t")
    assert table["status"].tolist() == ["scored", "not_stored"]
    assert table["a.effect"].isna().tolist() == [False, True]


def test_runs_over_other_variants_are_refused(tmp_path: Path) -> None:
    first = _effects(tmp_path / "1.h5", [[1, 1], [2, 2]], ["scored", "scored"])
    second = _effects(tmp_path / "2.h5", [[1, 1], [2, 2]], ["scored", "scored"], pos=(9, 29))
    with pytest.raises(InputFileError, match=r"2\.h5: holds other variants than .*1\.h5"):
        ensemble_effects([first, second], tmp_path / "e.tsv")


def test_seeds_are_averaged_and_folds_lie_side_by_side(tmp_path: Path) -> None:
    paths = []
    for number, (chrom, values) in enumerate([("c1", [1, 2]), ("c1", [3, 6]), ("c2", [5, 7])]):
        indexer = GenomicIndexer.create_from_file([Interval(chrom, 0, 20)], binsize=10)
        paths.append(tmp_path / f"{number}.h5")
        save_predictions([np.array(values)[:, None]], indexer, ("a",), paths[-1])
    export_track(paths, "a", {"c1": 100, "c2": 100}, tmp_path / "e.bw")
    with pyBigWig.open(str(tmp_path / "e.bw")) as track:
        assert track.values("c1", 0, 20) == [2.0] * 10 + [4.0] * 10
        assert track.values("c2", 0, 20) == [5.0] * 10 + [7.0] * 10
