"""How much a process has worked, and when it has done what it had to do."""

from __future__ import annotations

import os
import time
from pathlib import Path


def worked(process: int) -> float:
    """The processor time that a process has had, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settle(process: int) -> None:
    """Wait until a process has little left to do, a minute at most."""
    for _ in range(60):
        before = worked(process)
        time.sleep(1)
        if worked(process) - before < 0.05:
            return
