"""Regions around 5' ends, one value each: strand by strand, with flanks, normalized on the training regions."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyBigWig
import pytest
from tests.configs import coverage
from tests.oracle.conftest import SIZES

from jangdan.errors import DataError, InputFileError, OptionError
from jangdan.formats.fasta.reader import write_fasta
from jangdan.formats.gff import read_gff
from jangdan.formats.region_table import region_table
from jangdan.genome.region_file import write_regions
from jangdan.interpret.on_genome import letters_forward
from jangdan.jobs.build import coverage_file
from jangdan.jobs.model_inputs import describe_input, open_target
from jangdan.jobs.normalize import normalized_file
from jangdan.jobs.predictions import load_predictions, save_predictions
from jangdan.jobs.regions import make_anchored_regions
from jangdan.jobs.windows import indexer_of
from jangdan.storage.dataset_file import load

GTF = """\
chr1\tx\ttranscript\t501\t900\t.\t+\t.\tgene_id "a"; gene_type "protein_coding";
chr1\tx\ttranscript\t501\t1000\t.\t+\t.\tgene_id "a"; gene_type "protein_coding";
chr1\tx\ttranscript\t1201\t1500\t.\t-\t.\tgene_id "b"; gene_type "protein_coding";
chr1\tx\ttranscript\t101\t300\t.\t+\t.\tgene_id "c"; gene_type "protein_coding";
chr1\tx\ttranscript\t2001\t2300\t.\t+\t.\tgene_id "d"; gene_type "lncRNA";
chr2\tx\tgene\t701\t900\t.\t+\t.\tgene_id "e"; gene_type "protein_coding";
chr2\tx\ttranscript\t701\t900\t.\t-\t.\tgene_id "e"; gene_type "protein_coding";
"""
OPTIONS = {"feature": "transcript", "attributes": {"gene_type": "protein_coding"}, "upstream": 200, "downstream": 50,
           "extend": 0, "divisor": 1}  # fmt: skip
WINDOWS = {"window": 250, "step": None}


@pytest.fixture
def gtf(tmp_path: Path) -> str:
    (tmp_path / "genes.gtf").write_text(GTF)
    return str(tmp_path / "genes.gtf")


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    write_fasta(tmp_path / "g.fa", [(c, "A" * n) for c, n in SIZES.items()])
    return tmp_path / "g.fa"


@pytest.fixture
def signal(tmp_path: Path) -> dict[str, dict[str, np.ndarray]]:
    """Return strand -> contig -> value a bp, which stand in plus.bw and minus.bw."""
    rng, made = np.random.default_rng(3), {}
    for strand in ("plus", "minus"):
        made[strand] = {c: rng.integers(0, 9, n).astype(float) for c, n in SIZES.items()}
        with pyBigWig.open(str(tmp_path / f"{strand}.bw"), "w") as file:
            file.addHeader(list(SIZES.items()))
            for chrom, values in made[strand].items():
                file.addEntries(chrom, 0, values=values.tolist(), span=1, step=1)
    return made


def test_a_region_lies_around_each_5_end_once(gtf: str) -> None:
    table = make_anchored_regions([gtf], SIZES, OPTIONS)
    found = [tuple(row) for row in table[["chrom", "start", "end", "strand", "name"]].to_numpy()]
    # of the plus strand [start - 200, start + 50), of the minus strand [end - 50, end + 200); c reaches over the end
    assert found == [
        ("chr1", 300, 550, "+", "a"),
        ("chr1", 1450, 1700, "-", "b"),
        ("chr2", 850, 1100, "-", "e"),
    ]


def test_regions_that_touch_an_exclusion_are_left_out(gtf: str, tmp_path: Path) -> None:
    (tmp_path / "out.bed").write_text("chr1\t549\t600\nchr1\t1700\t1800\nchrUn\t0\t9\n")
    table = make_anchored_regions([gtf], SIZES, OPTIONS, exclude=[str(tmp_path / "out.bed")])
    assert table["name"].tolist() == ["b", "e"]
    (tmp_path / "all.bed").write_text("chr1\t0\t3000\nchr2\t0\t1500\n")
    with pytest.raises(DataError, match="nothing is left of 4 regions"):
        make_anchored_regions([gtf], SIZES, OPTIONS, exclude=[str(tmp_path / "all.bed")])


def test_attributes_choose_rows_and_a_wrong_one_is_named(gtf: str) -> None:
    assert len(read_gff(gtf, "transcript", {"gene_type": "lncRNA"})) == 1
    assert read_gff(gtf, attributes={"gene_id": "e"})["feature"].tolist() == ["gene", "transcript"]
    with pytest.raises(InputFileError, match="no feature with gene_type 'miRNA'; it has lncRNA, protein_coding"):
        read_gff(gtf, attributes={"gene_type": "miRNA"})
    with pytest.raises(InputFileError, match="it has no attribute 'kind'"):
        read_gff(gtf, attributes={"kind": "miRNA"})


def test_a_region_without_strand_has_no_5_end(tmp_path: Path) -> None:
    (tmp_path / "r.bed").write_text("chr1\t500\t600\n")
    with pytest.raises(OptionError, match=r"r\.bed: a region without strand"):
        make_anchored_regions([str(tmp_path / "r.bed")], SIZES, OPTIONS)


def _roi(folder: Path) -> Path:
    rows = region_table(["chr1", "chr1", "chr2"], [300, 1450, 850], [550, 1700, 1100], strand=["+", "-", "-"])
    write_regions(rows, folder / "roi.tsv")
    return folder / "roi.tsv"


def _built(folder: Path, genome: Path, **options: Any) -> Path:
    files = {"starts": [str(folder / "plus.bw"), str(folder / "minus.bw")]}
    config = coverage({"starts": {"plus": "plus.bw", "minus": "minus.bw"}}, resolution=None, collapser="sum")
    windows = {**WINDOWS, "roi": _roi(folder) if options.get("resolution") is None else None}
    coverage_file(files, config | options, {"fasta": str(genome)}, folder / "out.h5", windows=windows)
    return folder / "out.h5"


def _sums(signal: dict[str, dict[str, np.ndarray]], strands: tuple[str, str, str], flank: int) -> list[float]:
    places = [("chr1", 300, 550), ("chr1", 1450, 1700), ("chr2", 850, 1100)]
    return [signal[s][c][a - flank : b + flank].sum() for s, (c, a, b) in zip(strands, places, strict=True)]


@pytest.mark.parametrize(
    ("strand", "read"), [("sense", ("plus", "minus", "minus")), ("antisense", ("minus", "plus", "plus"))]
)
@pytest.mark.parametrize("flank", [0, 100])
def test_a_pair_is_summed_on_the_strand_of_the_region(
    tmp_path: Path, genome: Path, signal: dict[str, Any], strand: str, read: tuple[str, str, str], flank: int
) -> None:
    path = _built(tmp_path, genome, relative_strand=strand, flank=flank)
    target = open_target("starts", load(path), indexer_of(tmp_path / "roi.tsv", WINDOWS))
    assert target[:].tolist() == [[value] for value in _sums(signal, read, flank)]
    described = describe_input("starts", {"kind": "coverage", "flank": flank}, load(path), 1)
    assert described.shape(250) == (1, 1, 1)


def test_both_strands_of_a_pair_are_kept_where_none_is_chosen(
    tmp_path: Path, genome: Path, signal: dict[str, Any]
) -> None:
    array = load(_built(tmp_path, genome))
    expected = [_sums(signal, (s, s, s), 0) for s in ("plus", "minus")]
    np.testing.assert_array_equal(array.data[:, :, 0], np.transpose(expected))


def test_a_pair_by_position_has_two_strands(tmp_path: Path, genome: Path, signal: dict[str, Any]) -> None:
    array = load(_built(tmp_path, genome, resolution=1))
    offset = array.layout.offset
    for i, chrom in enumerate(SIZES):
        for strand, name in enumerate(("plus", "minus")):
            np.testing.assert_array_equal(array.data[offset[i] : offset[i + 1], strand, 0], signal[name][chrom])


def test_a_strand_needs_one_value_a_window(tmp_path: Path, genome: Path, signal: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="relative_strand: sense: needs resolution: null"):
        _built(tmp_path, genome, resolution=1, relative_strand="sense")


def test_values_of_windows_are_normalized_as_the_training_windows_are(
    tmp_path: Path, genome: Path, signal: dict[str, Any]
) -> None:
    raw = _built(tmp_path, genome, relative_strand="sense", flank=20)
    rows = region_table(["chr1", "chr1", "chr2"], [300, 1450, 850], [550, 1700, 1100], strand=["+", "-", "-"])
    regions = tmp_path / "regions.tsv"
    write_regions(rows.assign(split=["train", "train", "test"]), regions)
    outputs = {"dataset": tmp_path / "n.h5", "parameters": tmp_path / "n.json"}
    normalized_file(raw, regions, ["log", "zscore"], WINDOWS, outputs)
    values = np.log(np.array(_sums(signal, ("plus", "minus", "minus"), 20)) + 1)
    expected = (values - values[:2].mean()) / values[:2].std()
    target = open_target("starts", load(outputs["dataset"]), indexer_of(tmp_path / "roi.tsv", WINDOWS))
    np.testing.assert_allclose(target[:][:, 0], expected, rtol=1e-5)
    assert [step["name"] for step in load(outputs["dataset"]).meta["normalizers"]] == ["log", "zscore"]


def test_predictions_keep_the_strand_of_their_windows(tmp_path: Path) -> None:
    indexer = indexer_of(_roi(tmp_path), WINDOWS)
    save_predictions([np.zeros((3, 1))], indexer, ("a",), tmp_path / "p.h5")
    table = load_predictions(tmp_path / "p.h5", "a")
    assert table["strand"].tolist() == ["+", "-", "-"]
    assert isinstance(table, pd.DataFrame)


def test_attributions_of_reverse_windows_are_laid_on_the_genome_complemented(tmp_path: Path) -> None:
    indexer = indexer_of(_roi(tmp_path), WINDOWS)
    letters = np.arange(3 * 2 * 4).reshape(3, 2, 4)
    found = letters_forward(letters, indexer)
    np.testing.assert_array_equal(found[0], letters[0])
    # position 0 of a reverse window is its last bp, and its A the genome's T
    np.testing.assert_array_equal(found[1], [[15, 14, 13, 12], [11, 10, 9, 8]])


def test_shares_of_a_fragment_file_are_disjoint_and_complete(tmp_path: Path, genome: Path) -> None:
    rng, path = np.random.default_rng(0), tmp_path / "f.tsv"
    starts = np.sort(rng.integers(0, 2900, 400))
    path.write_text("".join(f"chr1\t{s}\t{s + 50}\tAAA\t1\n" for s in starts))
    counted = []
    for share in ([0, 0.75], [0.75, 1], [0, 1]):
        options = coverage({"a": [str(path)]}, subsample=share, count="midpoint")
        roi = {"window": 10, "step": 10, "roi": None}
        coverage_file({"a": [str(path)]}, options, {"fasta": str(genome)}, tmp_path / "s.h5", windows=roi)
        counted.append(load(tmp_path / "s.h5").data.copy())
    np.testing.assert_array_equal(counted[0] + counted[1], counted[2])
    assert counted[2].sum() == 400
    assert 260 < counted[0].sum() < 340
