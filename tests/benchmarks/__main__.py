"""Run the jobs, each in a process of its own, and print the table. Exit code 0, whatever was found.

python -m tests.benchmarks [--scale S] [--jobs NAME ...] [--data FOLDER]
python -m tests.benchmarks --growth
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import growth

ROOT = Path(__file__).parents[2]
GENERATOR = Path(os.environ.get("JANGDAN_SHARED", ROOT.parent / "shared")) / "bench/gen_data.py"
COLUMNS = ("job", "ours", "reference", "ratio", "goal", "peak memory", "")
MODULES = ("data_jobs", "model_jobs")


def main() -> None:
    """Make the data where they are missing, run the jobs, print a line each."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--jobs", nargs="*")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--growth", action="store_true", help="time and memory of builds at three scales")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--run-growth", help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = options.data or ROOT / f".bench/{options.scale:g}"
    if options.run:
        print(json.dumps(_jobs()[options.run](data).as_dict()))
        return
    if options.run_growth:
        print(json.dumps(growth.rows(options.run_growth, data)))
    elif options.growth:
        _print_table([growth.COLUMNS, *_growth_rows()])
    else:
        make_data(data, options.scale)
        _print_table([COLUMNS, *(_row(name, data) for name in options.jobs or _jobs())])


def _growth_rows() -> Iterator[tuple[str, ...]]:
    for name in growth.BUILDS:
        for scale in growth.SCALES:
            data = ROOT / f".bench/{scale:g}"
            make_data(data, scale)
            print(f"{name} at scale {scale:g}", file=sys.stderr)
            command = [sys.executable, "-m", "tests.benchmarks", "--run-growth", name, "--data", str(data)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
            yield from json.loads(done.stdout.splitlines()[-1])


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(" | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def make_data(folder: Path, scale: float) -> None:
    """Generate the data of a scale, once."""
    if (folder / "done").exists():
        return
    if not GENERATOR.is_file():
        sys.exit(f"bench: no generator at {GENERATOR}; set JANGDAN_SHARED to the folder that holds bench/gen_data.py")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, GENERATOR, folder, "--scale", str(scale)], check=True, stdout=subprocess.DEVNULL)
    (folder / "done").touch()


def _jobs() -> dict:
    import importlib

    modules = [importlib.import_module(f"tests.benchmarks.{name}") for name in MODULES]
    return {name: job for module in modules for name, job in module.JOBS.items()}


def _row(name: str, data: Path) -> tuple[str, ...]:
    """Run one job; a job that fails is a line of its own, not the end."""
    command = [sys.executable, "-m", "tests.benchmarks", "--run", name, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        return (name, "failed", "", "", "", "", (done.stderr.strip().splitlines() or ["?"])[-1][:100])
    r = json.loads(done.stdout.splitlines()[-1])
    print(f"{r['job']}: done", file=sys.stderr)
    verdict = ("ok" if r["ok"] else "MISS") if r["agrees"] else "WRONG ANSWER"
    ours, theirs = _amount(r["ours"], r["units"]), f"{_amount(r['reference'], r['units'])} {r['reference_name']}"
    return (r["job"], ours, theirs, f"{r['ours'] / r['reference']:.2f}", r["goal"], f"+{r['peak']:.0f} MB", verdict)


def _amount(seconds: float, units: float) -> str:
    if units == 1:
        return f"{seconds:.4f} s"
    rate = units / seconds
    scale, letter = next((s, c) for s, c in ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")) if rate >= s)
    return f"{rate / scale:.2f} {letter}/s"


if __name__ == "__main__":
    main()
