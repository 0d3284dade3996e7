"""The command line: jangdan init, check, results, trim, cache list|clear, --version."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from jangdan import __version__
from jangdan.errors import InputFileError, JangdanError, MissingFileError, OptionError

app = typer.Typer(help="Deep learning for genomics.", no_args_is_help=True, add_completion=False)
cache_app = typer.Typer(help="The cache of datasets, below $JANGDAN_OUTPUT.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")


def main() -> None:
    """Run the command line; a user's mistake is one sentence on stderr and exit code 1."""
    # the ancestors' users write -divby with one dash
    sys.argv[1:] = [f"-{word}" if word.split("=")[0] == "-divby" else word for word in sys.argv[1:]]
    try:
        app()
    except JangdanError as error:
        print(f"jangdan: {error}", file=sys.stderr)
        sys.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Deep learning for genomics: small tools beside the workflow."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="your own folder, which is made where it does not exist")],
    use_case: Annotated[
        str, typer.Option(help="binding (peaks), profile (counts in bins), values (a number), classes (many peaks)")
    ] = "binding",
) -> None:
    """Write a commented config for a use case, and a folder for data, into a folder."""
    from jangdan.workflow.project import next_steps, start_project

    start_project(folder, use_case)
    print(next_steps(folder), end="")


@app.command()
def check(
    configs: Annotated[list[Path], typer.Argument(help="YAML files; of several, the keys of the last one count")],
) -> None:
    """Say what a config would build and what is wrong with it, without running anything."""
    from jangdan.workflow.load import check_files
    from jangdan.workflow.overview import counted, missing_files, overview

    config, found = check_files(configs)
    if not found:
        print(overview(config), end="")
        found = missing_files(config)
    if found:
        raise OptionError("\n".join([*found, counted(len(found), "mistake")]))


@app.command()
def trim(
    source: Annotated[Path, typer.Argument(help="BED, narrowPeak, GFF or GTF file")],
    target: Annotated[Path, typer.Argument(help="BED file to write")],
    divby: Annotated[int, typer.Option(help="starts and ends become multiples of this number of bp")],
) -> None:
    """Trim region starts up and ends down to multiples of a number of base pairs."""
    from jangdan.formats.bed import write_bed
    from jangdan.formats.registry import read_regions
    from jangdan.genome.regions import trim as trim_regions

    write_bed(trim_regions(read_regions(source), divby), target)


@app.command()
def results(folder: Annotated[Path, typer.Argument(help="results/<run>")]) -> None:
    """Print what a run has made: each result, its key figure and its path."""
    rows = [(result, figure, path) for result, path, figure in _summary(folder / "summary.tsv")]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for result, figure, path in rows:
        print(f"{result:<{widths[0]}}  {figure:<{widths[1]}}  {path}")


@cache_app.command("list")
def cache_list() -> None:
    """Print what is in the cache: each dataset, its size, when it was written, and its path."""
    from jangdan.storage.cache import cache_folder, entries

    found = entries()
    for entry in found:
        written = datetime.fromtimestamp(entry.written, tz=UTC).strftime("%Y-%m-%d %H:%M")
        print(f"{entry.name}\t{entry.size / 1e6:.1f} MB\t{written} UTC\t{entry.path}")
    print(f"{len(found)} datasets, {sum(e.size for e in found) / 1e6:.1f} MB, in {cache_folder()}")


@cache_app.command("clear")
def cache_clear(
    name: Annotated[str | None, typer.Argument(help="only the datasets of this name")] = None,
) -> None:
    """Delete what is in the cache."""
    from jangdan.storage.cache import clear

    deleted = clear(name)
    print(f"{len(deleted)} datasets deleted, {sum(e.size for e in deleted) / 1e6:.1f} MB")


def _summary(table: Path) -> list[list[str]]:
    if not table.is_file():
        raise MissingFileError(table, "no summary here; run snakemake, or name a folder results/<run>")
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    if not rows or rows[0] != ["result", "path", "figure"]:
        raise InputFileError(table, "the columns are not result, path, figure; let snakemake write it again", 1)
    for number, row in enumerate(rows, start=1):
        if len(row) != 3:
            raise InputFileError(table, f"{len(row)} columns, 3 expected; let snakemake write it again", number)
    return rows
