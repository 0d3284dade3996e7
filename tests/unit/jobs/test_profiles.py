"""Profiles from files to tracks: read in step with the sequence, turned back to the genome, and known answers."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyBigWig
import pytest
from scipy import stats
from tests.configs import coverage, loaded, said_of
from tests.unit.jobs.conftest import save_observed, split_file

from jangdan.datasets.array import Array
from jangdan.datasets.bioseq import Bioseq
from jangdan.datasets.wrappers import StrandsAsConditions
from jangdan.errors import DataError, OptionError
from jangdan.formats.fasta.reader import write_fasta
from jangdan.formats.region_table import region_table
from jangdan.genome.indexer import GenomicIndexer
from jangdan.genome.region_file import write_regions
from jangdan.jobs.attribute import attribute, best_windows
from jangdan.jobs.build import coverage_file, sequence_file
from jangdan.jobs.compare import compare
from jangdan.jobs.evaluate import evaluate
from jangdan.jobs.export_bigwig import export_track
from jangdan.jobs.model_inputs import open_target
from jangdan.jobs.predictions import load_predictions, save_predictions
from jangdan.jobs.profile_loss import loss_for
from jangdan.jobs.profiles import bins_of, columns_of, on_genome
from jangdan.jobs.score_variants import score_variants
from jangdan.metrics.profiles import profile_table, within_windows
from jangdan.metrics.scores import score_table
from jangdan.networks.description import InputDescription, ModelDescription
from jangdan.networks.likelihoods import PoissonNll, ProfileAndCounts
from jangdan.storage.dataset_file import load
from jangdan.training.augment import Augmentation
from jangdan.training.batch_feed import Feed
from jangdan.workflow.plan import conditions_of, first_files

SIZES = {"chr1": 4000, "chr2": 2400}
LETTERS = np.array(list("ACGT"))
BINSIZE, RESOLUTION = 128, 16
STRANDED = region_table(
    ["chr1", "chr2", "chr1", "chr2"], [256, 512, 1600, 2048], [512, 768, 2112, 2304], strand=["+", "-", ".", "-"]
)


def _write(folder: Path, genome: dict[str, np.ndarray], counts: dict[str, dict[str, np.ndarray]]) -> dict[str, str]:
    """Write genome and counts a bp by strand; return the dataset files of both."""
    sizes = {chrom: len(letters) for chrom, letters in genome.items()}
    write_fasta(folder / "g.fa", [(chrom, "".join(letters)) for chrom, letters in genome.items()])
    for strand, tracks in counts.items():
        with pyBigWig.open(str(folder / f"{strand}.bw"), "w") as file:
            file.addHeader(list(sizes.items()))
            for chrom, values in tracks.items():
                file.addEntries(chrom, 0, values=values.astype(float).tolist(), span=1, step=1)
    pair = {strand: str(folder / f"{strand}.bw") for strand in counts}
    options = coverage({"starts": pair}, resolution=RESOLUTION, collapser="sum")
    files = {"dna": str(folder / "dna.h5"), "starts": str(folder / "starts.h5")}
    sequence_file(folder / "g.fa", files["dna"], roi=None, flank=0)
    given = {"starts": list(pair.values())}
    coverage_file(given, options, {"fasta": str(folder / "g.fa")}, files["starts"], windows={"roi": None})
    return files


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Random DNA with a count at each A of the forward strand, and at each A of the reverse strand."""
    rng = np.random.default_rng(0)
    genome = {chrom: rng.choice(LETTERS, size) for chrom, size in SIZES.items()}
    counts = {strand: {c: g == letter for c, g in genome.items()} for strand, letter in (("plus", "A"), ("minus", "T"))}
    return _write(tmp_path_factory.mktemp("letters"), genome, counts)


def windows(table: pd.DataFrame = STRANDED) -> GenomicIndexer:
    return GenomicIndexer.create_from_file(table, BINSIZE, zero_padding=False)


def naive_count_of_a(codes: np.ndarray, bins: int) -> list[list[int]]:
    """Count A on the read strand, and T, which is A on the other one, bin by bin."""
    counted = []
    for i in range(bins):
        letters = codes[i * RESOLUTION : (i + 1) * RESOLUTION].tolist()
        counted.append([letters.count(0), letters.count(3)])
    return counted


