"""All models, folds, seeds and samples in one table and one figure; their mean prediction is a model of its own."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jangdan.files import replacing
from jangdan.jobs.predictions import Predictions
from jangdan.jobs.scoring import score_classes_or_values, score_profiles
from jangdan.metrics.profiles import TOTAL
from jangdan.plots.comparison import plot_comparison
from jangdan.plots.style import save
from jangdan.records.kinds import METRICS
from jangdan.storage.dataset_file import load
from jangdan.workflow.plan import FINAL

log = logging.getLogger(__name__)

ENSEMBLE = "ensemble"
"""What stands for the seed of the mean over seeds, and for the fold of the mean over folds."""

TEST = "test"
"""The sample that is each fold's own test part."""

_SHOWN = {"classification": "auprc", "regression": "pearson"}
_KEYS = ["model", "fold", "seed", "sample"]


@dataclass(frozen=True)
class Run:
    """One evaluation, by the place of its table: .../<model>/<fold>/seed-<n>/[on-<sample>/]metrics.tsv."""

    path: Path
    target: Path
    model: str
    fold: str
    seed: str
    sample: str

    @classmethod
    def at(cls, path: str | PathLike[str], target: str | PathLike[str]) -> "Run":
        """Return the run that wrote a table, scored against a target's dataset file."""
        parts = Path(path).parts[:-1]
        sample = parts[-1].removeprefix("on-") if parts[-1].startswith("on-") else TEST
        model, fold, seed = parts[-4:-1] if sample != TEST else parts[-3:]
        return cls(Path(path), Path(target), model, fold, seed.removeprefix("seed-"), sample)


def compare(
    metrics: Sequence[str | PathLike[str]],
    targets: Sequence[str | PathLike[str]],
    conditions: Mapping[str, Sequence[str]],
    outputs: Mapping[str, str],
) -> None:
    """Write the table of all scores, their means over folds and seeds, and a figure of the main score.

    metrics: paths as of `Run`, with predictions.h5 beside them. targets: for each of these, the dataset file of its
    target. conditions: model -> its conditions. outputs: table, means, figure. Columns of the table: model, fold,
    seed, sample, condition, metric, value, n. With several seeds of a model, fold and sample also their ensemble,
    whose prediction is the mean of theirs; on the regions kept for the end, all folds and seeds together.
    """
    runs = [Run.at(path, target) for path, target in zip(metrics, targets, strict=True)]
    tables = [_columns(pd.read_csv(run.path, sep="\t"), run.model, run.fold, run.seed, run.sample) for run in runs]
    together = pd.concat([*tables, *_ensembles(runs, conditions)], ignore_index=True)
    _write(together, outputs["table"])
    _write(means(together), outputs["means"])
    kinds = {METRICS[name].kind for name in together["metric"].unique()}
    drawn = together[together["metric"].isin([_SHOWN[kind] for kind in sorted(kinds)])]
    labels = {metric.name: metric.label for metric in METRICS}
    other = drawn["sample"] != TEST
    names = drawn["model"].where(~other, drawn["model"] + " on " + drawn["sample"])
    save(plot_comparison(drawn.assign(model=names, metric=drawn["metric"].map(labels))), outputs["figure"])


def means(scores: pd.DataFrame) -> pd.DataFrame:
    """Return mean, sd, median, min, max and number of the scores of a model, sample, condition and metric.

    Ensembles are left out. A score that is not defined is left out of `runs`. The fold that tests on the
    regions kept for the end stands apart, as sample "final fold".
    """
    single = scores[scores["seed"].astype(str) != ENSEMBLE]
    last = (single["fold"] == FINAL) & (single["sample"] == TEST)
    single = single.assign(sample=single["sample"].where(~last, f"{FINAL} fold"))
    groups = single.groupby(["model", "sample", "condition", "metric"], sort=False)["value"]
    return groups.agg(mean="mean", sd="std", median="median", min="min", max="max", runs="count").reset_index()


def _ensembles(runs: Sequence[Run], conditions: Mapping[str, Sequence[str]]) -> list[pd.DataFrame]:
    groups: dict[tuple[str, str, str], list[Run]] = {}
    for run in runs:
        folds = [run.fold, *([ENSEMBLE] if run.sample == FINAL else [])]
        for fold in folds:
            groups.setdefault((run.model, fold, run.sample), []).append(run)
    tables = []
    for (model, fold, sample), members in groups.items():
        if len(members) > 1:
            log.info("ensemble of %d predictions: %s, fold %s, sample %s", len(members), model, fold, sample)
            tables.append(_columns(_score_together(members, conditions[model]), model, fold, ENSEMBLE, sample))
    return tables


def _score_together(members: Sequence[Run], conditions: Sequence[str]) -> pd.DataFrame:
    """Score the mean prediction of several runs over the same regions, as each of them was.

    Targets are averaged, too: they are equal, or normalized for each fold by itself.
    """
    targets = {path: load(path) for path in dict.fromkeys(run.target for run in members)}
    found = [Predictions(run.path.with_name("predictions.h5"), targets[run.target]) for run in members]
    # members that share a target's file observed the same
    shared = {run.target: each for run, each in zip(members, found, strict=True)}

    def read(names: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
        observed = {path: each.observed(names) for path, each in shared.items()}
        first = observed[members[0].target]
        if not all(np.array_equal(first, other, equal_nan=True) for other in observed.values()):
            first = np.mean([observed[run.target] for run in members], axis=0)
        return first, np.mean([each.predicted(names) for each in found], axis=0)

    known = pd.read_csv(members[0].path, sep="\t")
    rows, bins = len(found[0]), found[0].profile_bins
    if bins is not None:
        totals = bool(known["condition"].str.endswith(TOTAL).any())
        return score_profiles(read, conditions, rows, bins=bins, totals=totals)
    return score_classes_or_values(read, conditions, rows, kind=METRICS[known["metric"].iloc[0]].kind)


def _columns(table: pd.DataFrame, model: str, fold: str, seed: str, sample: str) -> pd.DataFrame:
    kept = table[["condition", "metric", "value", "n"]].copy()
    for place, (name, value) in enumerate(zip(_KEYS, (model, fold, seed, sample), strict=True)):
        kept.insert(place, name, value)
    return kept


def _write(table: pd.DataFrame, path: str) -> None:
    with replacing(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")
