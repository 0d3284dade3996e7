"""Labels of regions, 0 or 1: conditions that nothing can be learned about are named before a training begins."""

import logging

from jangdan.datasets.dataset import Dataset
from jangdan.errors import DataError

log = logging.getLogger(__name__)

_NAMED = 5  # conditions that a message names


def require_positives(target: Dataset, part: str) -> None:
    """Look for conditions of one class only; `target` has the conditions as last axis, `part` is as messages name it.

    Some such conditions are a warning in the log that names them. Raises DataError where no condition has a positive.
    Values that are NaN are neither.
    """
    values = target[:].reshape(-1, target.shape[-1])
    names = target.conditions or tuple(map(str, range(values.shape[-1])))
    without = {
        "positive": [name for name, column in zip(names, values.T, strict=True) if not (column > 0).any()],
        "negative": [name for name, column in zip(names, values.T, strict=True) if not (column <= 0).any()],
    }
    if len(without["positive"]) == len(names):
        raise DataError(
            f"target {target.name!r}: no positive for {_listed(list(names))} among the {len(target)} {part} regions; "
            "check its files, or extend the regions"
        )
    for kind, found in without.items():
        if found:
            log.warning(
                "target %r: no %s for %s among the %d %s regions; nothing is learned about it there",
                target.name, kind, _listed(found), len(target), part,
            )  # fmt: skip


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMED
    named = ", ".join(repr(name) for name in names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    return f"condition{'s' if len(names) > 1 else ''} {named}"
