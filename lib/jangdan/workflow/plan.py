"""From the config to names: files, folds and samples of each step. Standard library only: the Snakefile imports it."""

from collections.abc import Iterable, Mapping
from math import lcm
from os.path import join
from typing import Any

from jangdan.records.kinds import FORMATS, LOSSES, format_of
from jangdan.records.options import chosen_options
from jangdan.workflow.grid import expand_models

Config = Mapping[str, Any]

PARTS = ("train", "validation", "test")

STRAND_NAMES = ("plus", "minus")


def resolve(config: Config, path: str) -> str:
    """Return an input's path: as it is if absolute, else below `data_dir`."""
    return join(config["data_dir"], path)


def is_profile(model: Config) -> bool:
    """Tell whether a grid model predicts the values of bins, and not one value a window."""
    return LOSSES[model["loss"]].predicts == "profile"


def conditions_of(config: Config, model: Config) -> list[str]:
    """Return what a grid model predicts: the keys of its target's files; of a profile, each strand by itself."""
    target = model["target"]
    names = list(config["datasets"][target]["files"])
    return by_strand(names) if is_profile(model) and is_stranded(config, target) else names


def by_strand(conditions: Iterable[str]) -> list[str]:
    """Return the names of conditions whose strands are conditions of their own: x.plus, x.minus.

    >>> by_strand(["x", "y"])
    ['x.plus', 'x.minus', 'y.plus', 'y.minus']
    """
    return [f"{condition}.{strand}" for condition in conditions for strand in STRAND_NAMES]


def is_stranded(config: Config, dataset: str) -> bool:
    """Tell whether a coverage dataset keeps its strands apart: pairs by strand, or formats that do so."""
    options = config["datasets"][dataset]
    if any(isinstance(paths, Mapping) for paths in options["files"].values()):
        return True
    formats = [FORMATS[format_of(path)] for path in source_files(config, dataset)]
    return all(each.is_stranded(chosen_options(each.options, options, "datasets")) for each in formats)


def files_of(config: Config, dataset: str) -> dict[str, list[str]]:
    """Return condition -> paths of its files."""
    files = config["datasets"][dataset]["files"]
    return {name: [resolve(config, path) for path in listed(paths)] for name, paths in files.items()}


def source_files(config: Config, dataset: str) -> list[str]:
    """Return the paths of a coverage dataset's files, in the order of its conditions."""
    return [path for paths in files_of(config, dataset).values() for path in paths]


def first_files(config: Config, model: Config) -> list[str]:
    """Return the path of the first file of each of `conditions_of`."""
    given, files = config["datasets"][model["target"]]["files"], files_of(config, model["target"])
    strands = len(conditions_of(config, model)) // len(files)
    pairs = [paths if isinstance(given[name], Mapping) else paths[:1] * 2 for name, paths in files.items()]
    return [path for pair in pairs for path in pair[:strands]]


def file_conditions(config: Config, dataset: str) -> list[str]:
    """Return the condition of each of `source_files`."""
    return [name for name, paths in files_of(config, dataset).items() for _ in paths]


def listed(paths: str | list[str] | Mapping[str, str]) -> list[str]:
    """Return the paths of a condition, which the config gives as one, as a list, or by strand (plus, minus)."""
    if isinstance(paths, Mapping):
        return [paths["plus"], paths["minus"]]
    return [paths] if isinstance(paths, str) else list(paths)


def initial_weights(config: Config, model: Config) -> list[str]:
    """Return the path of the model file whose weights a grid model begins with, if it has one."""
    path = model["training"].get("initial_weights")
    return [resolve(config, path)] if path else []


def is_per_region(config: Config, dataset: str) -> bool:
    """Tell whether a dataset holds one value a region (resolution: null)."""
    return config["datasets"][dataset].get("resolution", 1) is None


def common_resolution(config: Config) -> int:
    """Return the least common multiple of all resolutions (bp): what regions are trimmed to."""
    return lcm(*(d.get("resolution", 1) or 1 for d in config["datasets"].values() if d["kind"] == "coverage"))


def widest_flank(config: Config) -> int:
    """Return the largest flank (bp) of the sequence inputs."""
    names = [n for n, d in config["datasets"].items() if d["kind"] == "sequence"]
    return max((flank for n in names for flank in flanks_of(config, n)), default=0)


def flanks_of(config: Config, dataset: str) -> list[int]:
    """Return the flanks (bp) that a dataset is read with: its own, and those of models that set another."""
    models = expand_models(config).values()
    own = dict(config["datasets"][dataset])
    read = [flank_of(model, dataset, own) for model in models if dataset in model["inputs"]]
    return [own.get("flank", 0), *read]


