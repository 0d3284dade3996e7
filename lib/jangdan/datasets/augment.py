"""Random wrappers: augmentation, drawn from a seed, that leaves what it reads as it is.

A draw depends on the seed, the region, and how often this region was read before: neither on the order of
reading, nor on how regions are batched or divided among workers. `set_epoch` starts over from a number of readings,
so that an epoch can be repeated.
"""

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jangdan.datasets.dataset import STILL, Dataset, Index, Indices, Jitter, resolve_index
from jangdan.datasets.wrappers import Wrapper, innermost, is_placed
from jangdan.errors import DataError, OptionError

_GAMMA = np.uint64(0x9E3779B97F4A7C15)


class Draws:
    """Uniform numbers in [0, 1) by region, a new one at each reading of it.

    SplitMix64: Steele, Lea and Flood, OOPSLA 2014, as a hash of (seed, region, reading).
    """

    def __init__(self, seed: int, length: int) -> None:
        if not isinstance(seed, (int, np.integer)) or seed < 0:
            raise OptionError(f"seed={seed!r}: expected a whole number of at least 0")
        self.seed = int(seed)
        self.readings = np.zeros(length, dtype=np.uint64)

    def draw(self, indices: Indices) -> NDArray[np.float64]:
        """Return a number for each of `indices`; of a region that comes twice, two."""
        readings = self.readings[indices] + _repeats(indices)
        np.add.at(self.readings, indices, np.uint64(1))
        with np.errstate(over="ignore"):
            state = _mixed(np.full(len(indices), self.seed, dtype=np.uint64) * _GAMMA + _GAMMA)
            state = _mixed(state ^ (indices.astype(np.uint64) * _GAMMA))
            state = _mixed(state ^ (readings * _GAMMA))
        return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def set_epoch(self, epoch: int) -> None:
        """Draw from now on as if every region had been read `epoch` times."""
        self.readings[:] = epoch


class RandomWrapper(Wrapper):
    """Base of wrappers that draw a number for each region at each reading."""

    def __init__(self, array: Dataset, seed: int = 0) -> None:
        super().__init__(array)
        self.draws = Draws(seed, len(array))

    def set_epoch(self, epoch: int) -> None:
        """Draw from now on as if every region had been read `epoch` times."""
        self.draws.set_epoch(epoch)
        if hasattr(self.wrapped, "set_epoch"):
            self.wrapped.set_epoch(epoch)

    def _around(self, wrapped: Dataset) -> Self:
        other = super()._around(wrapped)
        other.draws = Draws(self.draws.seed, len(wrapped))
        return other


class RandomOrientation(RandomWrapper):
    """Show each region in one of its two directions, drawn with equal chance.

    In the other direction bins come in reverse and strands are exchanged; of a sequence, it is the reverse complement.
    """

    def __init__(self, array: Dataset, seed: int = 0) -> None:
        super().__init__(array, seed)
        _require_placed(array, "RandomOrientation")

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        return self.wrapped._read(indices, jitter.flipped(self.draws.draw(indices) < 0.5))


class RandomSignalScale(RandomWrapper):
    """Multiply each region by a factor drawn from 1 - deviance to 1 + deviance."""

    def __init__(self, array: Dataset, deviance: float, seed: int = 0) -> None:
        super().__init__(array, seed)
        if not isinstance(deviance, Real) or deviance < 0:
            raise OptionError(
                f"deviance={deviance!r}: expected 0 or more; factors are from 1 - deviance to 1 + deviance"
            )
        self.deviance: float = deviance

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        values = self.wrapped._read(indices, jitter)
        factor = 1 + self.deviance * (2 * self.draws.draw(indices) - 1)
        kind = values.dtype if values.dtype.kind == "f" else np.dtype(np.float32)
        return values * factor.astype(kind).reshape(-1, *(1,) * (values.ndim - 1))


class RandomShift(RandomWrapper):
    """Read each region up to `shift` bp further left or right on the genome, each distance with equal chance.

    Distances are multiples of `step` bp, by default of the dataset's resolution. What comes in from beside the
    region is the genome's where it is stored, else padding.
    """

    def __init__(self, array: Dataset, shift: int, seed: int = 0, step: int | None = None) -> None:
        super().__init__(array, seed)
        _require_placed(array, "RandomShift")
        self.shift, self.step = _shift_options(shift, step, [array])

    def _read(self, indices: Indices, jitter: Jitter = STILL) -> NDArray[Any]:
        return self.wrapped._read(indices, jitter.shifted(distances(self.draws.draw(indices), self.shift, self.step)))


