"""What may be given as `normalizer`, whole arrays, and chains kept in a file."""

import json
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from jangdan.errors import DataError, InputFileError, MissingFileError, OptionError
from jangdan.genome.contigs import Contigs
from jangdan.genome.interval import Interval
from jangdan.normalize.bin_positions import Places
from jangdan.normalize.normalizers import (
    CallableNormalizer,
    LogTransform,
    PercentileTrimming,
    Tpm,
    ZScore,
    load_normalizers,
    normalize_garray_tpm,
    normalizers_of,
    save_normalizers,
)
from jangdan.records.kinds import NORMALIZERS
from jangdan.storage.genomic_array import GenomicArray
from jangdan.storage.layout import Layout
from jangdan.storage.region_array import RegionArray
from jangdan.storage.values import SparseValues

BINS = Places.nowhere(10)
VALUES = np.random.default_rng(5).poisson(2, (60, 2, 2)).astype(np.float64)


def genome_array() -> GenomicArray:
    return GenomicArray(Layout.of_genome({"chr1": 400, "chr2": 200}, 10), VALUES.astype(np.float32), ("a", "b"))


def double(garray: GenomicArray) -> None:
    garray.data[...] *= 2


def test_names_objects_classes_functions_and_lists() -> None:
    zscore = ZScore()
    assert normalizers_of(None) == []
    assert [type(n) for n in normalizers_of("tpm")] == [Tpm]
    assert normalizers_of(zscore)[0] is zscore
    chain = normalizers_of(["log", LogTransform, zscore, double, lambda g: g])
    kinds = [LogTransform, LogTransform, ZScore, CallableNormalizer, CallableNormalizer]
    assert [type(n) for n in chain] == kinds
    names = ("log", "zscore", "zscorelog")
    assert [n.name for n in normalizers_of(names)] == list(names)


def test_a_name_may_have_parameters() -> None:
    trimming, zscore = normalizers_of([{"name": "perctrim", "percentile": 95}, {"name": "zscore", "std": 2}])
    trimming.fit(VALUES, BINS)
    np.testing.assert_allclose(trimming.limit, np.percentile(VALUES, 95, axis=(0, 1)))
    assert (zscore.mean, zscore.std) == (None, 2)
    with pytest.raises(OptionError, match=r"normalizer: perctrim: percentil: unknown key; did you mean percentile\?"):
        normalizers_of({"name": "perctrim", "percentil": 95})
    with pytest.raises(OptionError, match="normalizer: log: percentile: unknown key"):
        normalizers_of({"name": "log", "percentile": 95})


@pytest.mark.parametrize("spec", ["tmp", 5, ["tpm", None], [["tpm"]], {"tpm": 1}])
def test_anything_else_is_named(spec: object) -> None:
    with pytest.raises(OptionError, match=r"normalizer=.*zscorelog"):
        normalizers_of(spec)


def test_a_function_changes_the_array_or_returns_another() -> None:
    for function in (double, lambda g: LogTransform()(g), normalize_garray_tpm):
        expected = genome_array()
        returned = function(expected)
        result = CallableNormalizer(function)(genome_array())
        np.testing.assert_array_equal(result.data, (expected if returned is None else returned).data)


def test_a_function_also_changes_sparse_values() -> None:
    array = genome_array()
    array.values = SparseValues.of_dense(array.data)
    np.testing.assert_array_equal(CallableNormalizer(double)(array).data, VALUES.astype(np.float32) * 2)
    np.testing.assert_array_equal(array.data, VALUES.astype(np.float32))


def test_what_a_function_returns_is_checked() -> None:
    other = GenomicArray.empty(Layout.of_genome({"c": 5}), ("a",))
    for function in (lambda g: g.data, lambda g: 3, lambda g: other):
        with pytest.raises(DataError, match=r"lambda.*: returned .*, expected the GenomicArray it was given"):
            CallableNormalizer(function)(genome_array())
    with pytest.raises(OptionError, match="whole array"):
        CallableNormalizer(double).transform(VALUES, BINS)


