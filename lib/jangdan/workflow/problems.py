"""What no options class can say of a config: names that do not exist, splits that clash, parts that do not fit.

Each function takes a config with all defaults and returns sentences. Standard library only: the Snakefile imports it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jangdan.records.kinds import ARCHITECTURES, LOSSES
from jangdan.records.options import problems_of, unknown_key
from jangdan.workflow.bin_problems import bin_problems
from jangdan.workflow.figure_problems import figure_problems
from jangdan.workflow.grid import expand_models
from jangdan.workflow.plan import FINAL, Config, common_resolution, folds_of, is_anchored
from jangdan.workflow.profile_problems import profile_problems
from jangdan.workflow.strand_problems import strand_problems


def problems(config: Config) -> list[str]:
    """Return all that is wrong with a config that the options classes have nothing against, one sentence each."""
    found: list[str] = []
    for name, model in config["models"].items():
        found += _model_problems(config, model, f"models: {name}")
    of_models = (_parameter_problems, _input_problems, _layer_problems, _weight_problems, _monitor_problems)
    found = found or [problem for check in of_models for problem in check(config)]
    found = found or [*profile_problems(config), *bin_problems(config)]
    checks = (_section_problems, _fold_problems, _region_problems, strand_problems, _sample_problems, _value_problems)
    for check in checks:
        found += check(config)
    return list(dict.fromkeys(found + figure_problems(config)))


def unknown_name(name: str, names: Iterable[str], noun: str) -> str:
    """Return the sentence for a name that does not exist, with the closest one that does."""
    known = list(names)
    _, _, advice = unknown_key(name, known).partition("; ")
    return f"{name!r} is not one of the {noun}; {advice}"


def _model_problems(config: Config, model: Config, where: str) -> list[str]:
    """Return datasets of a model that do not exist, or not as what it takes them for."""
    datasets = config["datasets"]
    wanted = [("inputs", name) for name in model["inputs"]] + [("target", model["target"])]
    found = [f"{where}: {key}: {unknown_name(n, datasets, 'datasets')}" for key, n in wanted if n not in datasets]
    if model["target"] in model["inputs"]:
        found.append(f"{where}: target: {model['target']!r} is one of its inputs, too; take another dataset")
    if datasets.get(model["target"], {}).get("kind") == "sequence":
        found.append(f"{where}: target: {model['target']!r} is a sequence, expected a coverage dataset")
    for flank in (model["flank"], *model["grid"].get("flank", ())):
        names = flank if isinstance(flank, Mapping) else ()
        found += [
            f"{where}: flank: {unknown_name(n, model['inputs'], 'inputs')}" for n in names if n not in model["inputs"]
        ]
    return found


def _parameter_problems(config: Config) -> list[str]:
    """Return parameters that do not go together, or not with the architecture, in a model of the grid."""
    found = []
    for model in expand_models(config).values():
        options = ARCHITECTURES[model["architecture"]].options
        found += problems_of(options, model["parameters"], f"models: {model['base']}: parameters")
    return found


def _input_problems(config: Config) -> list[str]:
    """Return inputs that an architecture cannot read."""
    found = []
    for model in expand_models(config).values():
        kinds = [config["datasets"][name]["kind"] for name in model["inputs"]]
        if ARCHITECTURES[model["architecture"]].reads == "sequence" and kinds != ["sequence"]:
            problem = f"inputs: found {', '.join(model['inputs'])}, but {model['architecture']} reads one sequence only"
            found.append(f"models: {model['base']}: {problem}")
    return found


def _monitor_problems(config: Config) -> list[str]:
    """Return scores that are not measured while a model trains."""
    found = []
    for model in expand_models(config).values():
        monitor = model["training"]["monitor"]
        if LOSSES[model["loss"]].targets != "classes" and not monitor.endswith("loss"):
            problem = f"monitor: {monitor} is measured of classes, not with the loss {model['loss']}; take val_loss"
            found.append(f"models: {model['base']}: training: {problem}")
    return found


def _weight_problems(config: Config) -> list[str]:
    """Return weights of positives where nothing is positive."""
    found = []
    for model in expand_models(config).values():
        if model["training"]["positive_weight"] is not None and LOSSES[model["loss"]].targets != "classes":
            problem = f"positive_weight: applies to classes, not to the loss {model['loss']}; remove it"
            found.append(f"models: {model['base']}: training: {problem}")
    return found


def _layer_problems(config: Config) -> list[str]:
    """Return datasets that are called like a layer of a network that reads or predicts them."""
    found = []
    for model in expand_models(config).values():
        architecture = ARCHITECTURES[model["architecture"]]
        for name in (*model["inputs"], model["target"]):
            if architecture.has_layer(name, model["inputs"]):
                where = f"the architecture {architecture.name} of models: {model['base']} has a layer of this name"
                found.append(f"datasets: {name}: {where}; give the dataset another")
    return found


def _section_problems(config: Config) -> list[str]:
    """Return models of sections that do not exist."""
    found = []
    for section in ("attribution", "variants", "bigwig_tracks", "locus_figures"):
        names = models_in(config, section)
        wrong = [name for name in names if name not in config["models"]]
        found += [f"{section}: models: {unknown_name(name, config['models'], 'models')}" for name in wrong]
    return found


def models_in(config: Config, section: str) -> list[str]:
    """Return the models of a section that may be absent."""
    return list(config[section]["models"]) if config[section] else []


def _fold_problems(config: Config) -> list[str]:
    """Return folds that are missing, or that have a name twice."""
    if not folds_of(config):
        return ["folds: is missing; give folds, or cross_validation"]
    crossed = config["cross_validation"]
    if not crossed:
        return []
    made = [f"test-{chrom}" for chrom in crossed["chromosomes"]] + ([FINAL] if crossed["final"] else [])
    return [
        f"folds: {name}: cross_validation makes a fold of this name; give another"
        for name in config["folds"]
        if name in made
    ]


def _region_problems(config: Config) -> list[str]:
    """Return datasets that are no source of regions; and what does not go with regions around 5' ends."""
    regions, datasets, found = config["regions"], config["datasets"], []
    for name in regions["datasets"]:
        if name not in datasets:
            found.append(f"regions: datasets: {unknown_name(name, datasets, 'datasets')}")
        elif datasets[name]["kind"] == "sequence":
            found.append(f"regions: datasets: {name!r} is not a dataset with files")
    if is_anchored(config) and common_resolution(config) > 1:
        found.append("regions: upstream: such regions start anywhere; give coverage the resolution 1 or null")
    return found


