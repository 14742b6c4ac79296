"""The parts of a page that scripts write: between `<!-- NAME -->` and `<!-- /NAME -->`."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def write(page: Path, name: str, text: str) -> None:
    """Put a text between the marks of a name. Raises SystemExit when the page has no such marks."""
    marks = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
    written, times = marks.subn(lambda found: f"{found[1]}{text.strip()}\n{found[2]}", page.read_text(encoding="utf-8"))
    if not times:
        raise SystemExit(f"{page}: no <!-- {name} --> and <!-- /{name} --> to write between")
    page.write_text(written, encoding="utf-8")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; columns after the first are set to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def verdict(ok: bool) -> str:
    """Whether a goal was reached, for a table."""
    return "ok" if ok else "**short**"


def machine(*packages: str) -> str:
    """Processor, memory, system, versions and the day, in one sentence."""
    libraries = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"{os.cpu_count()} x {_processor()}, {_memory_gb():.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {libraries}; {dt.datetime.now(dt.UTC).date()}."
    )


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
