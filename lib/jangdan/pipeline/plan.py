"""From the config to names: models of the grid, files of each step. Standard library only: the Snakefile imports it."""

from collections.abc import Iterable, Mapping
from itertools import product
from math import lcm
from os.path import join
from typing import Any

Config = Mapping[str, Any]

_MODEL_KEYS = ("architecture", "order", "normalizer", "loss")
PARTS = ("train", "validation", "test")


def resolve(config: Config, path: str) -> str:
    """Return an input's path: as it is if absolute, else below `data_dir`."""
    return join(config["data_dir"], path)


def expand_models(config: Config) -> dict[str, dict[str, Any]]:
    """Return every model of the grid by its name, such as ``joint.order-2.normalizer-zscorelog``.

    A model of the config without `grid` keeps its name. Grid keys are `order`, `normalizer`,
    `architecture`, `loss`, or a parameter of the architecture.
    """
    models = {}
    for base, options in config["models"].items():
        grid = options.get("grid", {})
        for values in product(*grid.values()):
            chosen = dict(zip(grid, values, strict=True))
            name = ".".join([base, *(f"{key}-{_word(value)}" for key, value in chosen.items())])
            models[name] = _model(base, options, chosen)
    return models


def _model(base: str, options: Config, chosen: Mapping[str, Any]) -> dict[str, Any]:
    model = {k: v for k, v in options.items() if k != "grid"}
    own = {k: v for k, v in chosen.items() if k in _MODEL_KEYS}
    parameters = {k: v for k, v in chosen.items() if k not in _MODEL_KEYS}
    defaults = {"order": 1, "normalizer": "none", "loss": "binary_crossentropy", "architecture": "cnn", "training": {}}
    merged = {**defaults, **model, **own, "base": base}
    merged["parameters"] = {**options.get("parameters", {}), **parameters}
    merged["normalizer"] = _word(merged["normalizer"])
    return merged


def models_of(config: Config, bases: Iterable[str]) -> list[str]:
    """Return the names of all grid models that come from the config's models `bases`."""
    wanted = list(bases)
    return [name for name, model in expand_models(config).items() if model["base"] in wanted]


def conditions_of(config: Config, dataset: str) -> list[str]:
    """Return a coverage dataset's conditions: the keys of its files."""
    return list(config["datasets"][dataset]["files"])


def files_of(config: Config, dataset: str) -> dict[str, list[str]]:
    """Return condition -> paths of its files."""
    files = config["datasets"][dataset]["files"]
    return {name: [resolve(config, path) for path in listed(paths)] for name, paths in files.items()}


def source_files(config: Config, dataset: str) -> list[str]:
    """Return the paths of a coverage dataset's files, in the order of its conditions."""
    return [path for paths in files_of(config, dataset).values() for path in paths]


def first_files(config: Config, dataset: str) -> list[str]:
    """Return the path of each condition's first file."""
    return [paths[0] for paths in files_of(config, dataset).values()]


def file_conditions(config: Config, dataset: str) -> list[str]:
    """Return the condition of each of `source_files`."""
    return [name for name, paths in files_of(config, dataset).items() for _ in paths]


def listed(paths: str | list[str]) -> list[str]:
    """Return the paths of a condition, which the config gives as one or as a list."""
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
    return max((d.get("flank", 0) for d in config["datasets"].values() if d["kind"] == "sequence"), default=0)


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
    one for validation; `final` chromosomes are in no part, until the fold "final", which tests on them.
    """
    folds = {n: {key: list(chroms) for key, chroms in parts.items()} for n, parts in config.get("folds", {}).items()}
    crossed = config.get("cross_validation", {})
    chroms, final = list(crossed.get("chromosomes", [])), list(crossed.get("final", []))
    for i, chrom in enumerate(chroms):
        parts = {"validation": [chroms[(i + 1) % len(chroms)]], "test": [chrom]}
        folds[f"test-{chrom}"] = parts | ({"exclude": final} if final else {})
    if final:
        folds["final"] = {"validation": chroms[:1], "test": final}
    return folds


def problems(config: Config) -> list[str]:
    """Return what no schema can say of a config, one sentence each: names that do not exist, splits that clash."""
    found = []
    datasets = config["datasets"]
    for name, model in config["models"].items():
        for key, names in (("inputs", model["inputs"]), ("target", [model["target"]])):
            found += [f"models: {name}: {key}: {n!r} is not one of the datasets" for n in names if n not in datasets]
        grid = model.get("grid", {})
        found += [f"models: {name}: grid: {key}: is empty" for key, values in grid.items() if not values]
        target = datasets.get(model["target"], {})
        if target.get("kind") == "sequence":
            found.append(f"models: {name}: target: {model['target']!r} is a sequence, expected a coverage dataset")
    for section in ("attribution", "variants", "tracks", "plots"):
        names = config.get(section, {}).get("models", [])
        found += [f"{section}: models: {n!r} is not one of the models" for n in names if n not in config["models"]]
    for fold, parts in folds_of(config).items():
        both = set(parts["validation"]) & set(parts["test"])
        found += [f"folds: {fold}: {c} stands in both validation and test" for c in sorted(both)]
    if not folds_of(config):
        found.append("folds: give folds, or cross_validation")
    return found


def _word(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "-".join(map(_word, value)) or "none"
    return "none" if value is None else str(value)
