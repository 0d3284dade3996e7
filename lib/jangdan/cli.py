"""The command line: jangdan trim, jangdan results."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from jangdan import __version__
from jangdan.errors import JangdanError, MissingFileError

app = typer.Typer(help="Deep learning for genomics.", no_args_is_help=True, add_completion=False)


def main() -> None:
    """Run the command line; a user's mistake is one sentence on stderr and exit code 1."""
    # the ancestors' users write -divby with one dash
    sys.argv = ["--divby" if word == "-divby" else word for word in sys.argv]
    try:
        app()
    except JangdanError as error:
        print(f"jangdan: {error}", file=sys.stderr)
        sys.exit(1)


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
    table = folder / "summary.tsv"
    if not table.is_file():
        raise MissingFileError(table, "no summary here; run snakemake, or name a folder results/<run>")
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    order = [(row[0], row[2], row[1]) for row in rows]
    widths = [max(len(row[i]) for row in order) for i in range(2)]
    for result, figure, path in order:
        print(f"{result:<{widths[0]}}  {figure:<{widths[1]}}  {path}")


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)
