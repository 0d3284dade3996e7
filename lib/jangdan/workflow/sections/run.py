"""The whole config: its sections, what is wrong with what was given, and the defaults. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jangdan.records.options import Options, option, problems_of, read_options
from jangdan.records.schema import plain
from jangdan.simulate.settings import Simulation
from jangdan.workflow.sections import datasets, models
from jangdan.workflow.sections.evaluation import BoxFigure, Evaluation, PairFigure
from jangdan.workflow.sections.folds import CrossValidation, Fold
from jangdan.workflow.sections.inputs import Download, Genome
from jangdan.workflow.sections.names import NAME
from jangdan.workflow.sections.regions import Regions, Storage
from jangdan.workflow.sections.results import Attribution, BigwigTracks, LocusFigures, Variants


@dataclass(frozen=True, kw_only=True)
class Run(Options):
    """A config. What a dataset and a model take depends on their files and architecture: see their modules."""

    run: str = option("name of the run; results go to results/<run>/", **NAME)
    plugins: tuple[str, ...] = option(
        "Python files that define formats, architectures and others of your own (CONTRIBUTING shows one)",
        (),
        unique=True,
    )
    data_dir: str = option("folder that relative paths of input files start from")
    device: str = option("cpu or gpu; gpu fails early where there is none", "cpu", choices=("cpu", "gpu"))
    simulate: Simulation | None = option("the demo only: simulate its input files into data_dir", None)
    downloads: dict[str, Download] = option(
        "path below data_dir: the file's address; only what is missing is downloaded", {}
    )
    genome: Genome = option("the genome, and what belongs to it")
    regions: Regions = option("regions of interest, and the windows in them")
    folds: dict[str, Fold] = option(
        "name: chromosomes for validation and test; all others are for training", {}, **NAME
    )
    cross_validation: CrossValidation | None = option(
        "a fold for each chromosome, in place of folds or beside them", None
    )
    storage: Storage = option("what the dataset files hold", Storage())
    datasets: dict[str, Any] = option("name: what models read and predict", least=1, **NAME)
    models: dict[str, Any] = option("name: what is trained", least=1, **NAME)
    seeds: tuple[int, ...] = option(
        "every model is trained once with each", (1,), least=1, unique=True, minimum=0, maximum=2**32 - 1
    )
    evaluation: Evaluation = option("how models are tested", Evaluation())
    comparison_figures: dict[str, BoxFigure | PairFigure] = option(
        "name: what the scores say about what was varied: boxes over runs, or two models, a dot per condition",
        {},
        **NAME,
    )
    attribution: Attribution | None = option("integrated gradients on chosen windows", None)
    variants: Variants | None = option("effects of the variants of a VCF", None)
    bigwig_tracks: BigwigTracks | None = option("predictions over the test regions as bigWig", None)
    locus_figures: LocusFigures | None = option(
        "figures of one region: signal, sites, prediction, attribution, genes", None
    )


def problems_of_config(given: Any) -> list[str]:
    """Return what the options classes say against a config, one sentence each."""
    found = problems_of(Run, given, "")
    if isinstance(given, Mapping):
        for section, problems in (("datasets", datasets.dataset_problems), ("models", models.model_problems)):
            named = given.get(section)
            for name, options in named.items() if isinstance(named, Mapping) else ():
                found += problems(options, f"{section}: {name}")
    return found


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config without problems with all defaults, as YAML has it: dicts, lists, text and numbers."""
    filled: dict[str, Any] = plain(read_options(Run, given))
    for section, complete in (("datasets", datasets.with_defaults), ("models", models.with_defaults)):
        filled[section] = {name: complete(options) for name, options in given[section].items()}
    return filled
