"""Running one thing in a process of its own, and what that took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
THREADS = 2
"""For everything that is measured; on a larger machine the others are taken away."""
# modules are compiled once and kept, as with everyone who has not switched that off
_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "POLARS_MAX_THREADS": str(THREADS),
    "OMP_NUM_THREADS": str(THREADS),
}


@dataclass(frozen=True)
class Measured:
    """What a process took. Seconds; peak is the largest resident set in GB (10^9 bytes)."""

    cpu: float
    """User and system time of the process and of those it waited for, from its start to its end."""
    wall: float
    peak: float
    told: dict[str, Any] = field(default_factory=dict)
    """The JSON object that it wrote last, if it did."""


def confine() -> None:
    """Keep this process and all that it starts to two processors."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def measured(command: Sequence[str | Path], folder: Path | None = None) -> Measured:
    """Run a command to its end. Raises SystemExit with what it said when it fails."""
    begun = time.perf_counter()
    child = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=_ENVIRONMENT
    )
    assert child.stdout is not None and child.stderr is not None
    said, complained = child.stdout.read(), child.stderr.read()
    # the resources of this one child, which getrusage would mix with those of its elders
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    child.stderr.close()
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{complained.decode()}")
    return Measured(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024 / 1e9, _last_object(said))


def script(name: str, *arguments: object) -> Measured:
    """Run one of the scripts of this folder."""
    return measured([sys.executable, HERE / name, *map(str, arguments)])


def middle(runs: Sequence[Measured]) -> Measured:
    """The median of several runs, of each number for itself, and the largest peak."""
    told = {
        name: median(run.told[name] for run in runs) if isinstance(value, float) else value
        for name, value in runs[0].told.items()
    }
    return Measured(
        median(run.cpu for run in runs), median(run.wall for run in runs), max(run.peak for run in runs), told
    )


def _last_object(said: bytes) -> dict[str, Any]:
    lines = said.decode(errors="replace").strip().splitlines()
    found = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return found if isinstance(found, dict) else {}