class _Joint:
    """Several datasets over the same regions, read together: what is drawn for a region holds for all of them."""

    def __init__(self, datasets: Sequence[Dataset] | Mapping[str, Dataset], seed: int = 0) -> None:
        chosen = list(datasets.values()) if isinstance(datasets, Mapping) else list(datasets)
        self.datasets = {dataset.name: dataset for dataset in chosen}
        lengths = {name: len(dataset) for name, dataset in self.datasets.items()}
        if not chosen or len(self.datasets) != len(chosen) or len(set(lengths.values())) != 1:
            raise DataError(f"datasets: expected different names and one number of regions, found {lengths}")
        self.draws = Draws(seed, len(chosen[0]))

    def __len__(self) -> int:
        return len(self.draws.readings)

    def __getitem__(self, index: Index) -> dict[str, NDArray[Any]]:
        """Return name -> data of the regions at `index`, as of a dataset, all altered alike."""
        indices = resolve_index(index, len(self))
        jitter = self._jitter(self.draws.draw(indices))
        return {name: dataset._read(indices, jitter) for name, dataset in self.datasets.items()}

    def set_epoch(self, epoch: int) -> None:
        """Draw from now on as if every region had been read `epoch` times."""
        self.draws.set_epoch(epoch)

    def _jitter(self, drawn: NDArray[np.float64]) -> Jitter:
        raise NotImplementedError


class JointReverseComplement(_Joint):
    """Read sequence, signal and target of a region in the same direction, which is the other one with `probability`.

    Sequences become their reverse complement, signals are reversed with their strands exchanged; labels stay.
    """

    def __init__(
        self, datasets: Sequence[Dataset] | Mapping[str, Dataset], seed: int = 0, probability: float = 0.5
    ) -> None:
        super().__init__(datasets, seed)
        if not 0 <= probability <= 1:
            raise OptionError(f"probability={probability}: expected 0 to 1")
        self.probability = probability

    def _jitter(self, drawn: NDArray[np.float64]) -> Jitter:
        return STILL.flipped(drawn < self.probability)


class JointShift(_Joint):
    """Read sequence, signal and target of a region the same distance further on, up to `shift` bp either way.

    Distances are multiples of `step` bp, by default of the largest resolution among the datasets.
    """

    def __init__(
        self, datasets: Sequence[Dataset] | Mapping[str, Dataset], shift: int, seed: int = 0, step: int | None = None
    ) -> None:
        super().__init__(datasets, seed)
        self.shift, self.step = _shift_options(shift, step, list(self.datasets.values()))

    def _jitter(self, drawn: NDArray[np.float64]) -> Jitter:
        return STILL.shifted(distances(drawn, self.shift, self.step))


def _require_placed(array: Dataset, wrapper: str) -> None:
    if not is_placed(array):
        raise OptionError(
            f"{wrapper}: dataset {array.name!r} has no place on the genome, hence no direction; use a Cover"
        )


def _shift_options(shift: int, step: int | None, datasets: Sequence[Dataset]) -> tuple[int, int]:
    chosen = step if step is not None else int(np.lcm.reduce([_resolution(dataset) for dataset in datasets]))
    if shift < 0 or chosen < 1 or shift % chosen:
        raise OptionError(f"shift={shift}: expected 0 or a multiple of {chosen} bp, the step between distances")
    return shift, chosen


def _resolution(dataset: Dataset) -> int:
    return getattr(getattr(innermost(dataset), "garray", None), "resolution", None) or 1


def distances(drawn: NDArray[np.float64], shift: int, step: int) -> NDArray[np.int64]:
    """Turn numbers in [0, 1) into multiples of `step` bp from -shift to shift, all as likely."""
    count = 2 * (shift // step) + 1
    return (np.floor(drawn * count).astype(np.int64) - shift // step) * step


def _repeats(indices: Indices) -> NDArray[np.uint64]:
    """Return for each place how often the same region came before it in `indices`."""
    order = np.argsort(indices, kind="stable")
    ranked = indices[order]
    first = np.flatnonzero(np.diff(ranked, prepend=-1))
    repeats = np.empty(len(indices), dtype=np.uint64)
    repeats[order] = np.arange(len(indices)) - np.repeat(first, np.diff(first, append=len(indices)))
    return repeats


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
