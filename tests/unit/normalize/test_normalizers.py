"""Normalizers against NumPy, scikit-learn and worked examples; parameters that are kept and reused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from jangdan.errors import DataError, OptionError
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.normalizers import (
    MinMax,
    PercentileTrimming,
    RegionLengthNormalization,
    Rpkm,
    Tpm,
    ZScore,
    ZScoreLog,
    from_states,
    normalizer_named,
)
from jangdan.records.kinds import NORMALIZERS

VALUES = np.random.default_rng(1).gamma(1.0, 5.0, (400, 2, 3))
FLAT = VALUES.reshape(-1, 3)
BINS = Places.nowhere(50)
LENGTHS = np.random.default_rng(2).integers(100, 5000, 400)


def regions(length: np.ndarray) -> Places:
    start = np.arange(len(length)) * 10_000
    return Places.of_regions(("chr1",), np.zeros(len(length), dtype=np.int64), start, start + length)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log", np.log(FLAT + 1)),
        ("zscore", StandardScaler().fit_transform(FLAT)),
        ("zscorelog", StandardScaler().fit_transform(np.log(FLAT + 1))),
        ("minmax", MinMaxScaler().fit_transform(FLAT)),
        ("max", MaxAbsScaler().fit_transform(FLAT)),
        ("perctrim", np.minimum(FLAT, np.percentile(FLAT, 99, axis=0))),
        ("tpm", FLAT / 0.05 / (FLAT.sum(axis=0) / 0.05 / 1e6)),
        ("rpkm", FLAT / 0.05 / (FLAT.sum(axis=0) / 1e6)),
        ("binsizenorm", FLAT / 0.05 / (FLAT.sum(axis=0) / 1e6)),
        ("regionlength", FLAT / 0.05),
    ],
)
def test_values_are_those_of_the_formula(name: str, expected: np.ndarray) -> None:
    before = VALUES.copy()
    normalizer = normalizer_named(name)
    normalizer.fit(VALUES, BINS)
    np.testing.assert_allclose(normalizer.transform(VALUES, BINS).reshape(-1, 3), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(VALUES, before)


def test_a_worked_example_of_tpm_and_rpkm() -> None:
    # three genes of 2, 4 and 1 kb with 10, 20 and 5 reads: 5 reads per kb each, a third of all rates
    reads = np.array([10.0, 20.0, 5.0]).reshape(3, 1, 1)
    places = regions(np.array([2000, 4000, 1000]))
    for normalizer, expected in ((Tpm(), [1e6 / 3] * 3), (Rpkm(), [5 / 35e-6] * 3)):
        normalizer.fit(reads, places)
        np.testing.assert_allclose(normalizer.transform(reads, places).ravel(), expected)


def test_tpm_of_regions_of_any_length_sums_up_to_a_million() -> None:
    tpm = Tpm()
    tpm.fit(VALUES, regions(LENGTHS))
    np.testing.assert_allclose(tpm.transform(VALUES, regions(LENGTHS)).sum(axis=(0, 1)), 1e6)


def test_with_equal_bins_tpm_and_rpkm_differ_by_the_length_in_kb() -> None:
    tpm, rpkm = Tpm(), Rpkm()
    for normalizer in (tpm, rpkm):
        normalizer.fit(VALUES, BINS)
    np.testing.assert_allclose(rpkm.transform(VALUES, BINS), tpm.transform(VALUES, BINS) / 0.05)


@pytest.mark.parametrize(("kind", "seen"), [(ZScore, VALUES), (ZScoreLog, np.log(VALUES + 1))])
def test_where_lengths_vary_each_base_counts_alike(kind: type[ZScore], seen: np.ndarray) -> None:
    zscore = kind()
    zscore.fit(VALUES, regions(LENGTHS))
    flat, weights = seen.reshape(-1, 3), np.repeat(LENGTHS, 2)
    mean = np.average(flat, axis=0, weights=weights)
    spread = np.sqrt(np.average((flat - mean) ** 2, axis=0, weights=weights))
    np.testing.assert_allclose(zscore.mean, mean)
    np.testing.assert_allclose(zscore.std, spread)
    # the same as when every base stood in a bin of its own
    few = LENGTHS[:20] // 100
    bases = np.repeat(seen[:20], few, axis=0).reshape(-1, 3)
    by_base = kind()
    by_base.fit(VALUES[:20], regions(few))
    np.testing.assert_allclose(by_base.mean, StandardScaler().fit(bases).mean_)
    np.testing.assert_allclose(by_base.std, StandardScaler().fit(bases).scale_)


def test_regions_that_happen_to_be_alike_are_as_bins() -> None:
    assert regions(np.full(5, 200)).length == 200
    a, b = ZScore(), ZScore()
    a.fit(VALUES, regions(np.full(400, 50)))
    b.fit(VALUES, BINS)
    np.testing.assert_array_equal(a.mean, b.mean)


_ORACLES = {
    "zscore": lambda a, b: StandardScaler().fit(a).transform(b),
    "minmax": lambda a, b: MinMaxScaler().fit(a).transform(b),
    "max": lambda a, b: MaxAbsScaler().fit(a).transform(b),
    "perctrim": lambda a, b: np.minimum(b, np.percentile(a, 99, axis=0)),
}
_values = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(2), st.just(2)), elements=st.integers(-50, 1000))


@pytest.mark.parametrize("name", _ORACLES)
@given(fitted=_values, other=_values)
@settings(max_examples=40, deadline=None)
def test_fitted_on_one_and_applied_to_another(name: str, fitted: np.ndarray, other: np.ndarray) -> None:
    normalizer = normalizer_named(name)
    normalizer.fit(fitted, BINS)
    normalizer.fit(other, BINS)
    expected = _ORACLES[name](fitted.reshape(-1, 2), other.reshape(-1, 2))
    np.testing.assert_allclose(normalizer.transform(other, BINS).reshape(-1, 2), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NORMALIZERS.names())
def test_kept_parameters_give_the_same_values(name: str) -> None:
    normalizer = normalizer_named(name)
    normalizer.fit(VALUES, BINS)
    again = from_states(json.loads(json.dumps([normalizer.state()])))
    assert again[0].fitted
    np.testing.assert_array_equal(again[0].transform(VALUES, BINS), normalizer.transform(VALUES, BINS))


def test_given_parameters_are_used_for_all_conditions_and_stay() -> None:
    zscore = ZScore(mean=2, std=4.0)
    assert zscore.fitted
    zscore.fit(VALUES, BINS)
    np.testing.assert_array_equal(zscore.transform(VALUES, BINS), (VALUES - 2) / 4)
    centred = ZScoreLog(mean=[0, 1, 2])
    assert not centred.fitted
    centred.fit(VALUES, BINS)
    np.testing.assert_allclose(centred.std, np.log(FLAT + 1).std(axis=0))
    np.testing.assert_array_equal(centred.mean, [0, 1, 2])


def test_conditions_without_spread_or_reads() -> None:
    nothing = np.zeros((5, 1, 2))
    for name in NORMALIZERS.names():
        normalizer = normalizer_named(name)
        normalizer.fit(nothing, BINS)
        np.testing.assert_array_equal(normalizer.transform(nothing, BINS), nothing)
    constant = MinMax()
    constant.fit(nothing + 7, BINS)
    np.testing.assert_array_equal(constant.transform(nothing + 7, BINS), nothing)


@pytest.mark.parametrize("percentile", [0, -1, 101, float("nan"), "many", [5, 6], None])
def test_a_percentile_that_cannot_be_is_named(percentile: object) -> None:
    with pytest.raises(OptionError, match="percentile="):
        PercentileTrimming(percentile)


@pytest.mark.parametrize("options", [{"mean": "x"}, {"mean": np.nan}, {"std": -1}, {"std": [[1.0]]}, {"mean": []}])
def test_a_mean_or_std_that_cannot_be_is_named(options: dict) -> None:
    with pytest.raises(OptionError, match=f"{next(iter(options))}="):
        ZScore(**options)


@pytest.mark.parametrize("name", sorted(set(NORMALIZERS.names()) - {"log", "regionlength"}))
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_fit_nothing(name: str, bad: float) -> None:
    values = np.ones((300, 1, 1))
    values[-5:] = bad
    normalizer = normalizer_named(name)
    with pytest.raises(DataError, match="NaN or infinity"):
        normalizer.fit(values, BINS)
    assert not normalizer.fitted


def test_mistakes_are_named() -> None:
    with pytest.raises(OptionError, match=r"normalizer='zscor': expected one of .*log.*zscorelog"):
        normalizer_named("zscor")
    with pytest.raises(DataError, match="x > -1"):
        normalizer_named("log").transform(np.array([[[-2.0]]]), BINS)
    with pytest.raises(DataError, match="has no mean yet"):
        ZScore().transform(VALUES, BINS)
    with pytest.raises(DataError, match="no value"):
        ZScore().fit(VALUES[:0], BINS)
    with pytest.raises(DataError, match="less than 0"):
        Tpm().fit(-VALUES, BINS)
    three = ZScore()
    three.fit(VALUES, BINS)
    with pytest.raises(DataError, match="fitted on 3 conditions, found 1"):
        three.transform(VALUES[:, :, :1], BINS)
    assert RegionLengthNormalization().fitted