def test_an_object_called_with_an_array_fits_itself_and_leaves_the_array() -> None:
    array, zscore = genome_array(), ZScore()
    array.padding = 3
    result = zscore(array)
    flat = VALUES.reshape(-1, 2)
    np.testing.assert_allclose(zscore.mean, flat.mean(axis=0))
    np.testing.assert_allclose(result.data, (VALUES - flat.mean(axis=0)) / flat.std(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(array.data, VALUES.astype(np.float32))
    past = result[Interval("chr1", -10, 0)][0, 0]
    np.testing.assert_allclose(past, (3 - flat.mean(axis=0)) / flat.std(axis=0), rtol=1e-5)
    assert zscore(array).data.dtype == np.float32


def test_tpm_of_a_whole_array() -> None:
    array = genome_array()
    result = normalize_garray_tpm(array)
    np.testing.assert_allclose(result.data, VALUES / VALUES.sum(axis=(0, 1)) * 1e6, rtol=1e-5)
    np.testing.assert_array_equal(array.data, VALUES.astype(np.float32))
    start, length = np.arange(60) * 1000, np.arange(60) * 10 + 100
    genes = RegionArray(
        Contigs.of_names(["chr1"]), np.zeros(60, dtype=np.int64), start, start + length, VALUES, ("a", "b")
    )
    rates = VALUES / length[:, None, None]
    np.testing.assert_allclose(normalize_garray_tpm(genes).data, rates / rates.sum(axis=(0, 1)) * 1e6, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:.*regionmask")
def test_a_saved_chain_gives_the_same_bits(tmp_path: Path) -> None:
    mask = [Interval("chr1", 0, 200)]
    chain = normalizers_of([*NORMALIZERS.names(), PercentileTrimming(95.5), Tpm(mask), ZScore(1 / 3, 0.1)])
    for normalizer in chain:
        normalizer.fit(VALUES, BINS)
    save_normalizers(chain, tmp_path / "n.json")
    again = load_normalizers(tmp_path / "n.json")
    assert [type(n) for n in again] == [type(n) for n in chain]
    assert again[-3].percentile == 95.5
    for one, other in zip(chain, again, strict=True):
        np.testing.assert_array_equal(one.transform(VALUES, BINS), other.transform(VALUES, BINS))


def test_what_cannot_be_saved_is_named_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"normalizer=double: a function cannot be saved"):
        save_normalizers(normalizers_of(double), tmp_path / "n.json")
    with pytest.raises(DataError, match="has no mean yet"):
        save_normalizers([ZScore()], tmp_path / "n.json")
    assert not list(tmp_path.iterdir())


def saved(tmp_path: Path) -> Path:
    chain = normalizers_of(["zscore", "perctrim", "tpm"])
    for normalizer in chain:
        normalizer.fit(VALUES, BINS)
    save_normalizers(chain, tmp_path / "n.json")
    return tmp_path / "n.json"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "no file of normalizers"),
        ({"version": 99}, "version 99, expected 1"),
        ({"normalizers": None}, "expected a list"),
        ({"normalizers": ["zscore"]}, "expected a name"),
        ({"normalizers": [{"name": "zscor"}]}, "expected one of"),
        ({"normalizers": [{"name": []}]}, "expected a name"),
        ({"normalizers": [{"name": "zscore", "mean": [1]}]}, "its std is None"),
        ({"normalizers": [{"name": "zscore", "mean": [1], "std": ["x"]}]}, "its std is"),
        ({"normalizers": [{"name": "zscore", "mean": [1], "std": [-1]}]}, "its std is"),
        ({"normalizers": [{"name": "zscore", "mean": [1, float("nan")], "std": [1, 1]}]}, "finite"),
        ({"normalizers": [{"name": "perctrim", "limit": 3}]}, "its percentile is None"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, change: dict, message: str) -> None:
    path = saved(tmp_path)
    document = {**json.loads(path.read_text()), **change}
    document["checksum"] = crc32(json.dumps(document["normalizers"], sort_keys=True).encode())
    path.write_text(json.dumps(document))
    with pytest.raises(InputFileError, match=rf"n\.json: .*{message}"):
        load_normalizers(path)


def test_a_flipped_bit_is_an_error_or_changes_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path)
    text = path.read_bytes()
    expected = [n.state() for n in load_normalizers(path)]
    refused = 0
    for place in range(len(text)):
        path.write_bytes(text[:place] + bytes([text[place] ^ (1 << place % 8)]) + text[place + 1 :])
        try:
            assert [n.state() for n in load_normalizers(path)] == expected
        except InputFileError:
            refused += 1
    assert refused > len(text) // 2


def test_a_cut_file_is_an_error_wherever_it_is_cut(tmp_path: Path) -> None:
    path = saved(tmp_path)
    text = path.read_bytes()
    for end in range(0, len(text.rstrip()), 7):
        path.write_bytes(text[:end])
        with pytest.raises(InputFileError, match="no JSON"):
            load_normalizers(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputFileError, match="no JSON"):
        load_normalizers(path)
    path.write_text("[" * 100_000)
    with pytest.raises(InputFileError, match="no JSON"):
        load_normalizers(path)
    with pytest.raises(MissingFileError):
        load_normalizers(tmp_path / "none.json")
