"""Targets and predictions are read, scored and written in pieces, with the results of the whole arrays."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.utils.class_weight import compute_class_weight
from tests.unit.jobs.conftest import save_observed

from jangdan.datasets.array import Array
from jangdan.datasets.chunks import chunks
from jangdan.datasets.labels import summarize_labels
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.interval import Interval
from jangdan.jobs import scoring
from jangdan.jobs.model_inputs import open_target
from jangdan.jobs.predictions import Predictions, save_predictions
from jangdan.jobs.scoring import score_classes_or_values, score_profiles
from jangdan.metrics.profiles import profile_table
from jangdan.metrics.scores import score_table
from jangdan.storage.dataset_file import load
from jangdan.training.fit import require_labels
from jangdan.training.weights import class_weights

WINDOWS, CONDITIONS = 40_000, 400
NAMES = tuple(f"c{i}" for i in range(CONDITIONS))
WHOLE = WINDOWS * CONDITIONS * 4  # bytes of all values, float32


def windows(number: int = WINDOWS) -> GenomicIndexer:
    regions = [Interval("chr1", 0, 10 * number)]
    return GenomicIndexer.create_from_file(regions, binsize=10, zero_padding=False)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    values = rng.random((WINDOWS, CONDITIONS), dtype=np.float32) < 0.1
    return save_observed(values, windows(), NAMES, tmp_path_factory.mktemp("target") / "target.h5")


def generators() -> list[np.random.Generator]:
    """Return a generator of random numbers for each piece of the predictions."""
    return [np.random.default_rng([4, i]) for i in range(WINDOWS // 1000)]


def peak_of(action: Callable[[], object]) -> int:
    """Return the most bytes that were allocated at once while a function ran."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_training_asks_of_a_target_needs_less_than_half_of_it(target: Path) -> None:
    dataset = open_target("t", load(target), windows())
    peak = peak_of(lambda: class_weights(require_labels(dataset, "binary_crossentropy"), "balanced"))
    assert peak < WHOLE / 2


def test_predictions_are_written_and_scored_in_less_than_half_of_their_size(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "MOST_VALUES", 2 * WINDOWS)
    path, names = tmp_path / "p.h5", NAMES[:6]

    def work() -> None:
        made = (rng.random((1000, CONDITIONS), dtype=np.float32) for rng in generators())
        save_predictions(made, windows(), NAMES, path)
        found = Predictions(path, load(target))
        tables.append(
            score_classes_or_values(
                lambda n: (found.observed(n), found.predicted(n)), names, len(found), kind="classification"
            )
        )

    tables: list[pd.DataFrame] = []
    assert peak_of(work) < WHOLE / 2
    with h5py.File(path) as file, h5py.File(target) as other:
        assert file["data"].shape == (WINDOWS, 1, CONDITIONS)  # no room for observed values
        predicted, observed = file["data"][:, 0, :6], other["data"][:, 0, :6]
    np.testing.assert_array_equal(predicted[:1000], generators()[0].random((1000, CONDITIONS), dtype=np.float32)[:, :6])
    found = tables[0].set_index(["condition", "metric"])["value"]
    for i, name in enumerate(names):
        assert found[name, "auroc"] == pytest.approx(roc_auc_score(observed[:, i], predicted[:, i]), abs=1e-12)
        expected = average_precision_score(observed[:, i], predicted[:, i])
        assert found[name, "auprc"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("most", [1, 250, 10**6])
def test_blocks_of_conditions_give_the_table_of_all(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "MOST_VALUES", most)
    rng = np.random.default_rng(5)
    true, pred, names = rng.poisson(3, (100, 5)).astype(float), rng.random((100, 5)), ["a", "b", "c", "d", "e"]

    def read(chosen: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        columns = [names.index(name) for name in chosen]
        return true[:, columns], pred[:, columns]

    found = score_classes_or_values(read, names, 100, kind="regression", bootstrap=5)
    expected = score_table(true, pred, names, kind="regression", bootstrap=5)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-10)
    found = score_profiles(read, names, 100, bins=10, totals=True, bootstrap=5)
    whole = [values.reshape(10, 10, 5) for values in (true, pred)]
    pd.testing.assert_frame_equal(found, profile_table(*whole, names, bootstrap=5), rtol=1e-10)


def test_labels_are_summarized_over_all_generators() -> None:
    rng = np.random.default_rng(6)
    values = (rng.random((500, 3)) < [0.2, 0.5, 0.9]).astype(np.float32)
    values[:, 2], values[499, 2] = 0, 1  # the one positive is in the last piece
    target = Array("y", np.repeat(values, 1500, axis=0), conditions=["a", "b", "c"])
    assert len(list(chunks(target))) == 3
    np.testing.assert_array_equal(np.concatenate(list(chunks(target))), target[:])
    summary = summarize_labels(target)
    assert summary.positive.all()
    assert summary.negative.all()
    assert (summary.lowest, summary.highest, summary.n, summary.has_nan) == (0, 1, 750_000, False)
    positives, negatives = class_weights(summary, "balanced")
    for i, column in enumerate(target[:].T):
        expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=column)
        assert (negatives[i], positives[i]) == pytest.approx(tuple(expected), rel=1e-12)


def test_figures_of_predictions_need_no_deep_learning_framework() -> None:
    code = "import sys, jangdan.jobs.plot_scores, jangdan.jobs.compare; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
