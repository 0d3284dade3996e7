"""Scores that a Scorer knows by name: metrics as tables, curves as figures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve

from jangdan.janggu.exporters import ExportScorePlot, ExportTsv
from jangdan.janggu.results import Curve, Exporter, Undefined
from jangdan.metrics.curves import pr_points, roc_points
from jangdan.metrics.defined import CUTOFF
from jangdan.metrics.scores import metric_named, observed_pairs, score
from jangdan.records.kinds import Metric

CALIBRATION_BINS = 10
"""Bins of equal width of the predicted probability."""

Values = NDArray[Any]


@dataclass(frozen=True)
class NamedScore:
    """A function of (y_true, y_pred), each of shape (value,), and what makes the exporter for it."""

    function: Callable[[Values, Values], Any]
    exporter: Callable[[], Exporter]


@dataclass(frozen=True)
class MetricScore:
    """A metric of the evaluation; what is not defined is `Undefined` with its reason."""

    metric: Metric

    @property
    def __name__(self) -> str:
        return self.metric.name

    def __call__(self, y_true: Values, y_pred: Values) -> float:
        """Return the score; raises DataError where a classification's y_true is neither 0 nor 1."""
        value = score(self.metric, y_true, y_pred)
        return value if np.isfinite(value) else Undefined(why_undefined(self.metric, y_true, y_pred))


def roc(y_true: Values, y_pred: Values) -> Curve | float:
    """Return the ROC curve with its area; NaN where it is not defined."""
    area = MetricScore(metric_named("auroc"))(y_true, y_pred)
    if isinstance(area, Undefined):
        return area
    points = roc_points(y_true, y_pred)
    return Curve(points["fpr"].to_numpy(), points["tpr"].to_numpy(), area)


def prc(y_true: Values, y_pred: Values) -> Curve | float:
    """Return the precision-recall curve, from recall 1 to 0, with its average precision; NaN where not defined."""
    area = MetricScore(metric_named("auprc"))(y_true, y_pred)
    if isinstance(area, Undefined):
        return area
    points = pr_points(y_true, y_pred)
    return Curve(points["recall"].to_numpy(), points["precision"].to_numpy(), area)


def calibration(y_true: Values, y_pred: Values) -> Curve | float:
    """Return the share of positives by mean prediction, in bins that are not empty, with the Brier score.

    NaN where there is no finite y_true, or predictions are no probabilities.
    """
    brier = MetricScore(metric_named("brier"))(y_true, y_pred)
    if isinstance(brier, Undefined):
        return brier
    observed, predicted = calibration_curve(*observed_pairs(y_true, y_pred), n_bins=CALIBRATION_BINS, pos_label=1)
    return Curve(predicted, observed, brier)


def why_undefined(metric: Metric, y_true: Values, y_pred: Values) -> str:
    """Say in words why a metric is not defined for values of shape (value,)."""
    true, pred = observed_pairs(y_true, y_pred)
    if len(true) == 0:
        return "y_true holds no finite value"
    bad = int(np.sum(~np.isfinite(pred)))
    if bad:
        return f"{bad} of {len(pred)} predictions are NaN or infinite"
    if metric.name == "brier":
        return f"predictions lie between {pred.min():g} and {pred.max():g}: no probabilities"
    if np.ptp(true) == 0:
        return f"y_true holds only one {'class' if metric.kind == 'classification' else 'value'} ({true[0]:g})"
    if metric.name == "mcc":
        return f"all predictions are {'at least' if pred.min() >= CUTOFF else 'below'} {CUTOFF:g}: one class only"
    if np.ptp(pred) == 0:
        return f"all predictions are equal ({pred[0]:g})"
    return f"{metric.name} has no finite value for these data"


def _metric(name: str) -> NamedScore:
    return NamedScore(MetricScore(metric_named(name)), ExportTsv)


_plot = partial(partial, ExportScorePlot)

NAMED: dict[str, NamedScore] = {
    "roc": NamedScore(
        roc, _plot(None, "False positive rate", "True positive rate", legend="auROC", reference="diagonal")
    ),
    "prc": NamedScore(prc, _plot(None, "Recall", "Precision", legend="auPRC", reference="first")),
    **{name: _metric(name) for name in ("auroc", "auprc", "cor", "mae", "mse", "var_explained", "spearman")},
    **{name: _metric(name) for name in ("accuracy", "f1", "mcc", "brier")},
    "calibration": NamedScore(
        calibration,
        _plot(None, "Mean prediction", "Share of positives", legend="Brier score", reference="diagonal"),
    ),
}
"""Name -> score and exporter."""
