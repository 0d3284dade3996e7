"""What no schema can say of a config. Standard library only: the Snakefile imports it."""

from jangdan.errors import OptionError
from jangdan.records.kinds import ARCHITECTURES, FORMATS, LOSSES, NORMALIZERS, known_format
from jangdan.records.options import problems_of
from jangdan.records.values import Limits, checked
from jangdan.workflow.grid import expand_models, matching, selector_of
from jangdan.workflow.plan import (
    FINAL,
    Config,
    common_resolution,
    folds_of,
    is_profile,
    listed,
)


def problems(config: Config) -> list[str]:
    """Return what no schema can say of a config, one sentence each: names that do not exist, splits that clash."""
    found = []
    datasets = config["datasets"]
    for name, model in config["models"].items():
        for key, names in (("inputs", model["inputs"]), ("target", [model["target"]])):
            found += [f"models: {name}: {key}: {n!r} is not one of the datasets" for n in names if n not in datasets]
        grid = model.get("grid", {})
        found += [f"models: {name}: grid: {key}: is empty" for key, values in grid.items() if not values]
        if model["target"] in model["inputs"]:
            found.append(f"models: {name}: target: {model['target']!r} is one of its inputs, too; take another dataset")
        target = datasets.get(model["target"], {})
        if target.get("kind") == "sequence":
            found.append(f"models: {name}: target: {model['target']!r} is a sequence, expected a coverage dataset")
    found += _sample_problems(config) + _region_problems(config) + _figure_problems(config) + _value_problems(config)
    found += _option_problems(config) + _normalizer_problems(config)
    architectures = _architecture_problems(config)
    found += architectures or _profile_problems(config)
    for section in ("attribution", "variants", "tracks", "plots"):
        names = config.get(section, {}).get("models", [])
        found += [f"{section}: models: {n!r} is not one of the models" for n in names if n not in config["models"]]
    for fold, parts in folds_of(config).items():
        both = set(parts["validation"]) & set(parts["test"])
        found += [f"folds: {fold}: {c} stands in both validation and test" for c in sorted(both)]
    if not folds_of(config):
        found.append("folds: give folds, or cross_validation")
    return found


def _value_problems(config: Config) -> list[str]:
    """Inputs of one value a window, known by their windows alone, cannot be read anywhere else."""
    found = []
    for name, model in expand_models(config).items():
        single = [n for n in model["inputs"] if config["datasets"].get(n, {}).get("resolution", 1) is None]
        if single and model["training"].get("shift"):
            found.append(f"models: {name}: shift: {single[0]} has resolution: null, one value a window; set shift: 0")
        if single and model["base"] in config.get("variants", {}).get("models", []):
            found.append(f"variants: models: {name} reads {single[0]}, with resolution: null, so not around variants")
    return found


def _architecture_problems(config: Config) -> list[str]:
    """Return what is wrong with architectures and their parameters, also those of the grid."""
    found = []
    for model in expand_models(config).values():
        where = f"models: {model['base']}"
        try:
            options = ARCHITECTURES[model["architecture"]].options
            is_profile(model)  # an unknown loss raises
        except OptionError as error:
            found.append(f"{where}: {error}")
            continue
        found += problems_of(options, model["parameters"], f"{where}: parameters")
    return list(dict.fromkeys(found))


def _normalizer_problems(config: Config) -> list[str]:
    """Return what is wrong with the names of normalizers, also those of the grid."""
    found: list[str] = []
    limits = Limits(choices=NORMALIZERS.names())
    for model in expand_models(config).values():
        for key in ("normalizer", "target_normalizer"):
            for name in model[key].split("-") if model[key] != "none" else ():
                checked(name, str, limits, f"models: {model['base']}: {key}", found)
    return list(dict.fromkeys(found))


def _profile_problems(config: Config) -> list[str]:
    found = []
    for model in expand_models(config).values():
        where, architecture, loss = f"models: {model['base']}", model["architecture"], model["loss"]
        if (ARCHITECTURES[architecture].predicts == "profile") != is_profile(model):
            able = ", ".join(each.name for each in ARCHITECTURES if each.predicts == "profile")
            losses = ", ".join(each.name for each in LOSSES if each.predicts == "profile")
            expected = f"{able} goes with one of {losses}, and these with it"
            found.append(f"{where}: loss: {loss} does not fit the architecture {architecture}; {expected}")
        elif is_profile(model) and config["datasets"].get(model["target"], {}).get("files"):
            own = [*_target_problems(config, model), *_bin_problems(config, model)]
            found += [f"{where}: {problem}" for problem in own]
        if is_profile(model) and not LOSSES[loss].trains_totals:
            sections = [n for n in ("attribution", "variants") if model["base"] in config.get(n, {}).get("models", [])]
            found += [
                f"{n}: models: {model['base']!r} is of the loss {loss}, which trains no total to explain; "
                "take profile_and_counts"
                for n in sections
            ]
    return list(dict.fromkeys(found))


def _target_problems(config: Config, model: Config) -> list[str]:
    """Return what makes a target none of counts in bins."""
    target = config["datasets"][model["target"]]
    named, found = f"target: {model['target']}", []
    if model["target_normalizer"] != "none":
        found.append(f"target_normalizer: {model['target_normalizer']}: {model['loss']} is of raw counts; take none")
    paths = [path for paths in target["files"].values() for path in listed(paths)]
    signal = [path for path in paths if _is_signal(path)]
    if signal and target.get("collapser") != "sum":
        collapser = target.get("collapser", "mean")
        found.append(f"{named}: collapser: {collapser} of {signal[0]} gives no counts of bins; take sum")
    return found


