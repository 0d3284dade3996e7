import re
import sys
from itertools import product

from jangdan.errors import JangdanError
from jangdan.records.kinds import (
    ARCHITECTURES,
    COMPARISON_FIGURES,
    FORMATS,
    LOSSES,
    METHODS,
    METRICS,
    known_format,
)
from jangdan.workflow import grid, plan
from jangdan.workflow.load import load_config
from jangdan.workflow.provenance import code_digest, content_digest, import_first

import_first(str(LIB))
try:
    config.update(load_config(config, workflow.configfiles))
except JangdanError as error:
    sys.exit(str(error))

OUT = f"results/{config['run']}"
WINDOWS = {key: config["regions"][key] for key in ("window", "step")}
MODELS = grid.expand_models(config)
FOLDS = plan.folds_of(config)
COVERAGE = [n for n, d in config["datasets"].items() if d["kind"] == "coverage"]
WHOLE_GENOME = config["storage"]["whole_genome"]
TENSORFLOW = f"../../envs/{config['device']}.yaml"
RUN = "{model}/{fold}/seed-{seed}"
SAMPLES = [*config["evaluation"]["substitute_inputs"], plan.FINAL]
FIGURES = config["comparison_figures"]


def any_of(names):
    # an empty constraint would be none: (?!) matches nothing
    return "|".join(map(re.escape, map(str, names))) or "(?!)"


wildcard_constraints:
    model=any_of(MODELS),
    fold=any_of(FOLDS),
    seed=any_of(config["seeds"]),
    dataset=any_of(config["datasets"]),
    sample=any_of(SAMPLES),
    figure=any_of(FIGURES),


def code_of(script, *records):
    """Rerun trigger on content: a script, the library modules that it imports, and the records that a job uses.

    Each of `records` is a function of the wildcards that returns modules of records, or paths of their plugins.
    """
    path = str(workflow.source_path(f"../../scripts/{script}"))
    if not records:
        return code_digest(path, str(LIB))

    def digest(wildcards):
        modules = {module for record in records for module in record(wildcards)}
        return code_digest(path, str(LIB), tuple(sorted(modules)))

    return digest


def architecture_of(wildcards):
    return [ARCHITECTURES.module_of(MODELS[wildcards.model]["architecture"])]


def loss_of(wildcards):
    return [LOSSES.module_of(MODELS[wildcards.model]["loss"])]


def method_of(wildcards):
    section = config["attribution"]
    return [METHODS.module_of(section["method"])] if section else []


def figure_of(wildcards):
    return [COMPARISON_FIGURES.module_of(FIGURES[wildcards.figure]["kind"])]


def metrics_of(models):
    """Return a function that gives the modules of the metrics which models are scored by.

    models: a function of the wildcards that returns names of models.
    """

    def modules(wildcards):
        targets = {LOSSES[MODELS[name]["loss"]].targets for name in models(wildcards)}
        kinds = {
            "classification" if each == "classes" else "regression" for each in targets
        }
        return [METRICS.module_of(each.name) for each in METRICS if each.kind in kinds]

    return modules


def formats_of(*sources):
    """Return a function of the wildcards that gives the modules of the formats which files are of.

    Each of `sources` is a path, a list of paths, or a function of the wildcards that returns one.
    """

    def modules(wildcards):
        names = map(known_format, paths_of(sources, wildcards))
        return [FORMATS.module_of(name) for name in names if name in FORMATS]

    return modules


def plugins_of(*records):
    """Return a function that gives the plugins which a job loads: those that define one of its `records`."""

    def paths(wildcards):
        modules = {module for record in records for module in record(wildcards)}
        return sorted(module for module in modules if module.endswith(".py"))

    return paths


def content_of(*sources):
    """Rerun trigger on content: source files, also where their dates are old.

    Each of `sources` is a path, a list of paths, or a function of the wildcards that returns one. Snakemake
    does not record params that are functions of the input; and what this workflow makes or downloads
    itself needs no digest.
    """

    def digest(wildcards):
        paths = paths_of(sources, wildcards)
        return content_digest([p for p in paths if not is_made_here(p)])

    return digest


def paths_of(sources, wildcards):
    given = [each(wildcards) if callable(each) else each for each in sources]
    return [path for each in given for path in as_list(each)]


def as_list(value):
    return [value] if isinstance(value, str) else list(value)


def is_made_here(path):
    names = config["downloads"]
    return (
        config["simulate"]
        or not Path(path).exists()
        or any(path == source(n) for n in names)
    )


