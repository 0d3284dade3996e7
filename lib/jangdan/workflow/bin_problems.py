"""Bins that windows do not consist of: lengths that are not multiples of a resolution. Standard library only."""

from collections.abc import Iterator

from jangdan.workflow.grid import expand_models
from jangdan.workflow.plan import Config, flank_of, is_profile


def bin_problems(config: Config) -> list[str]:
    """Return a sentence per dataset whose resolution does not divide the windows that a model reads of it."""
    found = []
    for model in expand_models(config).values():
        for name in (*model["inputs"], model["target"]):
            wrong = list(_undivided(config, model, name))
            if wrong:
                resolution = config["datasets"][name]["resolution"]
                lengths = ", ".join(f"{key} ({length} bp)" for key, length in wrong)
                where = f"datasets: {name}: resolution: {resolution} bp does not divide {lengths}"
                found.append(f"{where}, and windows consist of whole bins; change one of them")
    return list(dict.fromkeys(found))


def _undivided(config: Config, model: Config, name: str) -> Iterator[tuple[str, int]]:
    """Yield lengths that are not multiples of the resolution of a dataset that a model reads."""
    options, regions = config["datasets"][name], config["regions"]
    is_target = name == model["target"]
    # of a profile's target, profile_problems says more
    if options["kind"] == "sequence" or options["resolution"] is None or (is_target and is_profile(model)):
        return
    lengths = {"regions: window": regions["window"], "regions: step": regions["step"] or regions["window"]}
    if not is_target:
        lengths["its flank"] = flank_of(model, name, options)
    for key, length in lengths.items():
        if length % options["resolution"]:
            yield key, length
