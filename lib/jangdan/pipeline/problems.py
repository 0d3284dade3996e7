"""What no schema can say of a config. Standard library only: the Snakefile imports it."""

from jangdan.pipeline.grid import expand_models, matching, selector_of
from jangdan.pipeline.plan import FINAL, Config, common_resolution, folds_of


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
    found += _sample_problems(config) + _region_problems(config) + _figure_problems(config) + _value_problems(config)
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
