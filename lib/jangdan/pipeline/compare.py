"""All models, folds and seeds in one table and one figure; the seeds' mean prediction is a model of its own."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from jangdan.evaluation.metrics import METRICS, score_table
from jangdan.files import replacing
from jangdan.pipeline.predictions import load_predictions
from jangdan.plots.comparison import plot_comparison
from jangdan.plots.style import save

ENSEMBLE = "ensemble"
"""What stands for the seed of the mean over seeds."""

_SHOWN = {"classification": "auprc", "regression": "pearson"}


def compare(
    metrics: Sequence[str | PathLike[str]], conditions: Mapping[str, Sequence[str]], outputs: Mapping[str, str]
) -> None:
    """Write the table of all scores, and a figure of the main one.

    metrics: paths .../<model>/<fold>/seed-<n>/metrics.tsv, with predictions.h5 beside them. conditions:
    model -> its conditions. outputs: table, figure. Columns of the table: model, fold, seed, condition,
    metric, value, n; with several seeds of a model and fold also their ensemble, whose prediction is the
    mean of theirs.
    """
    tables = [_scores(Path(path)) for path in metrics]
    together = pd.concat([*tables, *_ensembles([Path(path) for path in metrics], conditions)], ignore_index=True)
    with replacing(outputs["table"]) as temporary:
        together.to_csv(temporary, sep="\t", index=False, float_format="%.5g", na_rep="NA")
    kinds = {METRICS[name].kind for name in together["metric"].unique()}
    shown = [_SHOWN[kind] for kind in sorted(kinds)]
    drawn = together[together["metric"].isin(shown)]
    labels = {name: metric.label for name, metric in METRICS.items()}
    save(plot_comparison(drawn.assign(metric=drawn["metric"].map(labels))), outputs["figure"])


def _scores(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, sep="\t")
    model, fold, seed = path.parts[-4:-1]
    return _columns(table, model, fold, seed.removeprefix("seed-"))


def _ensembles(paths: Sequence[Path], conditions: Mapping[str, Sequence[str]]) -> list[pd.DataFrame]:
    groups: dict[tuple[str, str], list[Path]] = {}
    for path in paths:
        groups.setdefault((path.parts[-4], path.parts[-3]), []).append(path.with_name("predictions.h5"))
    return [
        _columns(_score_together(members, conditions[model]), model, fold, ENSEMBLE)
        for (model, fold), members in groups.items()
        if len(members) > 1
    ]


def _score_together(members: Sequence[Path], conditions: Sequence[str]) -> pd.DataFrame:
    observed, predicted = [], []
    for condition in conditions:
        tables = [load_predictions(path, condition) for path in members]
        observed.append(tables[0]["observed"])
        predicted.append(np.mean([table["predicted"] for table in tables], axis=0))
    known = pd.read_csv(members[0].with_name("metrics.tsv"), sep="\t")["metric"]
    kind = METRICS[known.iloc[0]].kind
    return score_table(np.stack(observed, axis=1), np.stack(predicted, axis=1), list(conditions), kind=kind)


def _columns(table: pd.DataFrame, model: str, fold: str, seed: str) -> pd.DataFrame:
    kept = table[["condition", "metric", "value", "n"]]
    return pd.DataFrame({"model": model, "fold": fold, "seed": seed, **{name: kept[name] for name in kept}})
