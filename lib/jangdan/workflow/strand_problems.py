"""Strands that a dataset of a config asks for, and its files or regions do not have. Standard library only."""

from collections.abc import Mapping

from jangdan.records.kinds import FORMATS, format_of
from jangdan.records.options import chosen_options
from jangdan.workflow.plan import Config, is_anchored, is_stranded
from jangdan.workflow.sections.datasets import listed


def strand_problems(config: Config) -> list[str]:
    """Return what is wrong with strands, one sentence each."""
    found = []
    for name, options in config["datasets"].items():
        if options["kind"] == "coverage":
            own = [*_pair_problems(options), *_relative_problems(config, name)]
            found += [f"datasets: {name}: {problem}" for problem in own]
    return found


def _pair_problems(options: Config) -> list[str]:
    """Return pairs by strand whose files have two strands each."""
    found = []
    for condition, paths in options["files"].items():
        formats = [FORMATS[format_of(path)] for path in listed(paths)] if isinstance(paths, Mapping) else []
        if any(each.is_stranded(chosen_options(each.options, options)) for each in formats):
            found.append(f"files: {condition}: a pair by strand, of files with two strands each; set stranded: false")
    return found


def _relative_problems(config: Config, name: str) -> list[str]:
    """Return why there is no strand of the window's own."""
    strand = config["datasets"][name]["relative_strand"]
    if strand is None:
        return []
    found, where = [], f"relative_strand: {strand}"
    if not is_stranded(config, name):
        found.append(f"{where}: the values are not kept by strand; give reads with stranded: true, or {{plus, minus}}")
    if not is_anchored(config):
        found.append(f"{where}: the regions have no strand; take them from a GFF with regions: upstream")
    return found