def source(path):
    return plan.resolve(config, path)


def dataset_sources(wildcards):
    return plan.source_files(config, wildcards.dataset)


def initial_weights(wildcards):
    return plan.initial_weights(config, MODELS[wildcards.model])


def dataset_file(name, model, fold):
    """Return the file that a model reads a dataset from: raw, or normalized for its fold."""
    if config["datasets"][name]["kind"] == "sequence":
        return f"{OUT}/sequence/genome.h5"
    is_target = name == MODELS[model]["target"]
    normalizer = MODELS[model]["target_normalizer" if is_target else "normalizer"]
    if normalizer == "none":
        return f"{OUT}/coverage/{name}.h5"
    return f"{OUT}/normalized/{fold}/{name}.{normalizer}.h5"


def model_files(wildcards):
    """Return the dataset files of a model's inputs, in the config's order, or of a sample in their place."""
    model, swaps = MODELS[wildcards.model], {}
    if sample := wildcards.get("sample"):
        swaps = plan.samples_of(config, model, wildcards.fold)[sample]
    names = [swaps.get(name, name) for name in model["inputs"]]
    return [dataset_file(n, wildcards.model, wildcards.fold) for n in names]


def target_file(wildcards):
    target = MODELS[wildcards.model]["target"]
    return dataset_file(target, wildcards.model, wildcards.fold)


def sample_regions(wildcards):
    fold = plan.FINAL if wildcards.sample == plan.FINAL else wildcards.fold
    return f"{OUT}/regions/{fold}/test.tsv"


def model_settings(wildcards):
    """Return the slice of the config that one model depends on."""
    model = MODELS[wildcards.model]
    datasets = {n: dataset_options(n, model) for n in model["inputs"]}
    kept = {key: value for key, value in model.items() if key not in ("base", "chosen")}
    return {**kept, "name": wildcards.model, "datasets": datasets, "windows": WINDOWS}


def dataset_options(name, model):
    options = config["datasets"][name]
    kept = {k: v for k, v in options.items() if k not in ("files", "groups")}
    return {**kept, "flank": plan.flank_of(model, name, options)}


def has_events(model):
    """Tell whether a model's training writes event files for TensorBoard."""
    return MODELS[model]["training"]["tensorboard"]


def runs_of(models, pattern):
    """Return a pattern's paths for all seeds, folds and conditions of some models."""
    paths = []
    for model in models:
        conditions = plan.conditions_of(config, MODELS[model])
        values = dict(model=model, fold=FOLDS, seed=config["seeds"])
        paths += expand(f"{OUT}/{pattern}", condition=conditions, **values)
    return list(dict.fromkeys(paths))


def settings_of(section, *keys):
    """Return some keys of a section, nothing where it is absent."""
    return {key: config[section][key] for key in keys} if config[section] else {}


def runs_in(section, pattern):
    names = config[section]["models"] if config[section] else []
    return runs_of(grid.models_of(config, names), pattern)


def ensembles_in(section, pattern):
    """Return a pattern's paths for what several folds or seeds of a model say together."""
    if len(FOLDS) * len(config["seeds"]) < 2:
        return []
    return runs_in(section, pattern)


def evaluations():
    """Return (folder, the target's dataset file) of each evaluation: of all models, folds and seeds, on their test part and on other samples."""
    places = list(product(MODELS, FOLDS, config["seeds"], [""]))
    for model, fold in product(MODELS, FOLDS):
        samples = [f"/on-{s}" for s in plan.samples_of(config, MODELS[model], fold)]
        places += [(model, fold, seed, s) for s in samples for seed in config["seeds"]]
    found = []
    for model, fold, seed, sample in places:
        target = dataset_file(MODELS[model]["target"], model, fold)
        found.append((f"{OUT}/evaluation/{model}/{fold}/seed-{seed}{sample}", target))
    return found


def scored(name):
    """Return a file of each evaluation."""
    return [f"{folder}/{name}" for folder, _ in evaluations()]


def curve_files():
    """Return ROC and PRC figures of class models, scatter figures of the others."""
    paths = []
    if not config["evaluation"]["curves"]:
        return paths
    for name, model in MODELS.items():
        is_of_classes = LOSSES[model["loss"]].targets == "classes"
        curves = ["roc", "prc"] if is_of_classes else ["scatter"]
        for curve in curves:
            paths += runs_of([name], f"evaluation/{RUN}/{curve}.png")
    return paths
