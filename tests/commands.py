"""The command line as tests call it, and a picture of a project to compare before and after."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from weatherglass.cli.main import main
from weatherglass.config import FILE_NAME
from weatherglass.store import Store
from weatherglass.store.store import FOLDER

PROGRAM = (sys.executable, "-c", "from weatherglass.__main__ import run; run()")


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def good(self) -> bool:
        return self.code == 0


def weatherglass(*arguments: str | Path) -> Done:
    """A command, run in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    kept, sys.argv = sys.argv, ["weatherglass", *map(str, arguments)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
        code = 0
    except SystemExit as stopped:
        code = 0 if stopped.code is None else int(stopped.code)
    finally:
        sys.argv = kept
    return Done(code, *(_text(stream) for stream in (out, err)))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()


def process(*arguments: str | Path, before: str = "") -> Done:
    """A command as a process of its own. before: Python that runs in it first."""
    program = [*PROGRAM[:2], f"{before}\n{PROGRAM[2]}"]
    done = subprocess.run(
        [*program, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment()
    )
    return Done(done.returncode, done.stdout, done.stderr)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8"}


Picture = dict[str, object]


def picture(project: Path) -> Picture:
    """All that a project holds: the rows of every table, every event file and the configuration, by name."""
    seen: Picture = {FILE_NAME: (project / FILE_NAME).read_bytes()}
    with Store.open(project) as store:
        for (name,) in store.engine.rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary"):
            seen[f"table {name}"] = sorted(map(repr, store.engine.rows(f'SELECT * FROM "{name}"')))
    for path in sorted((project / FOLDER / "events").iterdir()):
        seen[f"file {path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return seen


def changed(before: Picture, after: Picture) -> list[str]:
    """The names of what differs between two pictures."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
