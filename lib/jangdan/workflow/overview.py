"""What a config would build, as text for people. Standard library only."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jangdan.records.kinds import FORMATS, format_of
from jangdan.workflow import grid, plan
from jangdan.workflow.sections.datasets import listed, with_defaults

Config = Mapping[str, Any]

SECTIONS = {
    "attribution": "attribution/<model>/<fold>/seed-<seed>/<condition>.h5, .bw, .png",
    "variants": "variants/<model>/<fold>/seed-<seed>/effects.tsv, .h5, .bed",
    "bigwig_tracks": "tracks/<model>/<fold>/seed-<seed>/<condition>.bw",
    "locus_figures": "plots/<model>/<fold>/seed-<seed>/<condition>.png",
}
"""Section -> the files that it asks for, below results/<run>/."""


def overview(config: Config) -> str:
    """Return datasets, models, folds, runs and results of a config with all defaults and without problems."""
    parts = {
        "datasets": _datasets(config),
        "models": _models(config),
        "folds": _folds(config),
        "results": _results(config),
    }
    lines = [f"run {config['run']}, on a {config['device'].upper()}: {runs(config)}"]
    for title, rows in parts.items():
        lines += [title, *_aligned(list(rows))]
    return "\n".join(lines) + "\n"


def runs(config: Config) -> str:
    """Return how many models are trained, in words."""
    numbers = [len(grid.expand_models(config)), len(plan.folds_of(config)), len(config["seeds"])]
    product = " x ".join(counted(n, noun) for n, noun in zip(numbers, ("model", "fold", "seed"), strict=True))
    return f"{counted(numbers[0] * numbers[1] * numbers[2], 'training')} ({product})"


def counted(number: int, noun: str) -> str:
    """Return a number of things in words, such as "1 model" or "2 models"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def missing_files(config: Config) -> list[str]:
    """Return a sentence for each input file that is not there, and that the run neither downloads nor simulates."""
    if config["simulate"]:
        return []
    loaded = {plan.resolve(config, name) for name in config["downloads"]}
    attributed = [config["attribution"]["bed"]] if config["attribution"] else []
    weights = [path for model in grid.expand_models(config).values() for path in plan.initial_weights(config, model)]
    paths = plan.input_files(config) + [plan.resolve(config, path) for path in attributed if path] + weights
    missing = [path for path in dict.fromkeys(paths) if not Path(path).exists() and path not in loaded]
    relative = f"; paths start from data_dir, {config['data_dir']}"
    return [f"{path}: no such file{'' if Path(path).is_absolute() else relative}" for path in missing]


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows of text in columns, the last one as wide as it is."""
    columns = max(map(len, rows), default=0)
    widths = [max(len(row[i]) for row in rows) for i in range(columns - 1)]
    return ["  " + "  ".join([*map(str.ljust, row[:-1], widths), row[-1]]) for row in rows]


def _datasets(config: Config) -> Iterator[tuple[str, ...]]:
    """Yield name, format, and conditions with the options that are not as by default."""
    for name, options in config["datasets"].items():
        if options["kind"] == "sequence":
            yield name, "sequence", f"flank {options['flank']} bp"
            continue
        given = {key: options[key] for key in ("kind", "files")}
        plain = with_defaults(given)
        changed = {key: value for key, value in options.items() if value != plain[key] and key != "groups"}
        paths = [path for each in options["files"].values() for path in listed(each)]
        formats = " and ".join(dict.fromkeys(FORMATS[format_of(path)].label for path in paths))
        yield name, formats, "; ".join(filter(None, [_conditions(options), _words(changed)]))


def _conditions(options: Config) -> str:
    names = list(options["files"])
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _words(options: Mapping[str, Any]) -> str:
    words = {None: "null", True: "true", False: "false"}
    shown = {key: words[v] if v is None or isinstance(v, bool) else str(v) for key, v in options.items()}
    return ", ".join(f"{key} {value}" for key, value in shown.items())


def _models(config: Config) -> Iterator[tuple[str, ...]]:
    """Yield name, architecture, and what a model reads, predicts and is trained by."""
    for name, model in grid.expand_models(config).items():
        yield name, model["architecture"], f"{', '.join(model['inputs'])} -> {model['target']}, {model['loss']}"


def _folds(config: Config) -> Iterator[tuple[str, ...]]:
    for name, parts in plan.folds_of(config).items():
        words = [f"{part} {', '.join(chroms)}" for part, chroms in parts.items()]
        yield name, f"{'; '.join(words)}; training on all others"


def _results(config: Config) -> Iterator[tuple[str, ...]]:
    """Yield the files of each step, and of which models."""
    yield f"results/{config['run']}/summary.tsv", "all results, with their key figures"
    yield "models/<model>/<fold>/seed-<seed>/model.keras", "all models"
    yield "evaluation/<model>/<fold>/seed-<seed>/metrics.tsv", "all models"
    yield "comparison.tsv, comparison_means.tsv, comparison.png", "all models"
    for name in config["comparison_figures"]:
        yield f"figures/{name}.png", config["comparison_figures"][name]["kind"]
    for section, paths in SECTIONS.items():
        if config[section]:
            yield paths, ", ".join(grid.models_of(config, config[section]["models"]))
