"""A user's own folder: a commented config for a use case, and a folder for data. Standard library only."""

from importlib.resources import files
from pathlib import Path

import jangdan
from jangdan.errors import InputFileError, OptionError
from jangdan.files import write_text
from jangdan.workflow import templates

CONFIG, DATA = "config.yaml", "data"


def use_cases() -> list[str]:
    """Return the use cases that there is a config for, sorted."""
    names = (each.name for each in files(templates).iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def template(use_case: str) -> str:
    """Return the config of a use case; raises OptionError for an unknown one."""
    if use_case not in use_cases():
        raise OptionError(f"--use-case: found {use_case!r}, expected one of {', '.join(use_cases())}")
    return files(templates).joinpath(f"{use_case}.yaml").read_text(encoding="utf-8")


def start_project(folder: str | Path, use_case: str) -> Path:
    """Write config.yaml and the folder data/ into a folder, which is made where it does not exist.

    Parameters
    ----------
    folder : str | Path
        The user's own folder.
    use_case : str
        One of `use_cases`.

    Returns
    -------
    Path
        The config.

    Raises
    ------
    OptionError
        If the use case does not exist.
    InputFileError
        If the folder has a config already, or is a file.
    """
    text, config = template(use_case), Path(folder, CONFIG)
    if config.exists():
        raise InputFileError(config, "exists already; give another folder, or move it away")
    try:
        Path(folder, DATA).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputFileError(folder, f"cannot be made ({error.strerror}); give another folder") from None
    write_text(config, text)
    return config


def next_steps(folder: str | Path) -> str:
    """Return what a user does with a new folder."""
    return (
        f"Put your files into {Path(folder, DATA)}, edit {Path(folder, CONFIG)}, then:\n"
        f"  cd {folder}\n"
        f"  jangdan check {CONFIG}\n"
        f"  snakemake --snakefile {snakefile()} --configfile {CONFIG} --cores 4\n"
    )


def snakefile() -> str:
    """Return the path of the workflow, if the library lies in a clone."""
    path = Path(jangdan.__file__).parents[2] / "workflow/Snakefile"
    return str(path) if path.is_file() else "/path/to/jangdan/workflow/Snakefile"
