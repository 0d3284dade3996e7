"""How a job is measured: ours and the reference by turns, the best of some rounds; peak memory as the kernel counts."""

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

MIB = 1 << 20


@dataclass(frozen=True)
class Goal:
    """What is asked: `text` as printed; ours over reference at most `ratio`, or at most `seconds`, or at least `rate`
    (per second), and at most `memory` MiB more than before."""

    text: str
    ratio: float | None = None
    seconds: float | None = None
    rate: float | None = None
    memory: float | None = None


@dataclass(frozen=True)
class Result:
    """One line of the table: seconds of ours and of the reference (for `units` of work), peak memory in MiB."""

    job: str
    goal: str
    ours: float
    reference: float
    reference_name: str
    units: float
    peak: float
    ok: bool
    agrees: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)


def peak_of(action: Callable[[], Any]) -> tuple[Any, float]:
    """Run `action`; return what it returned, and how many MiB its peak lay above what was used before."""
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    result = action()
    peak = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if "VmHWM" in line)
    return result, max(int(peak.split()[1]) * 1024 - before, 0) / MIB


def best(actions: list[Callable[[], Any]], rounds: int) -> list[float]:
    """Return the shortest time of each action, in seconds; they run by turns."""
    times = [float("inf")] * len(actions)
    for _ in range(rounds):
        for i, action in enumerate(actions):
            start = time.perf_counter()
            action()
            times[i] = min(times[i], time.perf_counter() - start)
    return times


def measure(
    job: str,
    goal: Goal,
    ours: Callable[[], Any],
    reference: tuple[str, Callable[[], Any]],
    *,
    agrees: Callable[[Any], bool],
    units: float = 1,
    rounds: int = 5,
) -> Result:
    """Measure a job after one run that warms caches and compiled code, and gives the answer that is checked."""
    answer = ours()
    right = agrees(answer)
    del answer
    _, peak = peak_of(ours)
    mine, theirs = best([ours, reference[1]], rounds)
    kept = [
        goal.ratio is None or mine <= goal.ratio * theirs,
        goal.seconds is None or mine <= goal.seconds,
        goal.rate is None or units / mine >= goal.rate,
        goal.memory is None or peak <= goal.memory,
    ]
    return Result(job, goal.text, mine, theirs, reference[0], units, peak, all(kept), bool(right))
