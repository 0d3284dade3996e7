"""What users may give as `normalizer`: names, names with parameters, objects, functions, and lists of these."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jangdan.errors import DataError, OptionError
from jangdan.normalize.base import Normalizer
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.chunks import Values
from jangdan.records.kinds import NORMALIZERS
from jangdan.records.options import read_options
from jangdan.storage.any_array import AnyArray
from jangdan.storage.values import DenseValues, SparseValues


class CallableNormalizer(Normalizer):
    """A user's function of a whole GenomicArray (or RegionArray), which it changes or returns anew."""

    name = "callable"

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, garray: AnyArray) -> AnyArray:
        """Return what the function makes of the array; it sees dense values, which it may change in place.

        Raises DataError where it returns no array of the same bins, strands and conditions.
        """
        given = garray
        if isinstance(garray.values, SparseValues):
            # what a function writes to `data` of sparse values would be lost
            given = garray.like(DenseValues(garray.data), garray.padding, garray.meta)
        returned = self.function(given)
        result = given if returned is None else returned
        if not isinstance(result, AnyArray) or result.values.shape != garray.values.shape:
            found = f"values of shape {result.values.shape}" if hasattr(result, "values") else type(result).__name__
            raise DataError(
                f"normalizer={self._label}: returned {found}, expected the {type(garray).__name__} it was given, "
                f"values of shape {garray.values.shape}"
            )
        return result

    def state(self) -> dict[str, Any]:
        """Raise OptionError: a function cannot be kept in a file."""
        raise OptionError(f"normalizer={self._label}: a function cannot be saved; write a subclass of Normalizer")

    def _apply(self, values: Values, places: Places) -> Values:
        raise OptionError(f"normalizer={self._label}: a function works on a whole array, not on some of its bins")

    @property
    def _label(self) -> str:
        return str(getattr(self.function, "__qualname__", self.function))


def normalizer_named(name: str, parameters: Mapping[str, Any] | None = None) -> Normalizer:
    """Return a new normalizer; raises OptionError for an unknown name, or a parameter that it does not have."""
    if name not in NORMALIZERS:
        raise OptionError(f"normalizer={name!r}: expected one of {', '.join(NORMALIZERS.names())}")
    record = NORMALIZERS[name]
    made: Normalizer = record.build(read_options(record.options, parameters or {}, f"normalizer: {name}"))
    return made


def normalizers_of(spec: Any) -> list[Normalizer]:
    """Return the steps of a `normalizer` argument: None, a name, a Normalizer, a function, or a list of these.

    A name with parameters is a mapping, such as {"name": "perctrim", "percentile": 95}. Objects are taken as they are,
    so that one given twice keeps its parameters. Raises OptionError for others.
    """
    if spec is None:
        return []
    return [_step(item) for item in (spec if isinstance(spec, (list, tuple)) else [spec])]


def from_states(states: Sequence[Mapping[str, Any]]) -> list[Normalizer]:
    """Return fitted normalizers from what `state` returned for each. Raises DataError for a damaged state."""
    normalizers = []
    for state in states:
        if not isinstance(state, Mapping) or not isinstance(state.get("name"), str):
            raise DataError(f"normalizers: found {state!r}, expected a name and its parameters")
        normalizer = normalizer_named(state["name"])
        normalizer.set_state(state)
        normalizers.append(normalizer)
    return normalizers


def _step(item: Any) -> Normalizer:
    if isinstance(item, str):
        return normalizer_named(item)
    if isinstance(item, Mapping) and isinstance(item.get("name"), str):
        return normalizer_named(item["name"], {key: value for key, value in item.items() if key != "name"})
    if isinstance(item, Normalizer):
        return item
    if isinstance(item, type) and issubclass(item, Normalizer):
        return item()
    if callable(item):
        return CallableNormalizer(item)
    names = ", ".join(NORMALIZERS.names())
    raise OptionError(f"normalizer={item!r}: expected a name ({names}), a Normalizer, a function, or a list of these")
