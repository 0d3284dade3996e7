"""What does not fit a model of profiles: its loss, its target, its bins. Standard library only."""

from typing import Any

from jangdan.records.kinds import ARCHITECTURES, FORMATS, LOSSES, format_of
from jangdan.workflow.grid import expand_models
from jangdan.workflow.plan import Config, is_profile
from jangdan.workflow.sections.datasets import listed


def profile_problems(config: Config) -> list[str]:
    """Return what is wrong with the models of profiles of a config, one sentence each."""
    found: list[str] = []
    for model in expand_models(config).values():
        where, architecture, loss = f"models: {model['base']}", model["architecture"], model["loss"]
        if (ARCHITECTURES[architecture].predicts == "profile") != is_profile(model):
            able = ", ".join(each.name for each in ARCHITECTURES if each.predicts == "profile")
            losses = ", ".join(each.name for each in LOSSES if each.predicts == "profile")
            expected = f"{able} goes with one of {losses}, and these with it"
            found.append(f"{where}: loss: {loss} does not fit the architecture {architecture}; {expected}")
        elif is_profile(model):
            own = [*_target_problems(config, model), *_bin_problems(config, model)]
            found += [f"{where}: {problem}" for problem in own]
        if is_profile(model) and not LOSSES[loss].trains_totals and not found:
            found += _total_problems(config, model)
    return list(dict.fromkeys(found))


def _total_problems(config: Config, model: Config) -> list[str]:
    """Return sections that explain the total of a model that has none."""
    base = model["base"]
    sections = [name for name in ("attribution", "variants") if config[name] and base in config[name]["models"]]
    reason = f"is of the loss {model['loss']}, which trains no total to explain; take profile_and_counts"
    return [f"{name}: models: {base!r} {reason}" for name in sections]


def _target_problems(config: Config, model: Config) -> list[str]:
    """Return why a target does not hold counts in bins."""
    found = []
    if model["target_normalizer"] != "none":
        found.append(f"target_normalizer: {model['target_normalizer']}: {model['loss']} is of raw counts; take none")
    target = config["datasets"][model["target"]]
    collapser = target.get("collapser")
    paths = [path for each in target["files"].values() for path in listed(each)]
    signal = [path for path in paths if FORMATS[format_of(path)].values == "signal"]
    if signal and collapser != "sum":
        found.append(
            f"target: {model['target']}: collapser: {collapser} of {signal[0]} gives no counts of bins; take sum"
        )
    return found


def _bin_problems(config: Config, model: Config) -> list[str]:
    """Return what does not fit the bins of a target."""
    resolution, shift = config["datasets"][model["target"]]["resolution"], model["training"]["max_shift"]
    named, found = f"target: {model['target']}", []
    if resolution is None:
        return [
            f"{named} has the resolution null, one value per window; {model['loss']} needs bins: give the bp of one"
        ]
    lengths: list[tuple[str, Any]] = [(f"regions: {key}", config["regions"][key]) for key in ("window", "step")]
    for key, length in [*lengths, ("training: max_shift", shift)]:
        if (length or 0) % resolution:
            found.append(f"{named}: {key}: {length} bp is not a multiple of its resolution, {resolution} bp")
    if shift and not config["storage"]["whole_genome"]:
        found.append("training: max_shift: reads counts beyond the regions; set storage: whole_genome: true")
    if "resolution" in model["parameters"]:
        found.append(f"parameters: resolution: is that of the target; set datasets: {model['target']}: resolution")
    return found
