"""A wrong config gives one sentence per mistake: the key, the value found, what is expected, the closest known key."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from jangdan.errors import InputFileError, OptionError
from jangdan.workflow.load import check_config, load_config, shown

ROOT = Path(__file__).parents[3]
REMOVED = "<removed>"
NORMALIZERS = "binsizenorm, log, max, minmax, perctrim, regionlength, rpkm, tpm, zscore, zscorelog"

MISTAKES: list[tuple[str, Any, str]] = [
    ("regions windoww", 200, "regions: windoww: unknown key; did you mean window?"),
    ("seed", 1, "seed: unknown key; did you mean seeds?"),
    ("regions window", REMOVED, "regions: window: is missing; expected length of a window in bp"),
    ("regions window", "200",
     "regions: window: found '200', expected a whole number of at least 1; YAML reads it as text: write 200"),
    ("regions window", 0, "regions: window: found 0, expected a whole number of at least 1"),
    ("regions step", 1.5, "regions: step: found 1.5, expected a whole number of at least 1 or null"),
    ("regions sources", REMOVED, "regions: sources and datasets are missing; give at least one of them"),
    ("regions sources", "a.bed", "regions: sources: found 'a.bed', expected a list; write [a.bed]"),
    ("regions sources", [], "regions: sources and datasets are missing; give at least one of them"),
    ("device", "tpu", "device: found 'tpu', expected one of cpu, gpu; did you mean gpu?"),
    ("seeds", [1, 1], "seeds: 1 comes twice"),
    ("seeds", [-1], "seeds: item 1: found -1, expected a whole number of at least 0 and at most 4294967295"),
    ("datasets dna files", {"a": "b"}, "datasets: dna: files: is not for a dataset of kind sequence; remove it"),
    ("datasets bound files", REMOVED, "datasets: bound: files and sheet are missing; give one of them"),
    ("datasets bound sheet", "a.tsv", "datasets: bound: found both files and sheet; give only one of them"),
    ("models joint training learning_rate", 0,
     "models: joint: training: learning_rate: found 0, expected a number above 0"),
    ("models joint order", 7, "models: joint: order: found 7, expected a whole number of at least 1 and at most 6"),
    ("genome exclude_regions", "a.bed", "genome: exclude_regions: found 'a.bed', expected a list; write [a.bed]"),
    ("regions extend", -5, "regions: extend: found -5, expected a whole number of at least 0"),
    ("models joint traning", {}, "models: joint: traning: unknown key; did you mean training?"),
    ("models joint target", REMOVED, "models: joint: target: is missing; expected dataset the model predicts"),
    ("datasets accessibility stranded", "no",
     "datasets: accessibility: stranded: found 'no', expected true or false"),
    ("datasets dna kind", REMOVED, "datasets: dna: kind: is missing; expected one of sequence, coverage"),
    ("locus_figures width", 10, "locus_figures: width: found 10, expected a whole number of at least 100"),
    ("variants vcf", REMOVED, "variants: vcf: is missing; expected VCF file of the variants to score"),
    ("genome", "genome.fa", "genome: found 'genome.fa', expected keys and values"),
    ("models regression inputs", ["dna", "signal"],
     "models: regression: target: 'signal' is one of its inputs, too; take another dataset"),
    ("datasets signal min_mapq", 10,
     "datasets: signal: min_mapq: applies to BAM and CRAM files, not to signal.bw; remove it"),
    ("datasets signal subsample", [0, 0.5],
     "datasets: signal: subsample: applies to fragment files, not to signal.bw; remove it"),
    ("datasets signal use_counts", True,
     "datasets: signal: use_counts: applies to fragment files, not to signal.bw; remove it"),
    # numbers and words as text
    ("models joint training learning_rate", "1e-3",
     "models: joint: training: learning_rate: found '1e-3', expected a number above 0; YAML reads it as text: "
     "write 0.001"),
    ("models joint training learning_rate", "3e-7",
     "models: joint: training: learning_rate: found '3e-7', expected a number above 0; YAML reads it as text: "
     "write 3.0e-07"),
    ("datasets bound resolution", "null",
     "datasets: bound: resolution: found 'null', expected a whole number of at least 1 or null; write null, without "
     "quotes"),
    ("folds main test", [4],
     'folds: main: test: item 1: found 4, expected text; put it in quotes: "4"'),
    ("data_dir", False,
     "data_dir: found false, expected text; YAML reads yes, no, on and off as true or false: put the word in quotes"),
    ("evaluation", {"bootstrap": "many"}, "evaluation: bootstrap: found 'many', expected a whole number of at least 0"),
    # sections that are empty, or nested wrongly
    ("genome", None, "genome: found null, expected keys and values"),
    ("datasets dna", None, "datasets: dna: found null, expected keys and values"),
    ("models joint training", None, "models: joint: training: found null, expected keys and values"),
    ("datasets", {}, "datasets: found no entry, expected at least 1"),
    ("models joint epochs", 3,
     "models: joint: epochs: unknown key; expected one of architecture, inputs, target, loss, order, normalizer, "
     "target_normalizer, flank, grid, parameters, training"),
    ("genome fasta", ["a.fa"], "genome: fasta: found ['a.fa'], expected text"),
    ("models joint inputs", "dna", "models: joint: inputs: found 'dna', expected a list; write [dna]"),
    # values that cannot be
    ("datasets dna flank", -50, "datasets: dna: flank: found -50, expected a whole number of at least 0"),
    ("datasets größe", {"kind": "sequence"},
     "datasets: found 'größe', expected a name of letters without accents, digits and . _ -, of at most 100"),
    ("run", "x" * 500,
     f"run: found '{'x' * 76}..., expected a name of letters without accents, digits and . _ -, of at most 100"),
    ("folds main test", ["chr3"], "folds: main: chr3 stands in both validation and test; keep it in one of them"),
    ("cross_validation", {"chromosomes": ["a", "b", "c"], "final": ["c"]},
     "cross_validation: c stands in both chromosomes and final; keep it in one of them"),
    ("datasets accessibility shift", [4], "datasets: accessibility: shift: found [4], expected 2 values"),
    ("locus_figures region", "chr1",
     "locus_figures: region: found 'chr1', expected best, or a region such as chr1:1000-6000"),
    ("downloads", {"a": {"url": "x"}}, "downloads: a: url: found 'x', expected an address, such as https://..."),
    ("simulate chroms", 0, "simulate: chroms: found 0, expected a whole number of at least 1"),
    ("locus_figures region", "chr1:9,000-8,000",
     "locus_figures: region: found 'chr1:9,000-8,000', expected a start before the end"),
    ("seeds", [2**40],
     "seeds: item 1: found 1099511627776, expected a whole number of at least 0 and at most 4294967295"),
    ("datasets accessibility resolution", 80,
     "datasets: accessibility: resolution: 80 bp does not divide regions: window (200 bp), regions: step (200 bp), its "
     "flank (50 bp), and windows consist of whole bins; change one of them"),
    ("datasets accessibility flank", 20,
     "datasets: accessibility: resolution: 50 bp does not divide its flank (20 bp), and windows consist of whole bins; "
     "change one of them"),
    # options of datasets, by format
    ("datasets accessibility nan_to_num", True,
     "datasets: accessibility: nan_to_num: applies to bedGraph and bigWig files, not to rep1.bam; remove it"),
    ("datasets accessibility min_mapp", 3,
     "datasets: accessibility: min_mapp: unknown key; did you mean min_mapq?"),
    ("datasets bound mode", "bedgraph", "datasets: bound: mode: found 'bedgraph', expected one of binary, score"),
    ("datasets signal collapser", "meen",
     "datasets: signal: collapser: found 'meen', expected one of sum, mean, max, min; did you mean mean?"),
    ("datasets accessibility files", {"a": "1.bam", "b": "2.bw"},
     "datasets: accessibility: files: 1.bam and 2.bw are of different formats; make a dataset of each"),
    ("datasets bound files", {"JUND": []},
     "datasets: bound: files: JUND: found an empty list, expected at least one file"),
    ("datasets bound files", {"JUND": {"plus": "a.bw"}},
     "datasets: bound: files: JUND: minus: is missing; expected file of the reverse strand"),
    ("datasets accessibility relative_strand", "sense",
     "datasets: accessibility: relative_strand: sense needs resolution: null, one value per window"),
    ("datasets accessibility",
     {"kind": "coverage", "resolution": 50, "files": {"a": {"plus": "1.bam", "minus": "2.bam"}}},
     "datasets: accessibility: files: a: a pair by strand, of files with two strands each; set stranded: false"),
    # parameters and grids, by architecture
    ("models joint architecture", "cnm",
     "models: joint: architecture: found 'cnm', expected one of bpnet, cage, cnn, danq, deepsea, jund, threelayer; "
     "did you mean cnn?"),
    ("models joint parameters filtres", 3, "models: joint: parameters: filtres: unknown key; did you mean filters?"),
    ("models joint parameters dropout", 1,
     "models: joint: parameters: dropout: found 1, expected a number of at least 0 and below 1"),
    ("models joint grid filters", [8, 0],
     "models: joint: grid: filters: item 2: found 0, expected a whole number of at least 1"),
    ("models joint grid flters", [3], "models: joint: grid: flters: unknown key; did you mean filters?"),
    ("models joint grid order", [], "models: joint: grid: order: found an empty list, expected at least one value"),
    ("models joint grid order", 3, "models: joint: grid: order: found 3, expected a list; write [3]"),
    ("models joint grid order", [2, 2], "models: joint: grid: order: 2 comes twice"),
    ("models joint normalizer", "zscores",
     f"models: joint: normalizer: found 'zscores', expected one of {NORMALIZERS}, none; did you mean zscore?"),
    ("models joint normalizer", ["log", "zscor"],
     f"models: joint: normalizer: found 'zscor', expected one of {NORMALIZERS}, none; did you mean zscore?"),
    ("models joint target_normalizer", {"name": "perctrim", "percentil": 95},
     "models: joint: target_normalizer: perctrim: percentil: unknown key; did you mean percentile?"),
    ("models joint normalizer", ["log", {"name": "perctrim", "percentile": 120}],
     "models: joint: normalizer: perctrim: percentile: found 120, expected a number above 0 and at most 100"),
    ("models joint normalizer", {"percentile": 95},
     f"models: joint: normalizer: name: is missing; expected one of {NORMALIZERS}"),
    ("models joint normalizer", {"name": "none"},
     f"models: joint: normalizer: name: found 'none', expected one of {NORMALIZERS}"),
    ("models joint normalizer", "log-none",
     "models: joint: normalizer: none cannot be one of several; remove it, or the others"),
    ("models joint normalizer", ["none", "log"],
     "models: joint: normalizer: none cannot be one of several; remove it, or the others"),
    ("models joint normalizer", {"name": "log", "percentile": 95},
     "models: joint: normalizer: log: percentile: unknown key; expected no keys"),
    ("models joint grid normalizer", ["log-max", ["log", {"name": "max"}]],
     "models: joint: grid: normalizer: log-max comes twice"),
    ("models joint grid normalizer", ["none", {"name": "perctrim", "percentile": "95"}],
     "models: joint: grid: normalizer: item 2: perctrim: percentile: found '95', expected a number above 0 and at most "
     "100; YAML reads it as text: write 95"),
    ("models joint loss", "mean_squared",
     "models: joint: loss: found 'mean_squared', expected one of binary_crossentropy, huber, mae, mse, multinomial, "
     "poisson, poisson_nll, profile_and_counts"),
    ("comparison_figures", {"f": {"kind": "box", "metric": "auprcc", "models": ["joint"], "x": "order"}},
     "comparison_figures: f: metric: found 'auprcc', expected one of accuracy, acc, auprc, ap, auroc, brier, f1, mae, "
     "mcc, mse, pearson, cor, spearman, var_explained; did you mean auprc?"),
    ("models regression training positive_weight", "balanced",
     "models: regression: training: positive_weight: applies to classes, not to the loss mse; remove it"),
    # names that do not exist
    ("models joint inputs", ["dna", "accesibility"],
     "models: joint: inputs: 'accesibility' is not one of the datasets; did you mean accessibility?"),
    ("models joint flank", {"dan": 3}, "models: joint: flank: 'dan' is not one of the inputs; did you mean dna?"),
    ("attribution models", ["joined"], "attribution: models: 'joined' is not one of the models; did you mean joint?"),
    ("comparison_figures",
     {"f": {"kind": "box", "metric": "ap", "models": ["joint"], "x": "order", "test_set": "fold2"}},
     "comparison_figures: f: test_set: found 'fold2', expected one of test, final"),
    ("comparison_figures", {"f": {"kind": "boxes"}},
     "comparison_figures: f: kind: found 'boxes', expected one of box, difference, scatter; did you mean box?"),
    ("comparison_figures", {"f": {"kind": "box", "metric": "cor", "models": ["joint"], "x": "order"}},
     "comparison_figures: f: metric: cor does not score joint.order-2.normalizer-zscorelog, of loss "
     "binary_crossentropy; expected one of accuracy, auprc, auroc, brier, f1, mcc"),
    ("models extra", {"architecture": "danq", "inputs": ["dna", "accessibility"], "target": "bound"},
     "models: extra: inputs: found dna, accessibility, but danq reads one sequence only"),
    ("models regression training monitor", "val_auroc",
     "models: regression: training: monitor: val_auroc is measured of classes, not with the loss mse; take val_loss"),
    ("models joint architecture", "CNN",
     "models: joint: architecture: found 'CNN', expected one of bpnet, cage, cnn, danq, deepsea, jund, threelayer; "
     "did you mean cnn?"),
    ("datasets accessibility shift", 4,
     "datasets: accessibility: shift: found 4, expected a list of 2 values"),
    ("folds", {}, "folds: is missing; give folds, or cross_validation"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "value", "sentence"), MISTAKES, ids=lambda value: str(value)[:30])
def test_a_mistake_is_one_sentence(keys: str, value: Any, sentence: str) -> None:
    assert check_config(_spoiled(keys, value))[1] == [sentence]


def _spoiled(keys: str, value: Any) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    *above, last = keys.split()
    place = config
    for key in above:
        place = place[key]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return config


@pytest.mark.parametrize("name", ["hidden", "dna_scan"])
def test_a_dataset_called_like_a_layer_is_named(name: str) -> None:
    config = _spoiled("models regression target", name)
    config["datasets"][name] = config["datasets"].pop("signal")
    said = "the architecture cnn of models: regression has a layer of this name; give the dataset another"
    assert check_config(config)[1] == [f"datasets: {name}: {said}"]


def test_all_mistakes_are_found() -> None:
    config = _spoiled("models joint training", {"epochs": 0, "batchsize": 3})
    assert check_config(config)[1] == [
        "models: joint: training: batchsize: unknown key; did you mean batch_size?",
        "models: joint: training: epochs: found 0, expected a whole number of at least 1",
    ]


@pytest.mark.parametrize(
    "section", ["attribution", "variants", "bigwig_tracks", "locus_figures", "simulate", "cross_validation"]
)
def test_a_section_that_is_not_needed_may_be_empty(section: str) -> None:
    filled, found = check_config(_spoiled(section, None))
    assert found == []
    assert filled[section] is None


def test_at_most_four_problems_are_shown() -> None:
    assert shown(["a", "b", "c", "d", "e", "f"]) == "a\nb\nc\nd\nand 2 more"
    assert shown(["a", "b", "c", "d"]) == "a\nb\nc\nd"


def test_a_mistake_in_a_file_comes_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (ROOT / "config/config.yaml").read_text()
    path.write_text(text.replace("  step: 200", "  step: 0"))
    with pytest.raises(OptionError, match=r"^mine\.yaml, line 19: regions: step: found 0, expected"):
        load_config(yaml.safe_load(path.read_text()), [path])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("run: demo\n\tdata_dir: x\n", "mine.yaml, line 2: found a tab; indent with spaces"),
        ("", "mine.yaml: is empty; expected keys and values, such as run: demo"),
        ("# nothing\n", "mine.yaml: is empty; expected keys and values, such as run: demo"),
        ("- run: demo\n", "mine.yaml, line 1: found a list at the top, expected keys and values, such as run: demo"),
        ("demo\n", "mine.yaml, line 1: found one value at the top, expected keys and values, such as run: demo"),
        ("run: a\nseeds: [1]\nrun: b\n", "mine.yaml, line 3: run: comes twice, first in line 1; keep one of them"),
        ("genome:\n  fasta: a\n  fasta: b\n",
         "mine.yaml, line 3: genome: fasta: comes twice, first in line 2; keep one of them"),
        ("run: [a\nseeds: 1\n",
         "mine.yaml, line 2: is not YAML: expected ',' or ']', but got ':', in: seeds: 1; look at"),
        ("run: *missing\n", "mine.yaml, line 1: is not YAML: found undefined alias 'missing', in: run: *missing"),
        ("run: a: b\n", "mine.yaml, line 1: is not YAML: mapping values are not allowed here, in: run: a: b"),
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(text)
    with pytest.raises(InputFileError) as found:
        load_config({}, ["mine.yaml"])
    assert str(found.value).startswith(said)


def test_words_that_yaml_reads_as_true_are_named_with_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "config/config.yaml").read_text().replace("run: demo", "run: on")
    Path("mine.yaml").write_text(text)
    with pytest.raises(OptionError) as found:
        load_config(yaml.safe_load(text), ["mine.yaml"])
    assert str(found.value).startswith("mine.yaml, line 2: run: found true, expected a name of letters")
    assert str(found.value).endswith("; YAML reads yes, no, on and off as true or false: put the word in quotes")
