"""What the studies need, end to end on the demo's files: regions around 5' ends, cross-validation with chromosomes kept
for the end, samples and figures; and every config of the project in a dry run."""

from pathlib import Path

import numpy as np
import pandas as pd
import pysam
import pytest
import yaml

from tests.golden.readers import rows_of
from tests.workflow.conftest import ROOT, run_snakemake, write_config

pytestmark = pytest.mark.workflow

COVERAGE = {"kind": "coverage", "resolution": None, "flank": 50}


@pytest.fixture(scope="module")
def study(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of a small study of read starts around genes."""
    folder = tmp_path_factory.mktemp("study")
    model = {
        "architecture": "cage",
        "inputs": ["dna", "reads"],
        "target": "starts",
        "loss": "mae",
        "normalizer": "log-zscore",
        "target_normalizer": "log-zscore",
        "grid": {"flank": [{"dna": 20}, {"dna": 40}]},
        "parameters": {"filters": 4, "kernel": 5, "pool": 20, "hidden": 4, "chromatin_hidden": 4},
        "training": {"epochs": 1},
    }
    config = {
        "run": "study",
        "data_dir": str(simulated),
        "genome": {"fasta": "genome.fa"},
        "regions": {"sources": ["genes.gff3"], "feature": "gene", "upstream": 150, "downstream": 50, "window": 200},
        "cross_validation": {"chromosomes": ["chr1", "chr2", "chr3"], "final": ["chr4"]},
        "storage": {"whole_genome": False},
        "datasets": {
            "dna": {"kind": "sequence"},
            "starts": {**COVERAGE, "files": {"rep1": "rep1.bam"}, "relative_strand": "sense"},
            "reads": {**COVERAGE, "files": {"any": "rep1.bam"}, "stranded": False},
            "other_reads": {**COVERAGE, "files": {"any": "rep2.bam"}, "stranded": False},
        },
        "models": {"joint": model},
        "evaluation": {"bootstrap": 0, "curves": False, "substitute_inputs": {"replicate": {"reads": "other_reads"}}},
        "comparison_figures": {"windows": {"kind": "box", "metric": "pearson", "models": ["joint"], "x": "flank"}},
    }
    done = run_snakemake(folder, "--configfile", write_config(folder, config))
    assert done.returncode == 0, done.stdout[-5000:]
    return folder / "results/study"


@pytest.mark.slow
def test_every_fold_is_scored_on_its_own_part_a_replicate_and_the_final_chromosome(study: Path) -> None:
    table = pd.read_csv(study / "comparison.tsv", sep="\t", dtype=str)
    found = table.groupby(["fold", "sample"])["model"].nunique().to_dict()
    folds = ["test-chr1", "test-chr2", "test-chr3"]
    expected = {(fold, sample): 2 for fold in folds for sample in ("test", "replicate", "final")}
    assert found == {**expected, ("final", "test"): 2, ("final", "replicate"): 2, ("ensemble", "final"): 2}
    means = pd.read_csv(study / "comparison_means.tsv", sep="\t")
    assert means["sample"].unique().tolist() == ["test", "final fold", "replicate", "final"]
    shown = pd.read_csv(study / "figures/windows.tsv", sep="\t")
    assert shown["x"].unique().tolist() == ["dna-20", "dna-40"]
    assert (study / "figures/windows.png").stat().st_size > 5000


@pytest.mark.slow
def test_the_target_is_the_log_of_sense_reads_around_each_gene_standardized(study: Path, simulated: Path) -> None:
    import h5py

    with h5py.File(study / "evaluation/joint.flank-dna-20/final/seed-1/predictions.h5") as file:
        assert file["data"].shape[1] == 1  # observed values stand in the target's file alone
        start, end = file["regions/start"][()], file["regions/end"][()]
    values, places = rows_of(study / "normalized/final/starts.log-zscore.h5")
    stored = dict(zip(places, values[:, 0], strict=True))
    observed = np.array([stored["chr4", s, e] for s, e in zip(start, end, strict=True)])
    genes = pd.read_csv(simulated / "genes.gff3", sep="\t", comment="#", header=None)
    genes = genes[genes[2] == "gene"]
    counts = {}
    with pysam.AlignmentFile(str(simulated / "rep1.bam")) as reads:
        for chrom, first, last, strand in genes[[0, 3, 4, 6]].itertuples(index=False):
            low, high = (first - 151, first + 49) if strand == "+" else (last - 50, last + 150)
            total = 0
            for read in reads.fetch(chrom, max(low - 500, 0), high + 500):
                place = read.reference_end - 1 if read.is_reverse else read.reference_start
                kept = not read.flag & 0xF04 and read.is_reverse == (strand == "-")
                total += kept and low - 50 <= place < high + 50
            counts[chrom, low, high] = np.log(total + 1)
    regions = pd.read_csv(study / "regions/final/training.tsv", sep="\t")
    train = regions[regions["split"] == "train"]
    fitted = np.array([counts[row] for row in train[["contig", "start", "end"]].itertuples(index=False, name=None)])
    expected = [(counts["chr4", s, e] - fitted.mean()) / fitted.std() for s, e in zip(start, end, strict=True)]
    assert len(expected) > 5
    np.testing.assert_allclose(observed, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "name",
    [
        "human_binding",
        pytest.param("human_promoters", marks=pytest.mark.slow),
        pytest.param("human_multitask", marks=pytest.mark.slow),
    ],
)
def test_the_human_studies_are_complete(tmp_path: Path, name: str) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    done = run_snakemake(tmp_path, "--dry-run", "--configfile", str(ROOT / f"config/{name}.yaml"))
    assert done.returncode == 0, done.stdout[-3000:]
    config = yaml.safe_load((ROOT / f"config/{name}.yaml").read_text())
    sheets = [d["sheet"] for d in config["datasets"].values() if "sheet" in d]
    rows = sum(len(pd.read_csv(ROOT / sheet, sep="\t")) for sheet in sheets)
    wanted = len(config["downloads"]) + rows
    assert f"download {wanted}" in " ".join(done.stdout.split())


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["study_binding", "study_promoters", "study_multitask", "yeast_binding", "yeast_profiles"]
)
def test_the_yeast_configs_fit_the_data(tmp_path: Path, name: str) -> None:
    (tmp_path / "main/config").parent.mkdir()
    (tmp_path / "main/config").symlink_to(ROOT / "config")
    (tmp_path / "shared").symlink_to(ROOT.parent / "shared")
    path = f"results/{name}/check/inputs.tsv"
    done = run_snakemake(tmp_path / "main", path, "--configfile", str(ROOT / f"config/{name}.yaml"))
    assert done.returncode == 0, done.stdout[-3000:]
    assert "error" not in set(pd.read_csv(tmp_path / "main" / path, sep="\t")["status"])
    assert run_snakemake(tmp_path / "main", "-n", "--configfile", str(ROOT / f"config/{name}.yaml")).returncode == 0
