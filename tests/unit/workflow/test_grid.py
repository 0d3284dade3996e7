"""What a config fans out to: grid models, flanks, samples, sheets; and what is wrong with one, said in a sentence."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.configs import loaded, said_of

from jangdan.workflow.grid import expand_models, matching
from jangdan.workflow.plan import (
    chains_of,
    files_of,
    flank_of,
    input_files,
    region_options,
    samples_of,
    stored_options,
    widest_flank,
)
from jangdan.workflow.sections.normalizers import chain_word
from jangdan.workflow.sheets import with_sheets

REGIONS = {"sources": ["a.bed"], "window": 200}
PAIR = {"kind": "scatter", "metric": "auprc"}
BOX = {"kind": "box", "metric": "auprc", "models": ["net"]}


@pytest.fixture
def config() -> dict[str, Any]:
    return {
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
                "grid": {
                    "flank": [50, {"dna": 400}],
                    "max_shift": [0, 20],
                    "filters": [4],
                    "reverse_complement": [True],
                },
            },
            "plain": {"architecture": "jund", "inputs": ["dna"], "target": "target"},
        },
        "evaluation": {"substitute_inputs": {"other": {"deep": "shallow"}}},
    }


def test_every_grid_key_goes_where_it_belongs(config: dict[str, Any]) -> None:
    models = expand_models(loaded(config))
    assert len(models) == 5
    name = "net.flank-dna-400.max_shift-20.filters-4.reverse_complement-yes"
    model = models[name]
    assert model["flank"] == {"dna": 400}
    changed = {"epochs": 3, "max_shift": 20, "reverse_complement": True}
    assert model["training"] == models["plain"]["training"] | changed
    assert model["parameters"] == {"filters": 4}
    assert models["plain"]["parameters"] == models["plain"]["chosen"] == {}
    assert matching(models, {"model": "net", "flank": {"dna": 400}, "max_shift": 20}) == [name]
    assert len(matching(models, {"model": "net", "max_shift": 0})) == 2
    assert matching(models, {"model": "net", "order": 1}) == []


def test_normalizers_have_parameters_and_a_name_in_files(config: dict[str, Any]) -> None:
    trimmed = ["log", {"name": "perctrim", "percentile": 95}]
    masked = {"name": "tpm", "regionmask": "exons/all.bed"}
    net = config["models"]["net"]
    net |= {"grid": {"normalizer": ["none", "log-zscore", trimmed, masked]}, "target_normalizer": {"name": "max"}}
    full = loaded(config)
    models = expand_models(full)
    word = chain_word(masked)
    assert re.fullmatch(r"tpm-[0-9a-f]{8}", word)
    assert chain_word({"name": "tpm", "regionmask": "a-log"}) != chain_word([{"name": "tpm", "regionmask": "a"}, "log"])
    names = ["none", "log-zscore", "log-perctrim-percentile-95", word]
    assert list(models) == [*(f"net.normalizer-{name}" for name in names), "plain"]
    assert [models[f"net.normalizer-{name}"]["normalizer"] for name in names] == names
    assert models["net.normalizer-none"]["target_normalizer"] == "max"
    assert matching(models, {"model": "net", "normalizer": trimmed}) == ["net.normalizer-log-perctrim-percentile-95"]
    assert chains_of(full) == {
        "none": [],
        "log-zscore": ["log", "zscore"],
        "log-perctrim-percentile-95": trimmed,
        word: [masked | {"regionmask": "data/exons/all.bed"}],
        "max": [{"name": "max"}],
    }
    assert "data/exons/all.bed" in input_files(full)


def test_a_model_reads_its_own_flank_and_the_widest_is_stored(config: dict[str, Any]) -> None:
    config = loaded(config)
    dna, deep = config["datasets"]["dna"], config["datasets"]["deep"]
    assert flank_of({"flank": {"dna": 400}}, "dna", dna) == 400
    assert flank_of({"flank": {"dna": 400}}, "deep", deep) == 0
    assert flank_of({"flank": 100}, "deep", deep) == 100
    assert flank_of({"flank": None}, "dna", dna) == 50
    assert flank_of({"flank": 100}, "target", config["datasets"]["target"]) == 0
    assert widest_flank(config) == 400
    assert stored_options(config, "deep")["flank"] == stored_options(config, "shallow")["flank"] == 50
    assert stored_options(config, "target") | {"groups": {}} == config["datasets"]["target"]


def test_models_are_tested_on_samples_of_what_they_read(config: dict[str, Any]) -> None:
    config = loaded(config)
    models = expand_models(config)
    assert samples_of(config, models["plain"], "main") == {}
    net = next(model for name, model in models.items() if name.startswith("net"))
    assert samples_of(config, net, "main") == {"other": {"deep": "shallow"}}
    crossed = {
        **config,
        "cross_validation": {"chromosomes": ["chr1", "chr2", "chr3"], "final": ["chr4"], "exclude": []},
    }
    assert samples_of(crossed, models["plain"], "test-chr1") == {"final": {}}
    assert samples_of(crossed, models["plain"], "final") == samples_of(crossed, models["plain"], "main") == {}


def test_regions_say_what_they_are_made_of(config: dict[str, Any]) -> None:
    # merged regions are trimmed to multiples of the largest resolution
    absent = {"upstream": None, "downstream": None, "feature": None}
    assert region_options(loaded(config)) == {**absent, "extend": 0, "attributes": {}, "divisor": 50}
    config["regions"] = {"window": 200, "sources": ["a.gtf"]}
    config["regions"] |= {"upstream": 200, "downstream": 0, "feature": "transcript"}
    for name in ("deep", "shallow"):
        config["datasets"][name]["resolution"] = 1
    made = region_options(loaded(config))
    assert made == {
        "upstream": 200,
        "downstream": 0,
        "feature": "transcript",
        "extend": 0,
        "attributes": {},
        "divisor": 1,
    }


def test_inputs_of_one_value_a_window_are_not_shifted_nor_read_around_variants(config: dict[str, Any]) -> None:
    config["datasets"]["deep"]["resolution"] = config["datasets"]["shallow"]["resolution"] = None
    config["variants"] = {"vcf": "v.vcf", "models": ["net"]}
    found = said_of(config)
    assert sum("max_shift: deep has resolution: null" in sentence for sentence in found) == 2
    assert sum("reads deep, with resolution: null" in sentence for sentence in found) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"regions": REGIONS | {"upstream": 100}}, "upstream and downstream are 100 bp, expected the window"),
        ({"regions": REGIONS | {"upstream": 200, "extend": 5}}, "extend: cannot be used with upstream"),
        ({"regions": REGIONS | {"upstream": 200}}, "give coverage the resolution 1 or null"),
        ({"evaluation": {"substitute_inputs": {"s": {"deep": "gone"}}}},
         "substitute_inputs: s: 'gone' is not one of the datasets"),
        ({"evaluation": {"substitute_inputs": {"s": {"deep": "target"}}}}, "deep and target differ in resolution"),
        ({"evaluation": {"substitute_inputs": {"final": {"deep": "shallow"}}}}, "this name is kept"),
        ({"comparison_figures": {"f": BOX | {"models": ["no"], "x": "order"}}},
         "stands for 0 models"),
        ({"comparison_figures": {"f": BOX | {"x": "order"}}},
         "no 'order' in its"),
        ({"comparison_figures": {"f": BOX}},
         "x: is missing"),
        ({"comparison_figures": {"f": PAIR | {"x": {"model": "net"}, "y": {"model": "plain"}}}},
         "stands for 4 models of the grid, expected one"),
        ({"comparison_figures": {"f": {"kind": "scatter", "metric": "auprc", "x": "order", "y": {"model": "plain"}}}},
         "x: order: stands for 0 models of the grid"),
        ({"comparison_figures": {"f": BOX | {"x": "max_shift", "test_set": "s"}}},
         "test_set: found 's', expected one of test, final, other"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_config_is_said(config: dict[str, Any], change: dict[str, Any], said: str) -> None:
    assert said_of(config) == []
    found = said_of({**config, **change})
    assert any(said in sentence for sentence in found), found


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
    config["regions"] = {"window": 200, "sources": ["a.bed"], "datasets": ["target"]}
    sheet.write_text(sheet.read_text().replace("ab12", 64 * "a"))
    assert loaded(config)["regions"]["sources"] == ["a.bed", "peaks/a.bed", "b.bed"]
    config["regions"]["datasets"] = ["dna"]
    assert said_of(config) == ["regions: datasets: 'dna' is not a dataset with files"]


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
