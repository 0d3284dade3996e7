"""Jobs of the models' side: feeding Keras, variants, attributions."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from jangdan.data import Array, Bioseq
from jangdan.formats.vcf import read_variants
from jangdan.interpret.integrated_gradients import integrated_gradients
from jangdan.interpret.variants import SCORED, allele_windows, classify, window_starts
from jangdan.models.predict import logit_model, predict_arrays
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.registry import build_model
from jangdan.training.batch_feed import Feed
from tests.benchmarks.measure import Goal, Result, measure

Job = Callable[[Path], Result]
LENGTH, BATCH = 200, 128


def feed(data: Path) -> Result:
    """Hand all batches of codes to Keras, without a training step."""
    dna, labels, codes = _dataset(data)
    rows = Feed({"dna": dna}, labels, BATCH, seed=0)

    def raw() -> None:
        order = np.random.default_rng(0).permutation(len(codes))
        for start in range(0, len(order), BATCH):
            codes[order[start : start + BATCH]]

    def agrees(batches: list[Any]) -> bool:
        return sorted(c.tobytes() for x, _ in batches for c in x["dna"]) == sorted(c.tobytes() for c in codes)

    return measure(
        "feed to Keras, codes in batches of 128",
        Goal(">= 200 k windows/s", rate=2e5),
        lambda: [rows[i] for i in range(len(rows))],
        ("index a raw array", raw),
        agrees=agrees,
        units=len(codes),
    )


def epoch(data: Path) -> Result:
    """Train an epoch from datasets, against model.fit on raw arrays."""
    dna, labels, codes = _dataset(data)
    ours, theirs = _model(), _model()
    raw = labels[:].astype(np.float32)
    for model in (ours, theirs):
        model.compile("adam", "binary_crossentropy")
    rows = Feed({"dna": dna}, labels, BATCH, seed=0)
    return measure(
        f"epoch of {len(codes)} windows from datasets",
        Goal("<= 1.05x of raw arrays", ratio=1.05),
        lambda: ours.fit(rows, epochs=1, verbose=0).history["loss"][0],
        ("model.fit on arrays", lambda: theirs.fit({"dna": codes}, raw, batch_size=BATCH, epochs=1, verbose=0)),
        agrees=lambda loss: 0 < loss < 2,
        rounds=3,
    )


def variants(data: Path) -> Result:
    """Score 1,000 SNVs: both alleles through the model."""
    genome = Bioseq.create_from_refgenome("dna", str(data / "genome.fa"), store_whole_genome=True).garray
    body, path = logit_model(_model()), str(data / "snv.vcf")
    rng = np.random.default_rng(0)
    batches = [rng.integers(0, 4, (500, LENGTH)).astype(np.uint8) for _ in range(4)]

    def ours() -> np.ndarray:
        table = classify(read_variants(path), genome)
        scored = table[table["status"] == SCORED]
        starts = window_starts(scored["pos"].to_numpy(), LENGTH, 1)
        effect = np.zeros(len(scored))
        for pair in allele_windows(scored, genome, starts, LENGTH):
            outputs = [predict_arrays(body, {"dna": codes})[:, 0] for codes in (pair.reference, pair.alternative)]
            effect[pair.index] = outputs[1] - outputs[0]
        return effect

    def agrees(effect: np.ndarray) -> bool:
        table = read_variants(path)
        row = table.iloc[17]
        number = genome.layout.number(row["chrom"])
        window = genome.gather([number], [row["pos"] - LENGTH // 2], LENGTH)[:, :, 0, 0]
        edited = window.copy()
        edited[0, LENGTH // 2] = "ACGT".index(row["alt"])
        one, other = (predict_arrays(body, {"dna": codes})[0, 0] for codes in (window, edited))
        return len(effect) == len(table) and abs(effect[17] - (other - one)) < 1e-5

    return measure(
        "effects of 1,000 SNVs, exact",
        Goal("<= 1.15x predict of 2,000 windows", ratio=1.15),
        ours,
        ("predict 2,000 windows", lambda: [predict_arrays(body, {"dna": codes}) for codes in batches]),
        agrees=agrees,
    )


def attribution(data: Path) -> Result:
    """Integrated gradients of 10 regions."""
    model, codes = _model(), np.random.default_rng(0).integers(0, 4, (10, LENGTH)).astype(np.uint8)
    body = logit_model(model)

    def predictions() -> None:
        for _ in range(32):
            predict_arrays(body, {"dna": codes})

    return measure(
        "integrated gradients, 10 regions, 32 steps",
        Goal("<= 0.3 s", seconds=0.3),
        lambda: integrated_gradients(model, {"dna": codes}, 0, steps=32),
        ("32 predictions of them", predictions),
        agrees=lambda found: bool((np.abs(found.residual) < 0.05 * np.abs(found.output - found.baseline) + 0.01).all()),
    )


def _dataset(data: Path) -> tuple[Bioseq, Array, np.ndarray]:
    dna = Bioseq.create_from_refgenome(
        "dna", str(data / "genome.fa"), str(data / "roi.bed"), binsize=LENGTH, storage="hdf5", store_whole_genome=True
    )
    codes = dna.letters(slice(None))
    labels = (np.count_nonzero((codes == 1) | (codes == 2), axis=1) > 80).astype(np.float32)
    return dna, Array("label", labels[:, None], conditions=["gc"]), codes


def _model() -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = (InputDescription("dna", "sequence"),)
    return build_model(
        ModelDescription("bench", "cnn", {}, LENGTH, inputs, "label", ("gc",), "binary_crossentropy", "sigmoid")
    )


JOBS: dict[str, Job] = {"feed": feed, "epoch": epoch, "variants": variants, "attribution": attribution}
