"""The kinds of records, and their registries. Standard library only.

What a builder takes and returns is Any here: Keras belongs to a floor above.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from os import PathLike, fspath
from typing import Any

from jangdan.errors import OptionError
from jangdan.records.registry import Record, Registry, load_plugin


def never(options: Any) -> bool:
    """Return False: what a format does not do, whatever its options."""
    return False


@dataclass(frozen=True)
class Question:
    """One thing that the preflight asks of a file before anything is computed.

    check: what the table calls it. ask: called with a `datasets.preflight.CheckedFile`, returns what was found, or
    ("warning", what was found); raises JangdanError where the file cannot be used. stops: an error leaves out the
    questions after it.
    """

    check: str
    ask: Callable[[Any], str | tuple[str, str]]
    stops: bool = False


@dataclass(frozen=True)
class Format(Record):
    """A format of coverage files.

    suffixes: of file names, in lower case; .gz and .bgz may follow. build: called with a path, the options, and by
    keyword aliases (contig of the file -> the genome's) and genome (path of the FASTA); returns a
    `datasets.sources.Source`. values: "counts" (of reads or fragments), "signal" (numbers along the genome) or
    "regions"; a dataset's files are of one format, or all of formats of regions. is_stranded: whether files with
    these options have a value per strand. regions: called with a path, and by keyword feature, attributes and scored,
    returns a region table; None where a file has no regions. questions: of the preflight. label: its name in
    sentences, such as "bigWig".
    """

    suffixes: tuple[str, ...]
    build: Callable[..., Any]
    values: str
    questions: tuple[Question, ...]
    is_stranded: Callable[[Any], bool] = never
    regions: Callable[..., Any] | None = None
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label or self.name)


@dataclass(frozen=True)
class Architecture(Record):
    """A network by name.

    build: called with the description of the network and its options, returns a Keras model, whose output layer is
    named as the target. predicts: "window" (one value per window and condition) or "profile" (one per bin). layers:
    names that no dataset of a model may have, since its layers have them; "{input}" stands for each input, "*" for
    any text. reads: what its inputs are, "any" datasets, or one "sequence" and no other.
    """

    build: Callable[..., Any]
    predicts: str = "window"
    layers: tuple[str, ...] = ()
    reads: str = "any"

    def has_layer(self, name: str, inputs: Iterable[str]) -> bool:
        """Tell whether a layer of a network over some inputs has a name."""
        patterns = [each.replace("{input}", given) for each in self.layers for given in inputs]
        return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Loss(Record):
    """A loss by name.

    build: called with the options, and by keyword mean_total (of the counts of a training window, None unless the
    targets are counts); returns what Keras compiles a model with. activation: of the output, "sigmoid" or "linear".
    targets: "classes" (0 or 1), "values" (one number per window) or "counts" (in the bins of a window, a profile).
    trains_totals: whether the total of a predicted profile means anything.
    """

    build: Callable[..., Any]
    activation: str
    targets: str
    trains_totals: bool = True

    @property
    def predicts(self) -> str:
        """As of an architecture: "window" or "profile"."""
        return "profile" if self.targets == "counts" else "window"


@dataclass(frozen=True)
class Metric(Record):
    """A score of predictions against what was observed.

    score: called with two arrays of shape (region,), float64, without NaN or infinity, at least one region; returns a
    number, NaN where it is not defined. kind: "classification" (what was observed is 0 or 1) or "regression".
    better: "higher" or "lower". label: what figures and reports print. place: in tables, from 1 on. aliases: other
    names that users of the field know it by.
    """

    score: Callable[[Any, Any], float]
    kind: str
    better: str
    label: str
    place: int = 100
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method(Record):
    """A method of attribution.

    build: called with the options, returns a function of a Keras model, arrays by input name, and the number of a
    condition (one, or one per region), which returns an `interpret.attribution.Attribution`.
    """

    build: Callable[..., Any]


@dataclass(frozen=True)
class ComparisonFigure(Record):
    """A figure of the scores of all models.

    options: a subclass of `plots.comparison_options.RunsOptions` or `PairOptions`, by `shows`: "runs" (the runs of
    some models, by the values of their grid) or "pairs" (two models, a row per condition). draw: called with the table
    that is shown, the options, and by keyword label (of the metric) and names (of the two models, "pairs" only);
    returns a matplotlib Figure. The columns of the tables stand in `jobs.plot_figure`.
    """

    draw: Callable[..., Any]
    shows: str


@dataclass(frozen=True)
class Normalization(Record):
    """A normalizer by name.

    build: called with the options, returns a `normalize.base.Normalizer`. paths: options that are paths of files.
    """

    build: Callable[..., Any]
    paths: tuple[str, ...] = ()


FORMATS: Registry[Format] = Registry(Format, "format", "jangdan.datasets.formats")
ARCHITECTURES: Registry[Architecture] = Registry(Architecture, "architecture", "jangdan.networks.architectures")
LOSSES: Registry[Loss] = Registry(Loss, "loss", "jangdan.networks.losses")
METRICS: Registry[Metric] = Registry(Metric, "metric", "jangdan.metrics.definitions")
NORMALIZERS: Registry[Normalization] = Registry(Normalization, "normalizer", "jangdan.normalize.definitions")

METHODS: Registry[Method] = Registry(Method, "method", "jangdan.interpret.methods")
COMPARISON_FIGURES: Registry[ComparisonFigure] = Registry(
    ComparisonFigure, "comparison figure", "jangdan.plots.comparison_figures"
)

REGISTRIES: list[Registry[Any]] = [FORMATS, NORMALIZERS, ARCHITECTURES, LOSSES, METRICS, METHODS, COMPARISON_FIGURES]
"""All registries: plugins add to them."""


def load_plugins(paths: Iterable[str]) -> None:
    """Run Python files of users, and add the records that they define; raises as `load_plugin`."""
    for path in paths:
        load_plugin(path, REGISTRIES)
    suffixes()


COMPRESSED = (".gz", ".bgz")
"""Endings that do not change what a file holds."""

OTHER_SUFFIXES = {".fa": "fasta", ".fasta": "fasta", ".fna": "fasta", ".vcf": "vcf"}
"""Of the sequence and variant files, which hold no coverage."""


def suffixes() -> dict[str, str]:
    """Return suffix -> name of the format; raises OptionError where two formats have the same one."""
    found = dict(OTHER_SUFFIXES)
    for record in FORMATS:
        for suffix in record.suffixes:
            if found.setdefault(suffix, record.name) != record.name:
                raise OptionError(
                    f"the format {record.name!r} has the suffix {suffix} of the format {found[suffix]!r}; give another"
                )
    return found


def format_of(path: str | PathLike[str]) -> str:
    """Return the name of the format that a file's suffix stands for; raises OptionError for an unknown suffix.

    >>> format_of("reads/A.BAM"), format_of("peaks.narrowPeak.gz")
    ('bam', 'narrowpeak')
    """
    found = known_format(path)
    if found is None:
        raise OptionError(f"{path}: unknown kind of file; expected one of {', '.join(suffixes())} (.gz too)")
    return found


def known_format(path: str | PathLike[str]) -> str | None:
    """Return the name of the format that a file's suffix stands for, None for an unknown suffix."""
    name = fspath(path).lower()
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    known = suffixes()
    matching = [suffix for suffix in known if name.endswith(suffix)]
    return known[max(matching, key=len)] if matching else None