def stored_options(config: Config, dataset: str) -> dict[str, Any]:
    """Return what the file of a coverage dataset depends on; its flank is the widest that a model reads."""
    options = {k: v for k, v in config["datasets"][dataset].items() if k != "groups"}
    if is_per_region(config, dataset):
        return options
    swapped = config.get("evaluation", {}).get("samples", {}).values()
    names = [dataset, *(name for swaps in swapped for name, other in swaps.items() if other == dataset)]
    return {**options, "flank": max(flank for name in names for flank in flanks_of(config, name))}


def flank_of(model: Config, dataset: str, options: Config) -> int:
    """Return the flank (bp) that a grid model reads a dataset with."""
    chosen = model.get("flank")
    if isinstance(chosen, Mapping):
        chosen = chosen.get(dataset)
    return int(options.get("flank", 0) if chosen is None or options.get("resolution", 1) is None else chosen)


def input_files(config: Config) -> list[str]:
    """Return the paths of all files that the run reads."""
    genome = config["genome"]
    paths = [genome["fasta"], *genome.get("exclude", []), *config["regions"]["sources"]]
    paths += [genome["annotation"]] if genome.get("annotation") else []
    for options in config["datasets"].values():
        paths += [path for own in options.get("files", {}).values() for path in listed(own)]
    paths += [config["variants"]["vcf"]] if config.get("variants") else []
    return [resolve(config, path) for path in dict.fromkeys(paths)]


def region_files(config: Config) -> list[str]:
    """Return the files that the regions of interest are made of, as the config names them."""
    genome = config["genome"]
    return [*config["regions"]["sources"], *genome.get("exclude", []), genome["fasta"]]


def region_options(config: Config) -> dict[str, Any]:
    """Return what is made of the sources' regions, and `divisor`, what merged ones are trimmed to multiples of (bp)."""
    kept = {k: v for k, v in config["regions"].items() if k not in ("sources", "datasets", "binsize", "stepsize")}
    return {**kept, "divisor": common_resolution(config)}


def inputs_of(config: Config) -> dict[str, Any]:
    """Return the slice of the config that names input files: what the preflight depends on."""
    genome = {
        k: config["genome"].get(k) for k in ("fasta", "exclude", "annotation", "aliases") if k in config["genome"]
    }
    kept: dict[str, Any] = {"data_dir": config["data_dir"], "genome": genome}
    kept["regions"] = {"sources": config["regions"]["sources"]}
    kept["datasets"] = {n: {"files": d.get("files", {})} for n, d in config["datasets"].items()}
    if config.get("variants"):
        kept["variants"] = {"vcf": config["variants"]["vcf"]}
    return kept


def folds_of(config: Config) -> dict[str, dict[str, list[str]]]:
    """Return name -> chromosomes of each part (validation, test, and exclude, which no part has).

    Those of `folds`, and of `cross_validation`: each of its chromosomes is the test part once, with the next
    one for validation; `final` chromosomes are in no part, until the fold "final", which tests on them;
    those of `exclude` are in none.
    """
    folds = {n: {key: list(chroms) for key, chroms in parts.items()} for n, parts in config.get("folds", {}).items()}
    crossed = config.get("cross_validation", {})
    chroms, final = list(crossed.get("chromosomes", [])), list(crossed.get("final", []))
    never = list(crossed.get("exclude", []))
    for i, chrom in enumerate(chroms):
        parts = {"validation": [chroms[(i + 1) % len(chroms)]], "test": [chrom]}
        folds[f"test-{chrom}"] = parts | ({"exclude": final + never} if final or never else {})
    if final:
        folds[FINAL] = {"validation": chroms[:1], "test": final} | ({"exclude": never} if never else {})
    return folds


FINAL = "final"
"""The fold that tests on `cross_validation: final`, and the sample on which all other folds' models are tested, too."""


def samples_of(config: Config, model: Config, fold: str) -> dict[str, dict[str, str]]:
    """Return what a model of a fold is tested on besides its fold's test part: name -> input: dataset in its place.

    The samples of `evaluation` that one of its inputs has a part in; and "final", the regions that cross-validation
    kept for the end.
    """
    samples = config.get("evaluation", {}).get("samples", {})
    found = {name: {n: other for n, other in swaps.items() if n in model["inputs"]} for name, swaps in samples.items()}
    found = {name: swaps for name, swaps in found.items() if swaps}
    crossed = config.get("cross_validation", {})
    if crossed.get("final") and fold in [f"test-{chrom}" for chrom in crossed["chromosomes"]]:
        found[FINAL] = {}
    return found
