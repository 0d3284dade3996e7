"""jangdan init writes a config that is valid, with every choice in it; jangdan check says what it would build."""

import re
from pathlib import Path

import pytest
import yaml

from jangdan.cli import main
from jangdan.errors import InputFileError, OptionError
from jangdan.workflow.load import check_config
from jangdan.workflow.project import start_project, template, use_cases

USE_CASES = ("binding", "classes", "profile", "values")


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr("sys.argv", ["jangdan", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def uncommented(text: str, number: int | None = None) -> str:
    """Return a template with one of its choices, or with all: lines that begin with a key after "#"."""
    found = list(re.finditer(r"^( *)#(?=\w+:)", text, flags=re.MULTILINE))
    for each in reversed(found if number is None else found[number : number + 1]):
        text = text[: each.start()] + each.group(1) + text[each.end() :]
    return text


def test_there_is_a_template_per_use_case() -> None:
    assert tuple(use_cases()) == USE_CASES


@pytest.mark.parametrize("use_case", USE_CASES)
def test_every_key_of_a_template_exists_also_of_each_choice(use_case: str) -> None:
    text = template(use_case)
    choices = len(re.findall(r"^ *#\w+:", text, flags=re.MULTILINE))
    assert choices >= 3
    for number in (None, *range(choices), -1):
        config = yaml.safe_load(uncommented(text, number) if number != -1 else text)
        assert check_config(config)[1] == [], number


def test_a_project_has_a_config_and_a_folder_for_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine/here"
    assert run(monkeypatch, "init", "--use-case", "values", folder) == 0
    assert sorted(each.name for each in folder.iterdir()) == ["config.yaml", "data"]
    assert yaml.safe_load((folder / "config.yaml").read_text())["run"] == "values"
    said = capsys.readouterr().out
    assert f"cd {folder}" in said
    assert "workflow/Snakefile --configfile config.yaml" in said
    assert run(monkeypatch, "init", folder) == 1
    assert capsys.readouterr().err == (
        f"jangdan: {folder}/config.yaml: exists already; give another folder, or move it away\n"
    )


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputFileError, match="file: cannot be made"):
        start_project(tmp_path / "file", "binding")
    with pytest.raises(OptionError, match="--use-case: found 'peaks', expected one of binding, classes"):
        start_project(tmp_path / "new", "peaks")
    assert not (tmp_path / "new").exists()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new project, which is the working folder, with files that nothing reads."""
    start_project(tmp_path, "binding")
    for name in ("genome.fa", "peaks.narrowPeak", "atac.bam"):
        (tmp_path / "data" / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_check_says_what_would_be_built(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "more.yaml").write_text("seeds: [1, 2]\nmodels: {joint: {grid: {order: [1, 2, 3]}}}\n")
    assert run(monkeypatch, "check", "config.yaml", "more.yaml") == 0
    said = capsys.readouterr().out
    assert "run binding, on a CPU: 10 trainings (5 models x 1 fold x 2 seeds)" in said
    assert re.search(r"^  accessibility +BAM +ATAC; .*stranded false, .*shift \[4, -5\]", said, flags=re.MULTILINE)
    assert re.search(r"^  joint.order-3 +cnn +dna, accessibility -> bound, binary_crossentropy$", said, re.MULTILINE)
    assert "main  validation chr8; test chr9; training on all others" in said
    assert re.search(r"^  tracks/.* joint.order-1, joint.order-2, joint.order-3$", said, flags=re.MULTILINE)
    assert not (project / "results").exists()


def test_check_names_every_mistake_with_its_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (project / "config.yaml").read_text()
    (project / "config.yaml").write_text(
        text.replace("  extend: 1000", "  extent: 1000").replace("seeds: [1]", "seeds: 1")
    )
    assert run(monkeypatch, "check", "config.yaml") == 1
    said = capsys.readouterr()
    lines = text.splitlines()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"jangdan: config.yaml, line {lines.index('  extend: 1000') + 1}: regions: extent: unknown key; did you mean "
        "extend?",
        f"config.yaml, line {lines.index('seeds: [1]') + 1}: seeds: found 1, expected a list; write [1]",
        "2 mistakes",
    ]


def test_check_names_files_that_are_missing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "data/atac.bam").unlink()
    (project / "more.yaml").write_text("attribution: {bed: chosen.bed}\n")
    assert run(monkeypatch, "check", "config.yaml", "more.yaml") == 1
    assert capsys.readouterr().err == (
        "jangdan: data/atac.bam: no such file; paths start from data_dir, data\n"
        "data/chosen.bed: no such file; paths start from data_dir, data\n2 mistakes\n"
    )


def test_check_of_a_file_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "check", "gone.yaml") == 1
    assert capsys.readouterr().err == "jangdan: gone.yaml: no such file; give the path of a config\n"