def _sample_problems(config: Config) -> list[str]:
    """Return samples of evaluation whose datasets do not exist, or cannot take each other's place."""
    found: list[str] = []
    for sample, swaps in config["evaluation"]["substitute_inputs"].items():
        where = f"evaluation: substitute_inputs: {sample}"
        if sample == FINAL:
            found.append(f"{where}: this name is kept for the regions of cross_validation: final; give another")
        for name, other in swaps.items():
            found += [f"{where}: {problem}" for problem in _swap_problems(config["datasets"], name, other)]
    return found


def _swap_problems(datasets: Mapping[str, Any], name: str, other: str) -> list[str]:
    missing = [each for each in (name, other) if each not in datasets]
    if missing:
        return [unknown_name(each, datasets, "datasets") for each in missing]
    return [
        f"{name} and {other} differ in {key}; a model can only read datasets of one kind"
        for key in ("kind", "resolution", "stranded", "flank")
        if datasets[name].get(key) != datasets[other].get(key)
    ]


def _value_problems(config: Config) -> list[str]:
    """Inputs of one value per window, known by their windows alone, cannot be read anywhere else."""
    found = []
    for name, model in expand_models(config).items():
        inputs = [each for each in model["inputs"] if each in config["datasets"]]
        single = [each for each in inputs if config["datasets"][each].get("resolution", 1) is None]
        if single and model["training"]["max_shift"]:
            found.append(
                f"models: {name}: max_shift: {single[0]} has resolution: null, one value per window; set max_shift: 0"
            )
        if single and model["base"] in models_in(config, "variants"):
            found.append(f"variants: models: {name} reads {single[0]}, with resolution: null, so not around variants")
    return found
