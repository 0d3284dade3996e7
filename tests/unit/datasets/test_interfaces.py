"""Datasets are taken as they are by Keras, tf.data, torch and scikit-learn."""

import importlib
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score, train_test_split

from jangdan.data import Array, Bioseq, Cover, GenomicIndexer, Interval, ReduceDim
from jangdan.datasets.tf_data import to_tf_dataset
from jangdan.formats.fasta.reader import write_fasta

LETTERS = "".join(np.random.default_rng(8).choice(list("ACGT"), 3000))


@pytest.fixture(scope="module")
def dna(tmp_path_factory: pytest.TempPathFactory) -> Bioseq:
    path = tmp_path_factory.mktemp("g") / "g.fa"
    write_fasta(path, [("chr1", LETTERS)])
    return Bioseq.create_from_refgenome("dna", str(path), [Interval("chr1", 0, 3000)], binsize=50)


@pytest.fixture(scope="module")
def labels(dna: Bioseq) -> Array:
    return Array("gc", np.array([[sum(x in "GC" for x in LETTERS[i : i + 50]) / 50] for i in range(0, 3000, 50)]))


def test_keras_fits_and_predicts(dna: Bioseq, labels: Array) -> None:
    import keras

    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    history = model.fit(dna, labels, epochs=30, verbose=0)
    assert history.history["loss"][-1] < 0.2 * history.history["loss"][0]
    assert model.predict(dna, verbose=0).shape == (60, 1)


def test_scikit_learn_fits(dna: Bioseq, labels: Array) -> None:
    composition = ReduceDim(dna, aggregator="mean")
    assert cross_val_score(Ridge(1e-6), np.asarray(composition), labels).min() > 0.99
    model = Ridge(1e-6).fit(composition, labels)
    assert model.score(composition, labels) > 0.99
    train, test = train_test_split(composition, random_state=0)
    assert (len(train), len(test)) == (45, 15)


def test_tf_data_streams_batches_in_order(dna: Bioseq, labels: Array) -> None:
    stream = to_tf_dataset(dna, labels, batch_size=16)
    batches = [(x.numpy(), y.numpy()) for x, y in stream]
    assert [len(x) for x, _ in batches] == [16, 16, 16, 12]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in batches]), dna[:])
    np.testing.assert_allclose(np.concatenate([y for _, y in batches]), labels[:], rtol=1e-6)
    assert stream.element_spec[0].shape.as_list() == [None, 50, 1, 4]
    assert int(stream.cardinality()) == 4


def test_tf_data_shuffles_anew_each_epoch_from_a_seed(dna: Bioseq, labels: Array) -> None:
    def epochs() -> list[np.ndarray]:
        stream = to_tf_dataset({"dna": dna}, {"gc": labels}, batch_size=7, seed=3)
        return [np.concatenate([y["gc"].numpy() for _, y in stream])[:, 0] for _ in range(2)]

    (one, two), again = epochs(), epochs()
    np.testing.assert_allclose(sorted(one), sorted(labels[:, 0]))
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal([one, two], again)


def test_tf_data_feeds_keras(dna: Bioseq, labels: Array) -> None:
    import keras

    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    stream = to_tf_dataset(dna, labels, batch_size=8, seed=0)
    losses = model.fit(stream, epochs=20, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.torch
@pytest.mark.parametrize("workers", [0, 2])
def test_torch_loads_batches(dna: Bioseq, workers: int) -> None:
    torch = importlib.import_module("torch")
    loader = torch.utils.data.DataLoader(dna, batch_size=16, num_workers=workers)
    batches = [batch.numpy() for batch in loader]
    np.testing.assert_array_equal(np.concatenate(batches)[:, 0], dna[:])


def test_what_does_not_fit_together_is_refused(dna: Bioseq) -> None:
    from jangdan.errors import DataError

    with pytest.raises(DataError, match="number of regions"):
        to_tf_dataset(dna, Array("y", np.zeros((3, 1))), batch_size=4)


def test_the_data_part_needs_no_framework() -> None:
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'torch', 'jax'):\n    sys.modules[name] = None\n"
        "import numpy as np\n"
        "from jangdan.data import *\n"
        "w = GenomicIndexer.create_from_file([Interval('chr1', 0, 40)], binsize=10)\n"
        "c = Cover.create_from_array('c', np.ones((4, 10, 2, 1)), w)\n"
        "print(ReduceDim(c)[:].sum())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "80.0"
    assert isinstance(GenomicIndexer, type)
    assert isinstance(Cover, type)