def _is_signal(path: str) -> bool:
    name = known_format(path)
    return name is not None and name in FORMATS and FORMATS[name].values == "signal"


def _bin_problems(config: Config, model: Config) -> list[str]:
    """Return what does not fit the bins of a target."""
    resolution = config["datasets"][model["target"]].get("resolution", 1)
    named, found = f"target: {model['target']}", []
    if resolution is None:
        return [f"{named} has the resolution null, one value a window; {model['loss']} needs bins: give the bp of one"]
    lengths = [(f"regions: {key}", config["regions"].get(key)) for key in ("binsize", "stepsize")]
    shift = model["training"].get("shift", 0)
    for key, length in [*lengths, ("training: shift", shift)]:
        if (length or 0) % resolution:
            found.append(f"{named}: {key}: {length} bp is no multiple of its resolution, {resolution} bp")
    if shift and not config.get("storage", {}).get("whole_genome", True):
        found.append("training: shift: reads counts beyond the regions; set storage: whole_genome: true")
    if "resolution" in model["parameters"]:
        found.append(f"parameters: resolution: is that of the target; set datasets: {model['target']}: resolution")
    return found


def _sample_problems(config: Config) -> list[str]:
    found, datasets = [], config["datasets"]
    for sample, swaps in config.get("evaluation", {}).get("samples", {}).items():
        where = f"evaluation: samples: {sample}"
        if sample == FINAL:
            found.append(f"{where}: this name is kept for the regions of cross_validation: final; give another")
        for name, other in swaps.items():
            missing = [n for n in (name, other) if n not in datasets]
            found += [f"{where}: {n!r} is not one of the datasets" for n in missing]
            if not missing:
                found += [
                    f"{where}: {name} and {other} differ in {key}; a model can only read datasets of one kind"
                    for key in ("kind", "resolution", "stranded", "flank")
                    if datasets[name].get(key) != datasets[other].get(key)
                ]
    return found


def _region_problems(config: Config) -> list[str]:
    regions = config["regions"]
    if "upstream" not in regions and "downstream" not in regions:
        return []
    found: list[str] = []
    length = regions.get("upstream", 0) + regions.get("downstream", 0)
    if length != regions["binsize"]:
        found.append(f"regions: upstream and downstream are {length} bp, expected the binsize, {regions['binsize']} bp")
    if regions.get("extend"):
        found.append("regions: extend: cannot be used with upstream and downstream; raise these")
    if common_resolution(config) > 1:
        found.append("regions: upstream: such regions start anywhere; give coverage the resolution 1 or null")
    return found


def _figure_problems(config: Config) -> list[str]:
    found, models = [], expand_models(config)
    samples = ["test", FINAL, *config.get("evaluation", {}).get("samples", {})]
    for name, options in config.get("figures", {}).items():
        where = f"figures: {name}"
        is_box = options["kind"] == "box"
        if options.get("sample", "test") not in samples:
            found.append(f"{where}: sample: {options['sample']!r}: expected one of {', '.join(samples)}")
        missing = [key for key in (("models", "x") if is_box else ("x", "y")) if key not in options]
        if missing:
            found.append(f"{where}: {missing[0]}: is missing, which a figure of kind {options['kind']} needs")
            continue
        if is_box != isinstance(options["x"], str):
            expected = "a key of the grid, or model" if is_box else "a model, such as {model: danq, order: 1}"
            found.append(f"{where}: x: {options['x']!r}: expected {expected}")
            continue
        for chosen in options["models"] if is_box else [options["x"], options["y"]]:
            picked = matching(models, selector_of(chosen))
            if not picked or not (is_box or len(picked) == 1):
                expected = "at least one" if is_box else "one"
                found.append(f"{where}: {chosen}: stands for {len(picked)} models of the grid, expected {expected}")
            keys = [options[key] for key in ("x", "colour") if is_box and options.get(key, "model") != "model"]
            lacks = [(n, key) for n in picked for key in keys if key not in models[n]["chosen"]]
            found += [f"{where}: model {n} has no {key!r} in its grid" for n, key in lacks[:1]]
    return found


_ALIGNMENTS, _FRAGMENTS = "BAM and CRAM files", "fragment files"
# option: its default in the schema, and the files that it is for
_NOT_OF_SIGNAL = {
    "min_mapq": (0, _ALIGNMENTS),
    "pairedend": ("5prime", _ALIGNMENTS),
    "keep_duplicates": (False, _ALIGNMENTS),
    "keep_secondary": (False, _ALIGNMENTS),
    "keep_supplementary": (False, _ALIGNMENTS),
    "keep_qcfail": (False, _ALIGNMENTS),
    "use_counts": (False, _FRAGMENTS),
    "barcodes": (None, _FRAGMENTS),
    "share": (None, _FRAGMENTS),
}


def _option_problems(config: Config) -> list[str]:
    """Return options that do nothing for bigWig and bedGraph files; a default of the schema is not a mistake."""
    found = []
    for name, options in config["datasets"].items():
        paths = [path for paths in options.get("files", {}).values() for path in listed(paths)]
        if not paths or not all(map(_is_signal, paths)):
            continue
        for key, (default, files) in _NOT_OF_SIGNAL.items():
            if options.get(key, default) != default:
                found.append(f"datasets: {name}: {key}: applies to {files}, not to {paths[0]}; remove it")
    return found
