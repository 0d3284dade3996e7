"""Which jobs an edit of the library concerns: those that use the edited record or module, and no others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

BAM, BIGWIG, BEDGRAPH, PEAKS = (f"coverage of {name}" for name in ("bam", "bigwig", "bedgraph", "narrowpeak"))
COVERAGE = {BAM, BIGWIG, BEDGRAPH, PEAKS}
NORMALIZED = {f"normalize {name}" for name in ("log", "max", "perctrim", "rpkm", "tpm", "zscore", "zscorelog")}
CLASSES, VALUES, PROFILES = "train cnn on classes", "train cnn on values", "train bpnet on profiles"
TRAINED = {CLASSES, VALUES, PROFILES}
TESTED = {"evaluate classes", "evaluate values"}

ALONE = ("build_sequence", "split_regions", "score_variants", "attribute", "export_bigwig")

JOBS: dict[str, tuple[str, list[str]]] = {
    **{name: ("build_coverage", [f"datasets.formats.{name.split()[-1]}"]) for name in COVERAGE},
    **{name: ("normalize", [f"normalize.definitions.{name.split()[-1]}"]) for name in NORMALIZED},
    CLASSES: ("train", ["networks.architectures.cnn", "networks.losses.binary_crossentropy"]),
    VALUES: ("train", ["networks.architectures.cnn", "networks.losses.mse"]),
    PROFILES: ("train", ["networks.architectures.bpnet", "networks.losses.profile_and_counts"]),
    "evaluate classes": ("evaluate", ["networks.losses.binary_crossentropy", "metrics.definitions.auroc"]),
    "evaluate values": ("evaluate", ["networks.losses.mse", "metrics.definitions.pearson"]),
    **{name: (name, []) for name in ALONE},
}
"""Job -> its script, and the records that it uses."""

EDITS: dict[str, set[str]] = {
    # formats
    "formats/bam/reader.py": {BAM},
    "formats/bam/records.py": {BAM},
    "datasets/formats/bam.py": {BAM},
    "datasets/formats/cram.py": set(),
    "formats/bigwig/reader.py": {BIGWIG},
    "formats/bigwig/writer.py": {"attribute", "export_bigwig"},
    "datasets/bigwig_source.py": {BIGWIG},
    "datasets/bedgraph_source.py": {BEDGRAPH},
    "datasets/regions.py": {PEAKS, BEDGRAPH},
    "formats/fragments.py": set(),
    "datasets/sources.py": COVERAGE | {"build_sequence"},
    # normalizers
    "normalize/percentile.py": {"normalize perctrim"},
    "normalize/definitions/tpm.py": {"normalize tpm"},
    "normalize/rpkm.py": {"normalize rpkm"},
    "normalize/log_transform.py": {"normalize log", "normalize zscorelog"},
    "normalize/zscore_log.py": {"normalize zscorelog"},
    "normalize/definitions/minmax.py": set(),
    "normalize/base.py": NORMALIZED,
    # architectures, losses, metrics
    "networks/architectures/bpnet.py": {PROFILES},
    "networks/architectures/danq.py": set(),
    "networks/losses/mse.py": {VALUES, "evaluate values"},
    "networks/losses/huber.py": set(),
    "metrics/definitions/auroc.py": {"evaluate classes"},
    "metrics/definitions/mae.py": set(),
    "training/fit.py": TRAINED,
    # the API for notebooks
    "datasets/cover.py": set(),
    "datasets/bioseq.py": set(),
    "janggu/model.py": set(),
}
"""Module that is edited -> the jobs whose code changes."""


def _digests(lib: Path) -> dict[str, str]:
    """Return the digest of each job's code, computed in a process of its own, as digests are remembered by path."""
    code = (
        "import json, sys\nfrom jangdan.workflow.provenance import code_digest\n"
        "for name, (script, records) in json.loads(sys.argv[1]).items():\n"
        "    modules = tuple(f'jangdan.{each}' for each in records)\n"
        "    print(json.dumps([name, code_digest(f'{sys.argv[3]}/{script}.py', sys.argv[2], modules)]))"
    )
    command = [sys.executable, "-c", code, json.dumps(JOBS), str(lib), str(ROOT / "scripts")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(map(json.loads, done.stdout.splitlines()))


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    """Return the digests of the library as it is."""
    digests = _digests(ROOT / "lib")
    assert set(digests) == set(JOBS)
    return digests


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    """Return a copy of the library, to be edited."""
    return Path(shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__")))


def _changed(before: dict[str, str], lib: Path) -> set[str]:
    after = _digests(lib)
    return {name for name in JOBS if before[name] != after[name]}


@pytest.mark.parametrize("module", EDITS)
def test_an_edit_concerns_the_jobs_that_use_what_was_edited(before: dict[str, str], lib: Path, module: str) -> None:
    path = lib / "jangdan" / module
    path.write_text(path.read_text() + "\n_EDITED = 1\n")
    assert _changed(before, lib) == EDITS[module]


def test_comments_docstrings_and_descriptions_concern_no_job(before: dict[str, str], lib: Path) -> None:
    for module in EDITS:
        path = lib / "jangdan" / module
        start, _, rest = path.read_text().partition('"""')
        path.write_text(f'# a comment\n{start}"""Another beginning. {rest}\n# and a comment\n')
    for module, said in (
        ("normalize/definitions/perctrim", "values above this percentile of"),
        ("networks/architectures/danq", "DanQ: a convolution, then a bidirectional LSTM"),
    ):
        path = lib / f"jangdan/{module}.py"
        text = path.read_text()
        path.write_text(text.replace(f'"{said}', f'"all {said}'))
        assert path.read_text() != text
    assert _changed(before, lib) == set()


def test_added_records_concern_no_job(before: dict[str, str], lib: Path) -> None:
    for folder, name in (
        ("datasets/formats", "bam"), ("normalize/definitions", "log"), ("networks/architectures", "cnn"),
        ("networks/losses", "mse"), ("metrics/definitions", "auroc"),
    ):  # fmt: skip
        path = lib / "jangdan" / folder / f"{name}.py"
        path.with_name("added.py").write_text(path.read_text().replace(f'"{name}"', '"added"'))
    assert _changed(before, lib) == set()
