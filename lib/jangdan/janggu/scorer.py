"""Scorer: what is computed of a model's predictions, by layer and condition, and how it is exported."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jangdan.errors import DataError, OptionError
from jangdan.janggu.exporters import ExportJson
from jangdan.janggu.named_scores import NAMED
from jangdan.janggu.results import Exporter, Key, Undefined, is_undefined, named, safe_name, tags_of

ACROSS = "across"
"""The condition's name in results across all conditions."""

Score = Callable[..., Any]


class Scorer:
    """Scores predictions, by condition or across all of them, and exports the results.

    name: of the score, and of the file. score_fct: called as score_fct(y_true, y_pred), or score_fct(y_pred) where
    there are no outputs, with arrays of shape (value,): all axes but that of the conditions, flattened. It may
    return anything that the exporter understands; None: the predictions themselves. conditions: names along the
    last axis, default those of the output dataset, else 0, 1, ... exporter: called as exporter(output_dir, name,
    results), default ExportJson(). immediate_export: a model's results are exported right after its evaluation by
    whoever evaluates; else they are collected until `export` is called. percondition: a score a condition; else
    one over the flattened array. subdir: below the root of the results, 'evaluation' where it is None.

    `results`: (modelname, layername, conditionname) -> {'date': ISO 8601 in UTC, 'value', 'tags'}. A score that is
    not defined is NaN, and its result has a 'reason' in words; an array over predictions of several strands has their
    number as 'strands', the innermost axis that was flattened.
    """

    def __init__(
        self,
        name: str,
        score_fct: Score | None = None,
        conditions: Sequence[str] | None = None,
        exporter: Exporter | None = None,
        immediate_export: bool = True,
        percondition: bool = True,
        subdir: str | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise OptionError(f"name={name!r}: a Scorer needs a name, a text")
        for option, value in (("score_fct", score_fct), ("exporter", exporter)):
            if value is not None and not callable(value):
                raise OptionError(f"scorer {name!r}: {option}={value!r} cannot be called; expected a function")
        if isinstance(conditions, str):
            raise OptionError(f"scorer {name!r}: conditions={conditions!r} is one text; expected a list of names")
        self.name = name
        self.score_fct = score_fct
        self.conditions = None if conditions is None else list(conditions)
        self.exporter: Exporter = ExportJson() if exporter is None else exporter
        self.immediate_export = immediate_export
        self.percondition = percondition
        self.subdir = subdir
        self.results: dict[Key, dict[str, Any]] = {}

    def __repr__(self) -> str:
        return f"Scorer({self.name!r}, {len(self.results)} results)"

    def score(
        self,
        model: Any,
        predicted: Mapping[str, Any],
        outputs: Mapping[str, Any] | None = None,
        datatags: Sequence[str] | None = None,
    ) -> None:
        """Score predictions, layer name -> array whose last axis is conditions, against `outputs`, name -> Dataset.

        Of `model` only the name is read. Results of an earlier call are dropped where `immediate_export` is set; else
        these join them. An array of one axis is one condition. Raises DataError where shapes, layers or conditions
        do not fit, where `score_fct` raises, and where results of another dataset (by its tags) would be overwritten.
        """
        tags = tags_of(datatags)
        self._require_layers(predicted, outputs)
        scored: dict[Key, dict[str, Any]] = {}
        for layer, values in predicted.items():
            output = None if outputs is None else outputs[layer]
            strands = np.shape(values)[2] if np.ndim(values) == 4 else 1
            for key, value in self._scores(str(model.name), layer, values, output).items():
                scored[key] = _result(value, tags)
                if strands > 1 and self.percondition and isinstance(value, np.ndarray):
                    scored[key]["strands"] = strands
        kept = {} if self.immediate_export else self.results
        self._require_new(kept, scored)
        self.results = {**kept, **scored}

    def export(
        self, path: str | PathLike[str], collection_name: str, datatags: Sequence[str] | str | None = None
    ) -> Any:
        """Call the exporter with the folder `<path>/<collection_name>`, the name, and the results so far.

        The name is followed by the tags, `<name>.<tag>`, so that one dataset's results do not replace another's.
        Returns what the exporter returns: of those here, the paths. Raises DataError where nothing was scored.
        """
        if not self.results:
            raise DataError(f"scorer {self.name!r} has no results to export; score a model first")
        name = ".".join([self.name, *(tags_of(datatags) or [])])
        return self.exporter(str(Path(path) / safe_name(collection_name)), name, self.results)

    def _scores(self, model: str, layer: str, values: Any, output: Any) -> dict[Key, Any]:
        """Return key -> value for a layer."""
        pred = self._matrix(layer, "predictions", values)
        true = None if output is None else self._matrix(layer, "outputs", output)
        if true is not None:
            self._require_fit(layer, values, output)
        conditions = self._conditions(layer, output, pred.shape[1])
        if not self.percondition:
            key = (model, layer, ACROSS)
            return {key: self._value(key, None if true is None else true.ravel(), pred.ravel())}
        keys = [(model, layer, condition) for condition in conditions]
        return {key: self._value(key, None if true is None else true[:, i], pred[:, i]) for i, key in enumerate(keys)}

    def _value(self, key: Key, true: NDArray[Any] | None, pred: NDArray[Any]) -> Any:
        if self.score_fct is None:
            return pred
        given = (pred,) if true is None else (true, pred)
        function = getattr(self.score_fct, "__name__", type(self.score_fct).__name__)
        try:
            # warnings are the reason of a NaN, which functions of scikit-learn and scipy give in no other way
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                value = self.score_fct(*given)
        except Exception as error:
            arguments = "y_pred" if true is None else "y_true and y_pred"
            raise DataError(
                f"scorer {self.name!r}: {function}, called with {arguments} of shape {pred.shape} for {named(key)}, "
                f"raised {type(error).__name__}: {error}"
            ) from error
        if is_undefined(value):
            return value if isinstance(value, Undefined) else Undefined(_reason(function, caught, true))
        for warning in caught:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        return value

    def _matrix(self, layer: str, what: str, values: Any) -> NDArray[Any]:
        """Return an array of shape (value, condition)."""
        array = np.asarray(values)
        if array.ndim == 0 or array.dtype.kind not in "biuf":
            raise DataError(
                f"scorer {self.name!r}: {what} of layer {layer!r} are {array.dtype} of shape {array.shape}; "
                "expected numbers, with the conditions as last axis"
            )
        return array[:, None] if array.ndim == 1 else array.reshape(-1, array.shape[-1])

    def _conditions(self, layer: str, output: Any, count: int) -> list[str | int]:
        found = self.conditions if self.conditions is not None else getattr(output, "conditions", None)
        names: list[str | int] = list(range(count)) if found is None else list(found)
        if len(names) != count:
            raise DataError(
                f"scorer {self.name!r}: {len(names)} conditions for layer {layer!r}, whose last axis has {count}"
            )
        twice = {each for each in names if names.count(each) > 1} if self.percondition else ()
        if twice:
            raise DataError(
                f"scorer {self.name!r}: layer {layer!r} has several conditions named {min(map(str, twice))!r}; "
                "give Scorer(conditions=[...]) names that differ"
            )
        return names

    def _require_layers(self, predicted: Mapping[str, Any], outputs: Mapping[str, Any] | None) -> None:
        for what, given in (("predicted", predicted), ("outputs", outputs)):
            if given is not None and not isinstance(given, Mapping):
                raise OptionError(f"{what}: found {type(given).__name__}, expected a dict of layer name -> values")
        if outputs is not None and set(predicted) != set(outputs):
            raise DataError(
                f"scorer {self.name!r}: predictions are of the layers {sorted(predicted)}, outputs of {sorted(outputs)}"
            )

    def _require_fit(self, layer: str, values: Any, output: Any) -> None:
        found, expected = np.shape(values), np.shape(output)
        if _without_ones(found) != _without_ones(expected):
            raise DataError(
                f"scorer {self.name!r}: predictions of layer {layer!r} have the shape {found}, outputs {expected}; "
                "expected the same regions, bins and conditions"
            )

    def _require_new(self, kept: Mapping[Key, Any], scored: Mapping[Key, Any]) -> None:
        for key in kept.keys() & scored.keys():
            if kept[key]["tags"] != scored[key]["tags"]:
                raise DataError(
                    f"scorer {self.name!r} holds a result of {named(key)} with tags {kept[key]['tags']}, which tags "
                    f"{scored[key]['tags']} would replace; export it and clear `results`, or use another Scorer"
                )


def scorer_named(name: str) -> Scorer:
    """Return a new Scorer by name, in any case, such as 'auroc' or 'roc'; raises OptionError for another name.

    Curves are exported as PNG, numbers as TSV.
    """
    score = NAMED.get(name.lower()) if isinstance(name, str) else None
    if score is None:
        raise OptionError(f"scorer {name!r}: expected a Scorer or one of {', '.join(NAMED)}")
    return Scorer(name.lower(), score.function, exporter=score.exporter())


def _result(value: Any, tags: list[str] | None) -> dict[str, Any]:
    result = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "value": value, "tags": tags}
    return result | ({"reason": value.reason} if isinstance(value, Undefined) else {})


def _reason(function: str, caught: Sequence[warnings.WarningMessage], true: NDArray[Any] | None) -> str:
    said = [" ".join(str(warning.message).split()) for warning in caught]
    if not said and true is not None and true.size and (true == true[0]).all():
        said = [f"y_true is constant ({true[0]:g})"]
    return ": ".join([f"{function} returned NaN", *dict.fromkeys(said)])


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without the axes of length 1 between regions and conditions."""
    shape = (*shape, 1) if len(shape) == 1 else shape
    return (shape[0], *(n for n in shape[1:-1] if n != 1), shape[-1])
