"""From a config with all defaults to names: files, folds and samples of each step.

Standard library only: the Snakefile imports it.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import lcm
from os.path import join
from typing import Any

from jangdan.records.kinds import FORMATS, LOSSES, format_of
from jangdan.records.options import chosen_options
from jangdan.workflow.grid import expand_models
from jangdan.workflow.sections.datasets import listed
from jangdan.workflow.sections.models import NORMALIZER_KEYS
from jangdan.workflow.sections.normalizers import chain_word, files_in, with_paths

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


def initial_weights(config: Config, model: Config) -> list[str]:
    """Return the path of the model file whose weights a grid model begins with, if it has one."""
    path = model["training"]["initial_weights"]
    return [resolve(config, path)] if path else []


def is_per_region(config: Config, dataset: str) -> bool:
    """Tell whether a dataset holds one value a region (resolution: null)."""
    return config["datasets"][dataset]["resolution"] is None


def common_resolution(config: Config) -> int:
    """Return the least common multiple of all resolutions (bp): what regions are trimmed to."""
    return lcm(*(d["resolution"] or 1 for d in config["datasets"].values() if d["kind"] == "coverage"))


def widest_flank(config: Config) -> int:
    """Return the largest flank (bp) of the sequence inputs."""
    names = [n for n, d in config["datasets"].items() if d["kind"] == "sequence"]
    return max((flank for n in names for flank in flanks_of(config, n)), default=0)


def flanks_of(config: Config, dataset: str) -> list[int]:
    """Return the flanks (bp) that a dataset is read with: its own, and those of models that set another."""
    models = expand_models(config).values()
    own = dict(config["datasets"][dataset])
    read = [flank_of(model, dataset, own) for model in models if dataset in model["inputs"]]
    return [own["flank"], *read]


def chains_of(config: Config) -> dict[str, list[Any]]:
    """Return the steps of each chain of normalizers of a config, paths resolved, by its name in files."""
    return {chain_word(chain): with_paths(chain, lambda path: resolve(config, path)) for chain in _chains(config)}


def mask_files(config: Config) -> list[str]:
    """Return the files that normalizers read, as the config names them."""
    return list(dict.fromkeys(path for chain in _chains(config) for path in files_in(chain)))


def _chains(config: Config) -> Iterator[Any]:
    for model in config["models"].values():
        for key in NORMALIZER_KEYS:
            yield from [model[key], *model["grid"].get(key, ())]


def stored_options(config: Config, dataset: str) -> dict[str, Any]:
    """Return what the file of a coverage dataset depends on; its flank is the widest that a model reads."""
    options = {k: v for k, v in config["datasets"][dataset].items() if k != "groups"}
    if is_per_region(config, dataset):
        return options
    swapped = config["evaluation"]["substitute_inputs"].values()
    names = [dataset, *(name for swaps in swapped for name, other in swaps.items() if other == dataset)]
    return {**options, "flank": max(flank for name in names for flank in flanks_of(config, name))}


def flank_of(model: Config, dataset: str, options: Config) -> int:
    """Return the flank (bp) that a grid model reads a dataset with."""
    chosen = model["flank"]
    if isinstance(chosen, Mapping):
        chosen = chosen.get(dataset)
    is_per_window = options["kind"] == "coverage" and options["resolution"] is None
    return int(options["flank"] if chosen is None or is_per_window else chosen)


def input_files(config: Config) -> list[str]:
    """Return the paths of all files that the run reads."""
    genome = config["genome"]
    paths = [genome["fasta"], *genome["exclude_regions"], *config["regions"]["sources"]]
    paths += [genome["annotation"]] if genome["annotation"] else []
    for options in config["datasets"].values():
        paths += [path for own in _files(options).values() for path in listed(own)]
    paths += [config["variants"]["vcf"]] if config["variants"] else []
    paths += mask_files(config)
    return [resolve(config, path) for path in dict.fromkeys(paths)]


def _files(dataset: Config) -> Mapping[str, Any]:
    """Return the files of a dataset, of which a sequence has none."""
    return dataset["files"] if dataset["kind"] == "coverage" else {}


def region_files(config: Config) -> list[str]:
    """Return the files that the regions of interest are made of, as the config names them."""
    genome = config["genome"]
    return [*config["regions"]["sources"], *genome["exclude_regions"], genome["fasta"]]


def is_anchored(config: Config) -> bool:
    """Tell whether regions are windows around 5' ends, which have a strand."""
    return config["regions"]["upstream"] is not None or config["regions"]["downstream"] is not None


def region_options(config: Config) -> dict[str, Any]:
    """Return what is made of the sources' regions, and `divisor`, what merged ones are trimmed to multiples of (bp)."""
    own = ("sources", "datasets", "window", "step")
    kept = {key: value for key, value in config["regions"].items() if key not in own}
    return {**kept, "divisor": common_resolution(config)}


def inputs_of(config: Config) -> dict[str, Any]:
    """Return the slice of the config that names input files: what the preflight depends on."""
    genome = {key: config["genome"][key] for key in ("fasta", "exclude_regions", "annotation", "aliases")}
    kept: dict[str, Any] = {"data_dir": config["data_dir"], "genome": genome, "variants": None}
    kept["regions"] = {"sources": config["regions"]["sources"]}
    kept["datasets"] = {n: {"files": _files(d)} for n, d in config["datasets"].items()}
    kept["masks"] = mask_files(config)
    if config["variants"]:
        kept["variants"] = {"vcf": config["variants"]["vcf"]}
    return kept


def folds_of(config: Config) -> dict[str, dict[str, list[str]]]:
    """Return name -> chromosomes of each part (validation, test, and exclude, which no part has).

    Those of `folds`, and of `cross_validation`: each of its chromosomes is the test part once, with the next
    one for validation; `final` chromosomes are in no part, until the fold "final", which tests on them;
    those of `exclude` are in none.
    """
    folds = {
        name: {part: chroms for part, chroms in parts.items() if chroms} for name, parts in config["folds"].items()
    }
    crossed = config["cross_validation"]
    if not crossed:
        return folds
    chroms, final, never = crossed["chromosomes"], crossed["final"], crossed["exclude"]
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
    samples = config["evaluation"]["substitute_inputs"]
    found = {name: {n: other for n, other in swaps.items() if n in model["inputs"]} for name, swaps in samples.items()}
    found = {name: swaps for name, swaps in found.items() if swaps}
    crossed = config["cross_validation"]
    if crossed and crossed["final"] and fold in [f"test-{chrom}" for chrom in crossed["chromosomes"]]:
        found[FINAL] = {}
    return found