@pytest.mark.parametrize(("flip", "shift"), [(False, 0), (True, 0), (False, 64), (True, 64)])
def test_augmentation_moves_sequence_and_profile_together(files: dict[str, str], flip: bool, shift: int) -> None:
    dna = Bioseq("dna", load(files["dna"]), windows())
    target = open_target("starts", load(files["starts"]), windows(), profile=True)
    assert target.shape == (10, BINSIZE // RESOLUTION, 2)
    feed = Feed({"dna": dna}, target, 3, seed=5, augment=Augmentation(flip, shift, RESOLUTION))
    moved = 0
    for epoch in range(4):
        feed.set_epoch(epoch)
        for batch in range(len(feed)):
            inputs, counts = feed[batch]
            moved += int((inputs["dna"] != dna.letters(feed.regions(batch))).any(axis=1).sum())
            for codes, profile in zip(inputs["dna"], counts, strict=True):
                assert profile.tolist() == naive_count_of_a(codes, BINSIZE // RESOLUTION)
    assert (moved > 4) == (flip or shift > 0)


def test_each_strand_is_a_condition_of_its_own() -> None:
    values = np.arange(2 * 3 * 2 * 2).reshape(2, 3, 2, 2)
    shown = StrandsAsConditions(Array("x", values, conditions=["a", "b"]))
    assert shown.conditions == ("a.plus", "a.minus", "b.plus", "b.minus")
    for region, bin_ in np.ndindex(2, 3):
        expected = [values[region, bin_, strand, condition] for condition in (0, 1) for strand in (0, 1)]
        assert shown[:][region, bin_].tolist() == expected
    single = StrandsAsConditions(Array("x", values[:, :, :1], conditions=["a", "b"]))
    assert single.conditions == ("a", "b")
    np.testing.assert_array_equal(single[:], values[:, :, 0])
    with pytest.raises(OptionError, match="4 axes"):
        StrandsAsConditions(Array("x", values[0]))


def test_rows_are_the_bins_of_the_genome_also_of_reverse_windows(files: dict[str, str], tmp_path: Path) -> None:
    indexer = windows()
    target = open_target("starts", load(files["starts"]), indexer, profile=True)
    turned, bins = on_genome(target[:], indexer, 2), bins_of(indexer, RESOLUTION)
    pieces = (turned[i : i + 3].reshape(-1, 2) for i in range(0, 10, 3))
    save_predictions(pieces, bins, target.conditions or (), tmp_path / "p.h5", BINSIZE // RESOLUTION)
    stored = load(files["starts"])
    for strand, name in enumerate(("starts.plus", "starts.minus")):
        table = load_predictions(tmp_path / "p.h5", name, files["starts"])
        assert len(table) == 10 * (BINSIZE // RESOLUTION)
        assert set(table["strand"]) == {"+", "-", "."}
        for row in table.itertuples():
            assert row.end - row.start == RESOLUTION
            assert row.predicted == row.observed == stored[(row.chrom, row.start, row.end)][0, strand, 0]
        export_track([tmp_path / "p.h5"], name, SIZES, tmp_path / "p.bw")
        with pyBigWig.open(str(tmp_path / "p.bw")) as track:
            assert track.values("chr2", 512, 528) == [table["observed"][table["start"].eq(512)].iloc[0]] * RESOLUTION


def test_a_profile_needs_bins(tmp_path: Path, files: dict[str, str]) -> None:
    write_regions(STRANDED, tmp_path / "roi.tsv")
    given = {"starts": [files["starts"].replace("starts.h5", "plus.bw")]}
    options = coverage(given, resolution=None, collapser="sum")
    places = {"roi": str(tmp_path / "roi.tsv"), "window": BINSIZE, "step": None}
    fasta = {"fasta": files["dna"].replace("dna.h5", "g.fa")}
    coverage_file(given, options, fasta, tmp_path / "values.h5", windows=places)
    with pytest.raises(OptionError, match="starts: resolution: null gives no bins"):
        open_target("starts", load(tmp_path / "values.h5"), windows(), profile=True)


@pytest.fixture
def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    rates = rng.gamma(1.0, 2.0, size=(40, 8, 2))
    true, pred = rng.poisson(rates).astype(float), rates * rng.uniform(0.5, 2, rates.shape)
    true[3, :, 0] = 2  # no shape to correlate with
    return true, pred


def test_scores_are_of_bins_totals_and_shapes(scored: tuple[np.ndarray, np.ndarray]) -> None:
    true, pred = scored
    table = profile_table(true, pred, ["a", "b"], bootstrap=30).set_index(["condition", "metric"])
    for i, name in enumerate("ab"):
        of_bins = stats.pearsonr(true[..., i].ravel(), pred[..., i].ravel()).statistic
        of_totals = stats.pearsonr(np.log(1 + true[..., i].sum(1)), np.log(1 + pred[..., i].sum(1))).statistic
        within = [stats.pearsonr(t, p).statistic for t, p in zip(true[..., i], pred[..., i], strict=True) if np.ptp(t)]
        for key, value, n in ((name, of_bins, 320), (f"{name}:total", of_totals, 40), (f"{name}:profile", None, None)):
            row = table.loc[(key, "pearson")]
            assert row["value"] == pytest.approx(np.mean(within) if value is None else value)
            assert row["n"] == (len(within) if n is None else n)
            assert row["ci_low"] < row["value"] < row["ci_high"]
    assert table.loc[("a:profile", "pearson"), "n_missing"] == 1
    assert {c for c, _ in table.index} == {"a", "b", "a:total", "b:total", "a:profile", "b:profile"}
    assert "a:total" not in profile_table(true, pred, ["a", "b"], totals=False)["condition"].tolist()
    with pytest.raises(DataError, match="expected \\(window, bins, condition\\) twice"):
        profile_table(true[..., 0], pred[..., 0], ["a", "b"])


def test_no_shape_within_any_window_is_not_defined() -> None:
    flat = np.ones((3, 4, 1))
    assert np.isnan(within_windows(flat, flat)).all()
    row = profile_table(flat, flat, ["a"], bootstrap=5).set_index("condition").loc["a:profile"]
    assert np.isnan(row["value"])
    assert row["n"] == 0


def test_intervals_of_bins_draw_whole_windows(scored: tuple[np.ndarray, np.ndarray]) -> None:
    one = [values[:, :1, :1] for values in scored]
    copies = [np.repeat(values, 5, axis=1) for values in one]  # says no more than one bin a window
    names = ["pearson", "mae"]
    single, many = (score_table(*v, ["a"], metrics=names, kind="regression", bootstrap=40) for v in (one, copies))
    columns = ["value", "ci_low", "ci_high"]
    np.testing.assert_allclose(single[columns].to_numpy(dtype=float), many[columns].to_numpy(dtype=float))


def test_the_weight_of_counts_is_half_the_mean_total() -> None:
    counts = np.array([[[1, 0], [2, 5]], [[0, 0], [3, 1]]])  # totals 3, 5, 3, 1
    loss = loss_for("profile_and_counts", Array("t", counts))
    assert isinstance(loss, ProfileAndCounts)
    assert loss.count_weight == 1.5
    assert isinstance(loss_for("poisson_nll", Array("t", counts)), PoissonNll)
    assert loss_for("mse", Array("t", -counts[:, 0])) == "mse"
    with pytest.raises(DataError, match="'t' holds -5, expected counts of at least 0; turn the sign"):
        loss_for("poisson_nll", Array("t", -counts))
    with pytest.raises(DataError, match="holds no count in the training regions"):
        loss_for("multinomial", Array("t", 0 * counts))


def test_windows_lie_around_the_best_bins_without_overlap(tmp_path: Path) -> None:
    # two stretches of bins of 10 bp: 0-200 and 400-500
    start = np.concatenate([np.arange(0, 200, 10), np.arange(400, 500, 10)])
    predicted = np.zeros((30, 1))
    # chr1:0-10 (at an edge), 100-110 and 110-120 (their windows overlap), 450-460; 490-500 is not observed
    predicted[[0, 10, 11, 25, 29], 0] = 5, 9, 8, 7, 20
    observed = np.where(predicted < 20, predicted, 0)
    cells = GenomicIndexer.create_from_file(region_table(["chr1"] * 30, start, start + 10), 10, zero_padding=False)
    save_predictions([predicted], cells, ("a",), tmp_path / "p.h5")
    paths = tmp_path / "p.h5", save_observed(observed, cells, ("a",), tmp_path / "target.h5")
    found = best_windows(*paths, "a", 8, 40)
    assert found[["start", "end", "predicted"]].to_numpy().tolist() == [[85, 125, 9], [435, 475, 7], [0, 40, 5]]
    assert len(best_windows(*paths, "a", 2, 40)) == 2
    assert best_windows(*paths, "a", 2, 10)["start"].tolist() == [100, 110]


@pytest.fixture
def config() -> dict[str, Any]:
    pair = {"plus": "p.bw", "minus": "m.bw"}
    return {
        "regions": {"window": 128, "sources": ["a.bed"]},
        "datasets": {
            "dna": {"kind": "sequence"},
            "starts": {"kind": "coverage", "files": {"x": pair}, "resolution": 16, "collapser": "sum"},
            "reads": {"kind": "coverage", "files": {"y": ["1.bam", "2.bam"], "z": "3.bam"}, "resolution": 16},
        },
        "models": {
            "net": {
                "architecture": "bpnet",
                "inputs": ["dna"],
                "target": "starts",
                "loss": "poisson_nll",
                "training": {"max_shift": 32},
            }
        },
    }


def test_conditions_are_named_by_strand_where_a_profile_has_two(config: dict[str, Any]) -> None:
    config = loaded(config)
    model = config["models"]["net"]
    assert conditions_of(config, model) == ["x.plus", "x.minus"]
    assert first_files(config, model) == ["data/p.bw", "data/m.bw"]
    assert conditions_of(config, model | {"loss": "mse"}) == ["x"]
    assert first_files(config, model | {"loss": "mse"}) == ["data/p.bw"]
    reads = model | {"target": "reads"}
    assert conditions_of(config, reads) == ["y.plus", "y.minus", "z.plus", "z.minus"]
    assert first_files(config, reads) == ["data/1.bam", "data/1.bam", "data/3.bam", "data/3.bam"]
    config["datasets"]["reads"]["stranded"] = False
    assert conditions_of(config, reads) == ["y", "z"]


def _set(*keys: str, value: Any) -> Any:
    def change(config: dict[str, Any]) -> None:
        for key in keys[:-1]:
            config = config.setdefault(key, {})
        config[keys[-1]] = value

    return change


NET, STARTS = ("models", "net"), ("datasets", "starts")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set(*NET, "loss", value="mse"), "net: loss: mse does not fit the architecture bpnet; bpnet goes with one of"),
        (_set(*NET, "architecture", value="cnn"), "loss: poisson_nll does not fit the architecture cnn"),
        (_set(*STARTS, "resolution", value=None), "target: starts has the resolution null"),
        (_set("regions", "window", value=200), "regions: window: 200 bp is not a multiple of its resolution, 16 bp"),
        (_set("regions", "step", value=40), "regions: step: 40 bp is not a multiple of its resolution"),
        (_set(*NET, "training", "max_shift", value=10), "training: max_shift: 10 bp is not a multiple"),
        (_set("storage", value={"whole_genome": False}), "max_shift: reads counts beyond the regions"),
        (_set(*NET, "target_normalizer", value="tpm"), "target_normalizer: tpm: poisson_nll is of raw counts"),
        (_set(*STARTS, "collapser", value="mean"), "collapser: mean of p.bw gives no counts of bins; take sum"),
        (_set(*NET, "parameters", value={"resolution": 8}), "parameters: resolution: is that of the target"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(config: dict[str, Any], change: Any, said: str) -> None:
    assert said_of(config) == []
    change(config)
    found = said_of(config)
    assert len(found) == 1
    assert said in found[0]


def test_a_total_that_is_not_trained_is_not_explained(config: dict[str, Any]) -> None:
    config["models"]["net"]["loss"] = "multinomial"
    assert said_of(config) == []
    config["variants"] = {"vcf": "v.vcf", "models": ["net"]}
    assert ["trains no total to explain" in problem for problem in said_of(config)] == [True]


MOTIF, OFFSET, BURST = "GGTACGCATC", 40, 60
COMPLEMENT = dict(zip("ACGT", "TGCA", strict=True))


@dataclass
class Study:
    """A trained model and its files; sites: chrom, start and strand of each planted motif."""

    folder: Path
    files: dict[str, str]
    sites: pd.DataFrame
    letters: dict[str, np.ndarray]

    @property
    def model(self) -> dict[str, Path]:
        return {key: self.folder / name for key, name in OUTPUTS.items()}


OUTPUTS = {"model": "model.keras", "description": "description.json", "history": "history.tsv"}
TRAIN = """
import json, sys
from jangdan.jobs.train import train
with open(sys.argv[1]) as file:
    arguments = json.load(file)
train(**arguments, device="cpu", threads=1, seed=1)
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Motifs on both strands, `BURST` reads that start `OFFSET` bp after each one, on its strand; a model of them."""
    folder, rng = tmp_path_factory.mktemp("study"), np.random.default_rng(4)
    sizes = {"chr1": 240_000, "chr2": 32_000, "chr3": 64_000}
    letters = {chrom: rng.choice(LETTERS, size) for chrom, size in sizes.items()}
    counts = {s: {c: rng.poisson(0.01, n) for c, n in sizes.items()} for s in ("plus", "minus")}
    rows = []
    for chrom, size in sizes.items():
        for start in range(200, size - 200, 400):
            place, strand = start + int(rng.integers(100)), str(rng.choice(["plus", "minus"]))
            reverse = strand == "minus"
            word = [COMPLEMENT[x] for x in reversed(MOTIF)] if reverse else list(MOTIF)
            letters[chrom][place : place + len(MOTIF)] = word
            tss = place - 1 - OFFSET if reverse else place + len(MOTIF) + OFFSET
            counts[strand][chrom][tss] += rng.poisson(BURST)
            rows.append((chrom, place, strand, tss))
    files = _write(folder, letters, counts)
    splits = {"train": "chr1", "validation": "chr2", "test": "chr3"}
    places = {split: (chrom, 0, sizes[chrom]) for split, chrom in splits.items()}
    regions = split_file(folder / "regions.tsv", unit=1, **places)
    model = {
        "name": "net",
        "architecture": "bpnet",
        "inputs": ["dna"],
        "target": "starts",
        "order": 1,
        "loss": "profile_and_counts",
        "datasets": {"dna": {"kind": "sequence", "flank": 64}},
        "windows": {"window": 128, "step": None},
        "parameters": {"filters": 16, "kernel": 11, "dilated": 5, "profile_kernel": 25},
        "training": {
            "epochs": 6,
            "batch_size": 16,
            "learning_rate": 0.01,
            "schedule": "cosine",
            "reverse_complement": True,
            "max_shift": 64,
        },
    }
    arguments = {
        "model": model,
        "files": files,
        "regions": regions,
        "outputs": {key: str(folder / name) for key, name in OUTPUTS.items()},
    }
    (folder / "arguments.json").write_text(json.dumps(arguments))
    # TensorFlow's threads are set once a process
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(folder / "arguments.json")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Study(folder, files, pd.DataFrame(rows, columns=["chrom", "start", "strand", "tss"]), letters)


@pytest.fixture(scope="module")
def evaluated(study: Study) -> pd.DataFrame:
    outputs = {"metrics": study.folder / "metrics.tsv", "predictions": study.folder / "predictions.h5"}
    places = {"window": 128, "step": None}
    evaluate(study.model, study.files, study.folder / "regions.tsv", outputs, windows=places, bootstrap=0)
    return pd.read_csv(outputs["metrics"], sep="\t").set_index(["condition", "metric"])


@pytest.mark.slow
def test_the_description_says_what_is_in_the_bins(study: Study) -> None:
    description = ModelDescription.read(study.model["description"])
    assert description.conditions == ("starts.plus", "starts.minus")
    assert (description.target_resolution, description.target_strands) == (RESOLUTION, 2)
    assert description.parameters["resolution"] == RESOLUTION
    document = json.loads(study.model["description"].read_text())
    for key in ("target_resolution", "target_strands"):
        del document[key]
    (study.folder / "old.json").write_text(json.dumps(document))
    assert ModelDescription.read(study.folder / "old.json").target_resolution is None


@pytest.mark.slow
def test_the_profile_peaks_where_reads_were_planted(study: Study, evaluated: pd.DataFrame) -> None:
    for strand in ("plus", "minus"):
        assert evaluated.loc[(f"starts.{strand}", "pearson"), "value"] > 0.7
        assert evaluated.loc[(f"starts.{strand}:total", "pearson"), "value"] > 0.5
        assert evaluated.loc[(f"starts.{strand}:profile", "pearson"), "value"] > 0.2
        table = load_predictions(study.folder / "predictions.h5", f"starts.{strand}").set_index("start")["predicted"]
        sites = study.sites[(study.sites["chrom"] == "chr3") & (study.sites["strand"] == strand)]
        own = table.reindex(sites["tss"] // RESOLUTION * RESOLUTION)
        near = np.array([table.reindex(own.index + RESOLUTION * k) for k in range(-4, 5)])
        assert (np.nanargmax(near, axis=0) == 4).mean() > 0.8
        assert own.mean() > 10 * table.median()


@pytest.mark.slow
def test_an_ensemble_of_one_profile_twice_scores_as_it_does(
    study: Study, evaluated: pd.DataFrame, tmp_path: Path
) -> None:
    for seed in (1, 2):
        folder = tmp_path / f"net/main/seed-{seed}"
        folder.mkdir(parents=True)
        for name in ("metrics.tsv", "predictions.h5"):
            shutil.copy(study.folder / name, folder)
    outputs = {
        key: str(tmp_path / f"{key}.{end}") for key, end in (("table", "tsv"), ("means", "tsv"), ("figure", "png"))
    }
    runs = [tmp_path / f"net/main/seed-{seed}/metrics.tsv" for seed in (1, 2)]
    compare(runs, [study.files["starts"]] * 2, {"net": ["starts.plus", "starts.minus"]}, outputs)
    table = pd.read_csv(outputs["table"], sep="\t", dtype={"seed": str}).set_index(["condition", "metric"])
    together = table[table["seed"] == "ensemble"]["value"]
    assert set(together.index) == set(evaluated.index)
    assert together.to_dict() == pytest.approx(evaluated["value"].to_dict(), abs=1e-4, rel=1e-4)


@pytest.mark.slow
def test_attributions_name_the_motif(study: Study, evaluated: pd.DataFrame) -> None:
    windows_ = best_windows(study.folder / "predictions.h5", study.files["starts"], "starts.minus", 4, 128)
    outputs = {
        key: study.folder / f"attributed.{end}" for key, end in (("scores", "h5"), ("track", "bw"), ("figure", "png"))
    }
    settings = {"method": "integrated_gradients", "parameters": {"steps": 32}}
    attribute(study.model, {"dna": study.files["dna"]}, windows_, "starts.minus", outputs, settings)
    scores = load(outputs["scores"])
    assert np.abs(scores.meta["residual"]).max() < 0.05 * np.abs(scores.meta["output"]).max()
    sites = study.sites[(study.sites["chrom"] == "chr3") & (study.sites["strand"] == "minus")]
    for window in windows_.itertuples():
        mass = np.abs(scores[("chr3", window.start, window.end)]).sum(axis=(1, 2))
        inside = np.zeros(128, dtype=bool)
        for start in sites["start"][sites["start"].between(window.start, window.end - len(MOTIF))]:
            inside[start - window.start : start - window.start + len(MOTIF)] = True
        assert mass[inside].mean() > 5 * mass[~inside].mean()


@pytest.mark.slow
def test_a_variant_that_breaks_the_motif_lowers_the_log_total_of_its_strand(study: Study) -> None:
    sites = study.sites[study.sites["chrom"] == "chr3"].iloc[::8]
    lines = ["##fileformat=VCF4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for name, shift in (("in", 4), ("out", 100)):
        for position in sites["start"] + shift:
            ref = study.letters["chr3"][position]
            lines.append(f"chr3\t{position + 1}\t{name}\t{ref}\t{COMPLEMENT[ref]}\t.\t.\t.")
    (study.folder / "v.vcf").write_text("\n".join(lines) + "\n")
    outputs = {
        key: study.folder / f"effects.{end}" for key, end in (("table", "tsv"), ("arrays", "h5"), ("bed", "bed"))
    }
    score_variants(study.model, {"dna": study.files["dna"]}, study.folder / "v.vcf", outputs, aliases={})
    table = pd.read_csv(outputs["table"], sep="\t")
    own = np.array([f"starts.{s}.effect" for s in sites["strand"]])
    inside, outside = (table[table["id"] == name].reset_index() for name in ("in", "out"))
    effects = np.array([inside.loc[i, column] for i, column in enumerate(own)])
    others = np.array([outside.loc[i, column] for i, column in enumerate(own)])
    assert np.median(effects) < -0.5
    assert np.median(np.abs(others)) < 0.1 * np.abs(np.median(effects))


@pytest.mark.slow
def test_a_window_on_the_reverse_strand_is_explained_by_its_other_output(study: Study) -> None:
    description = ModelDescription.read(study.model["description"])
    # of the windows +, -, . and -: 2, 2, 4 and 2 of them
    assert columns_of(description, "starts.plus", windows()).tolist() == [0] * 2 + [1] * 2 + [0] * 4 + [1] * 2
    single = ModelDescription(
        "x", "bpnet", {}, 64, (InputDescription("dna", "sequence"),), "t", ("a", "b"), "poisson_nll", "linear"
    )
    assert set(columns_of(single, "b", windows())) == {1}
