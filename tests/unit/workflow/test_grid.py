"""What a config fans out to: grid models, flanks, samples, sheets; and what is wrong with one, said in a sentence."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from jangdan.workflow.grid import MODEL_KEYS, TRAINING_KEYS, expand_models, matching
from jangdan.workflow.plan import files_of, flank_of, region_options, samples_of, stored_options, widest_flank
from jangdan.workflow.problems import problems
from jangdan.workflow.sheets import with_sheets

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/config.schema.yaml"


@pytest.fixture
def config() -> dict[str, Any]:
    return {
        "data_dir": "data",
        "regions": {"binsize": 200, "sources": ["a.bed"]},
        "folds": {"main": {"validation": ["chr1"], "test": ["chr2"]}},
        "datasets": {
            "dna": {"kind": "sequence", "flank": 50},
            "deep": {"kind": "coverage", "files": {"x": "deep.bam"}, "resolution": 50},
            "shallow": {"kind": "coverage", "files": {"x": "shallow.bam"}, "resolution": 50},
            "target": {"kind": "coverage", "files": {"y": "a.bed"}, "resolution": None},
        },
        "models": {
            "net": {
                "architecture": "cnn",
                "inputs": ["dna", "deep"],
                "target": "target",
                "parameters": {"filters": 8},
                "training": {"epochs": 3},
                "grid": {"flank": [50, {"dna": 400}], "shift": [0, 20], "filters": [4], "reverse_complement": [True]},
            },
            "plain": {"architecture": "jund", "inputs": ["dna"], "target": "target"},
        },
        "evaluation": {"samples": {"other": {"deep": "shallow"}}},
    }


def test_every_grid_key_goes_where_it_belongs(config: dict[str, Any]) -> None:
    models = expand_models(config)
    assert len(models) == 5
    name = "net.flank-dna-400.shift-20.filters-4.reverse_complement-yes"
    model = models[name]
    assert model["flank"] == {"dna": 400}
    assert model["training"] == {"epochs": 3, "shift": 20, "reverse_complement": True}
    assert model["parameters"] == {"filters": 4}
    assert models["plain"]["training"] == models["plain"]["parameters"] == models["plain"]["chosen"] == {}
    assert matching(models, {"model": "net", "flank": {"dna": 400}, "shift": 20}) == [name]
    assert len(matching(models, {"model": "net", "shift": 0})) == 2
    assert matching(models, {"model": "net", "order": 1}) == []


def test_the_grid_knows_each_key_of_the_schema() -> None:
    model = yaml.safe_load(SCHEMA.read_text())["properties"]["models"]["additionalProperties"]["properties"]
    assert set(TRAINING_KEYS) == set(model["training"]["properties"])
    assert set(MODEL_KEYS) == set(model) - {"inputs", "target", "grid", "parameters", "training"}


def test_a_model_reads_its_own_flank_and_the_widest_is_stored(config: dict[str, Any]) -> None:
    dna, deep = config["datasets"]["dna"], config["datasets"]["deep"]
    assert flank_of({"flank": {"dna": 400}}, "dna", dna) == 400
    assert flank_of({"flank": {"dna": 400}}, "deep", deep) == 0
    assert flank_of({"flank": 100}, "deep", deep) == 100
    assert flank_of({}, "dna", dna) == 50
    assert flank_of({"flank": 100}, "target", config["datasets"]["target"]) == 0
    assert widest_flank(config) == 400
    assert stored_options(config, "deep")["flank"] == stored_options(config, "shallow")["flank"] == 50
    assert stored_options(config, "target") == config["datasets"]["target"]


def test_models_are_tested_on_samples_of_what_they_read(config: dict[str, Any]) -> None:
    models = expand_models(config)
    assert samples_of(config, models["plain"], "main") == {}
    net = next(model for name, model in models.items() if name.startswith("net"))
    assert samples_of(config, net, "main") == {"other": {"deep": "shallow"}}
    crossed = {**config, "cross_validation": {"chromosomes": ["chr1", "chr2", "chr3"], "final": ["chr4"]}}
    assert samples_of(crossed, models["plain"], "test-chr1") == {"final": {}}
    assert samples_of(crossed, models["plain"], "final") == samples_of(crossed, models["plain"], "main") == {}


def test_regions_around_ends_say_what_they_are_made_of(config: dict[str, Any]) -> None:
    config["regions"] |= {"upstream": 200, "downstream": 0, "feature": "transcript"}
    assert region_options(config) == {"upstream": 200, "downstream": 0, "feature": "transcript", "divisor": 50}


def test_inputs_of_one_value_a_window_are_not_shifted_nor_read_around_variants(config: dict[str, Any]) -> None:
    config["datasets"]["deep"]["resolution"] = config["datasets"]["shallow"]["resolution"] = None
    config["variants"] = {"vcf": "v.vcf", "models": ["net"]}
    found = problems(config)
    assert sum("shift: deep has resolution: null" in sentence for sentence in found) == 2
    assert sum("reads deep, with resolution: null" in sentence for sentence in found) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"regions": {"binsize": 200, "upstream": 100}}, "upstream and downstream are 100 bp, expected the binsize"),
        ({"regions": {"binsize": 200, "upstream": 200, "extend": 5}}, "extend: cannot be used with upstream"),
        ({"regions": {"binsize": 200, "upstream": 200}}, "give coverage the resolution 1 or null"),
        ({"evaluation": {"samples": {"s": {"deep": "gone"}}}}, "samples: s: 'gone' is not one of the datasets"),
        ({"evaluation": {"samples": {"s": {"deep": "target"}}}}, "deep and target differ in resolution"),
        ({"evaluation": {"samples": {"final": {"deep": "shallow"}}}}, "this name is kept"),
        ({"figures": {"f": {"kind": "box", "metric": "auprc", "models": ["no"], "x": "order"}}}, "stands for 0 models"),
        ({"figures": {"f": {"kind": "box", "metric": "auprc", "models": ["net"], "x": "order"}}}, "no 'order' in its"),
        ({"figures": {"f": {"kind": "box", "metric": "auprc", "models": ["net"]}}}, "x: is missing"),
        ({"figures": {"f": {"kind": "scatter", "metric": "auprc", "x": {"model": "net"}, "y": {"model": "plain"}}}},
         "stands for 4 models of the grid, expected one"),
        ({"figures": {"f": {"kind": "scatter", "metric": "auprc", "x": "order", "y": {"model": "plain"}}}},
         "expected a model"),
        ({"figures": {"f": {"kind": "box", "metric": "auprc", "models": ["net"], "x": "shift", "sample": "s"}}},
         "sample: 's': expected one of test, final, other"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_config_is_said(config: dict[str, Any], change: dict[str, Any], said: str) -> None:
    assert problems(config) == []
    found = problems({**config, **change})
    assert any(said in sentence for sentence in found), found


@pytest.mark.parametrize("word", ["zscores", "log-zscores", "none-zscores"])
def test_an_unknown_normalizer_is_named_also_in_a_grid(config: dict[str, Any], word: str) -> None:
    config["models"]["net"]["target_normalizer"] = "log-regionlength"
    assert problems(config) == []
    config["models"]["net"]["grid"]["normalizer"] = ["none", word]
    (said,) = [each for each in problems(config) if "zscores" in each]
    assert said.startswith("models: net: normalizer: found 'zscores', expected one of binsizenorm, log, ")
    assert said.endswith("; did you mean zscore?")


def test_a_sheet_gives_files_groups_and_downloads(config: dict[str, Any], tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.tsv"
    sheet.write_text(
        "# proteins\ncondition\tfile\turl\tsha256\tgroup\nA\tpeaks/a.bed\thttps://x.org/a\tab12\tfactor\nB\tb.bed\t\t\t\n"
    )
    config["datasets"]["target"] = {"kind": "coverage", "sheet": str(sheet), "resolution": None}
    made = with_sheets(config)
    assert made["datasets"]["target"]["files"] == {"A": "peaks/a.bed", "B": "b.bed"}
    assert made["datasets"]["target"]["groups"] == {"A": "factor"}
    assert made["downloads"] == {"peaks/a.bed": {"url": "https://x.org/a", "sha256": "ab12", "md5": None}}
    assert made["datasets"]["dna"] == config["datasets"]["dna"]
    assert with_sheets(made) == made
    config["regions"]["datasets"] = ["target"]
    assert with_sheets(config)["regions"]["sources"] == ["a.bed", "peaks/a.bed", "b.bed"]
    config["regions"]["datasets"] = ["dna"]
    with pytest.raises(ValueError, match="regions: datasets: 'dna' is no dataset with files"):
        with_sheets(config)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("condition\turl\nA\tx\n", "lacks the column 'file'"),
        ("condition\tfile\tcolour\nA\tx\ty\n", "unknown column 'colour'"),
        ("condition\tfile\nA\tx\nA\ty\n", "row 2: condition 'A' comes twice"),
        ("condition\tfile\nA\n", "row 1: expected condition, file"),
        ("condition\tfile\nA\tx\ty\n", "row 1: expected condition, file and no more"),
        ("condition\tfile\n", "holds no row"),
        ("", "lacks the column 'condition'"),
    ],
)
def test_a_sheet_with_a_mistake_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "s.tsv").write_text(text)
    with pytest.raises(ValueError, match=said):
        with_sheets({"datasets": {"t": {"kind": "coverage", "sheet": str(tmp_path / "s.tsv")}}})


def test_a_sheet_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"gone\.tsv: the sheet cannot be read"):
        with_sheets({"datasets": {"t": {"kind": "coverage", "sheet": "gone.tsv"}}})


def test_a_pair_by_strand_lists_plus_first() -> None:
    config = {"data_dir": "d", "datasets": {"t": {"files": {"a": {"minus": "m.bw", "plus": "p.bw"}}}}}
    assert files_of(config, "t") == {"a": ["d/p.bw", "d/m.bw"]}
