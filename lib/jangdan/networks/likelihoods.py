"""Likelihoods of counts as losses, written with keras.ops, so that they run on any backend; registered for saving.

Each is a deviance plus Stirling errors (Loader, "Fast and accurate computation of binomial probabilities", 2000): with
r(n) = log n! - n log n + n, the large terms of the log factorials cancel on paper and not in float32, which leaves an
error of about 1e-6 a count. Gradients do not depend on these terms.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from jangdan.errors import OptionError

_TINY = 1e-30  # a rate of zero has a large loss and no infinite one; counts / _TINY, a gradient, stays in float32
_SHIFT = 8  # from here on, four terms of Stirling's series are exact to float32


def multinomial_nll(counts: Any, rates: Any) -> Any:
    """Return -log P(counts | their total, rates' shares) over bins, shape (region, condition).

    counts: observed, rates: expected (of any total, at least 0), both (region, bins, condition), floating. With N the
    total and p the shares, N log N etc. as r above: sum(k log(k / (N p))) + sum(r(k)) - r(N). (Avsec et al. 2021,
    methods, the profile loss; scipy.stats.multinomial.) Raises OptionError for another rank.
    """
    if len(counts.shape) != 3:
        raise OptionError(
            f"multinomial: counts have shape {tuple(counts.shape)}, expected (region, bins, condition); take a target "
            "with bins"
        )
    total = ops.sum(counts, axis=1, keepdims=True)
    log_shares = _log(rates) - _log(ops.sum(rates, axis=1, keepdims=True))
    surprise = counts * (_log_of_positive(counts / ops.maximum(total, _TINY)) - log_shares)
    return ops.sum(surprise + _stirling_error(counts), axis=1) - _stirling_error(total)[:, 0]


def count_error(counts: Any, rates: Any) -> Any:
    """Return (log(1 + total counts) - log(1 + total rates)) ** 2 over bins, shape (region, condition).

    Shapes as for `multinomial_nll` (Avsec et al. 2021, methods, the count loss).
    """
    return ops.square(ops.log1p(ops.sum(counts, axis=1)) - ops.log1p(ops.sum(rates, axis=1)))


def poisson_nll(counts: Any, rates: Any) -> Any:
    """Return -log P(counts | rates) of each value, of the same shape: rate - k + k log(k / rate) + r(k).

    Keras' poisson leaves log k! out and adds 1e-7 to the rate, which a profile's small rates feel. (Oracle:
    scipy.stats.poisson.)
    """
    return rates - counts + counts * (_log_of_positive(counts) - _log(rates)) + _stirling_error(counts)


@keras.saving.register_keras_serializable("jangdan")
class Multinomial(keras.losses.Loss):
    """The mean of `multinomial_nll` over regions and conditions: the profile alone, whatever its total."""

    def __init__(self, name: str = "multinomial", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss, shape (region,)."""
        return ops.mean(multinomial_nll(y_true, y_pred), axis=-1)


@keras.saving.register_keras_serializable("jangdan")
class ProfileAndCounts(keras.losses.Loss):
    """`multinomial_nll` + count_weight * `count_error`: BPNet's loss (Avsec et al. 2021, methods).

    count_weight: the paper's lambda, at least 0. Half the mean total of the training regions weighs both parts alike.
    Raises OptionError for any other number.
    """

    def __init__(self, count_weight: float = 1.0, name: str = "profile_and_counts", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(count_weight, int | float) or not 0 <= count_weight < math.inf:
            raise OptionError(f"count_weight={count_weight!r}: expected a number of at least 0")
        self.count_weight = float(count_weight)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss, shape (region,)."""
        both = multinomial_nll(y_true, y_pred) + self.count_weight * count_error(y_true, y_pred)
        return ops.mean(both, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "count_weight": self.count_weight}


@keras.saving.register_keras_serializable("jangdan")
class PoissonNll(keras.losses.Loss):
    """The mean of `poisson_nll` over all values."""

    def __init__(self, name: str = "poisson_nll", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss, shape (region,)."""
        values = poisson_nll(y_true, y_pred)
        return ops.mean(values, axis=list(range(1, len(values.shape))))


@keras.saving.register_keras_serializable("jangdan")
class WeightedBinaryCrossentropy(keras.losses.Loss):
    """The mean over all values of -(a y log p + b (1 - y) log(1 - p)): of a target y from 0 to 1, a probability p.

    positives, negatives: a and b, one a condition (the last axis), or one for all. With 1 for both it is Keras'
    binary cross-entropy, and, as there, p is kept within 1e-7 of 0 and 1. Raises OptionError for weights below 0.
    """

    def __init__(
        self,
        positives: Sequence[float] = (1.0,),
        negatives: Sequence[float] = (1.0,),
        name: str = "binary_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        for key, weights in (("positives", positives), ("negatives", negatives)):
            if not all(0 <= weight < math.inf for weight in weights):
                raise OptionError(f"{key}={weights!r}: expected numbers of at least 0")
        self.positives, self.negatives = list(map(float, positives)), list(map(float, negatives))

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss, shape (region,)."""
        epsilon = keras.config.epsilon()
        likely = ops.clip(y_pred, epsilon, 1 - epsilon)
        positives, negatives = (ops.convert_to_tensor(w, dtype=y_pred.dtype) for w in (self.positives, self.negatives))
        values = -(positives * y_true * ops.log(likely) + negatives * (1 - y_true) * ops.log(1 - likely))
        return ops.mean(values, axis=list(range(1, len(values.shape))))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "positives": self.positives, "negatives": self.negatives}


def _log(rates: Any) -> Any:
    return ops.log(ops.maximum(rates, _TINY))


def _log_of_positive(counts: Any) -> Any:
    """log(k), and 0 where k is 0, since k log k is 0 there."""
    return ops.log(ops.where(counts > 0, counts, 1.0))


def _stirling_error(counts: Any) -> Any:
    """r(n) = log n! - n log n + n, elementwise, for n >= 0; for a broken number n! is Gamma(n + 1)."""
    small = ops.minimum(counts, float(_SHIFT))
    # log n! = log (n + 8)! - log((n + 1) ... (n + 8))
    moved, product = small + _SHIFT, ops.ones_like(counts)
    for i in range(1, _SHIFT + 1):
        product = product * (small + i)
    log_factorial = _stirling_series(moved) + moved * ops.log(moved) - moved - ops.log(product)
    exact = log_factorial - small * _log_of_positive(small) + small
    return ops.where(counts < _SHIFT, exact, _stirling_series(ops.maximum(counts, float(_SHIFT))))


def _stirling_series(n: Any) -> Any:
    """r(n) for n >= 8: log(2 pi n) / 2 + 1 / 12n - 1 / 360n^3 + 1 / 1260n^5 (Abramowitz and Stegun 6.1.41)."""
    square = n * n
    return 0.5 * ops.log(2 * math.pi * n) + (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / n
